"""Analysis of faces: position, 478 landmarks, head pose, and whether a face can be used."""

from visavis.engine.face.accept import FoundFace, find_face
from visavis.engine.face.detector import Detection
from visavis.engine.face.landmarks import Landmarks
from visavis.engine.face.models import FaceModels
from visavis.engine.face.pose import HeadPose, Similarity, head_pose, mean_face
from visavis.engine.face.upright import UprightFace, find_upright_face

__all__ = [
    "Detection",
    "FaceModels",
    "FoundFace",
    "HeadPose",
    "Landmarks",
    "Similarity",
    "UprightFace",
    "find_face",
    "find_upright_face",
    "head_pose",
    "mean_face",
]
