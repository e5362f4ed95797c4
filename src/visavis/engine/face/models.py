"""The four face models, opened together."""

from pathlib import Path
from typing import Self

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.face.detector import Detection, Detector, full_range, short_range
from visavis.engine.face.graph import Graph, open_cut_mesh
from visavis.engine.face.landmarks import Landmarker, Landmarks
from visavis.engine.face.segmentation import Segmenter
from visavis.errors import ModelsMissingError

SHORT_RANGE = "face_detection_short_range.tflite"
FULL_RANGE = "face_detection_full_range_sparse.tflite"
LANDMARKS = "face_landmark_with_attention.tflite"
SEGMENTATION = "selfie_segmentation.tflite"
FILES = (SHORT_RANGE, FULL_RANGE, LANDMARKS, SEGMENTATION)


class FaceModels:
    """Finds faces, their landmarks and the person. Open it once and share it between threads.

    All pictures are RGB, shape `(height, width, 3)`, uint8.
    """

    def __init__(
        self, *, short: Detector, full: Detector, landmarker: Landmarker, segmenter: Segmenter
    ) -> None:
        self.detect_near = short
        self.detect_far = full
        self._landmarker = landmarker
        self._segmenter = segmenter

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Open the models.

        The first load from a folder splits the landmark model (0.2 s) and stores the result beside it.

        Args:
            folder: Folder with the four files in `FILES`.

        Raises:
            ModelsMissingError: A file is missing or cannot be read.
            ModelsCorruptError: A file is not the expected model.
        """
        try:
            contents = {
                name: (folder / name).read_bytes() for name in (SHORT_RANGE, FULL_RANGE, SEGMENTATION)
            }
            cut = open_cut_mesh(folder / LANDMARKS)
        except OSError as error:
            raise ModelsMissingError(
                f"The face models are not in {folder}. Run `visavis models pull` to download them."
            ) from error
        graphs = {name: Graph(content, name=name) for name, content in contents.items()}
        return cls(
            short=short_range(graphs[SHORT_RANGE]),
            full=full_range(graphs[FULL_RANGE]),
            landmarker=Landmarker(cut),
            segmenter=Segmenter(graphs[SEGMENTATION]),
        )

    def detect(self, rgb: Pixels) -> list[Detection]:
        """Faces that the short-range detector finds, highest score first; `accept` is more careful."""
        return self.detect_near(rgb)

    def landmarks(self, rgb: Pixels, start: Detection | Landmarks) -> Landmarks:
        """Find the 478 landmarks of one face.

        Args:
            rgb: The picture.
            start: Position of the face: a detection, or the landmarks of the previous video frame.
        """
        return self._landmarker(rgb, start)

    def person_mask(self, rgb: Pixels) -> Floats:
        """Probability of a person at each pixel, shape `(height, width)`, 0..1."""
        return self._segmenter(rgb)
