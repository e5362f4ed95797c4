"""Reading faces: where they are, their 478 points, which way they look, and whether they will do."""

from visavis.engine.face.detector import Detection
from visavis.engine.face.landmarks import Landmarks
from visavis.engine.face.models import FaceModels

__all__ = ["Detection", "FaceModels", "Landmarks"]
