"""Model graphs: opening them, and splitting the landmark model into two graphs that can run.

The landmark model with attention refines lips and eyes: it takes small windows of a feature map where the
coarse mesh put them, and further layers place the points inside. The three operators that do this are not in
the standard set, so the runtime refuses the file. All layers before and after them are standard. So the file
is split in two: `mesh` (picture in; coarse mesh, feature map and face flag out) and `refine` (three windows
in; points out). `visavis.engine.face.landmarks` does the step between them.
"""

import hashlib
import threading
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter
from flatbuffers import flexbuffers
from numpy.typing import NDArray

from visavis.engine.arrays import Floats
from visavis.errors import ModelsCorruptError
from visavis.whole_file import whole_file

_CUT_LAYOUT = 1  # part of the cache file's name; increment it when the content of the file changes
_FILE_IDENTIFIER = b"TFL3"


class Graph:
    """A model that is open. Several threads may call it; they take turns."""

    def __init__(self, content: bytes, *, name: str, threads: int = 1) -> None:
        try:
            self._interpreter = Interpreter(model_content=content, num_threads=threads)
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise ModelsCorruptError(
                f"The model {name} cannot be opened. Delete it to download it again."
            ) from error
        self._inputs = [int(entry["index"]) for entry in self._interpreter.get_input_details()]
        self._outputs = [int(entry["index"]) for entry in self._interpreter.get_output_details()]
        self._turn = threading.Lock()

    def __call__(self, *arrays: Floats) -> list[Floats]:
        """Run the model.

        Args:
            arrays: One float32 array for each input, in the file's order and shape.

        Returns:
            One new float32 array for each output, in the file's order.
        """
        with self._turn:
            for index, array in zip(self._inputs, arrays, strict=True):
                self._interpreter.set_tensor(index, array)
            self._interpreter.invoke()
            return [self._interpreter.get_tensor(index) for index in self._outputs]


@dataclass(frozen=True)
class Window:
    """Where a refinement samples the feature map.

    Attributes:
        points: Mesh indices that the refinement replaces, in its output's order.
        left: Index of the mesh point where the window's horizontal axis starts.
        right: Index of the point where that axis ends.
        scale: Window side over the side of the points' bounding box.
        samples: Number of feature samples along one side of the window.
    """

    points: NDArray[np.intp]
    left: int
    right: int
    scale: float
    samples: int


@dataclass(frozen=True)
class CutMesh:
    """The landmark model as the contents of two files, with the windows between them.

    Attributes:
        mesh: Picture `(1, 192, 192, 3)` to mesh `(1404)`, features `(1, 48, 48, 32)`, flag.
        refine: Three windows of features to the points of lips, left eye, right eye, left iris and right
            iris, each in units of its window.
        windows: Windows of lips, left eye and right eye. Left and right are those of the image: the "left"
            eye is the subject's right one.
    """

    mesh: bytes
    refine: bytes
    windows: tuple[Window, Window, Window]


def open_cut_mesh(source: Path) -> CutMesh:
    """Read the two graphs from the cache beside the model, or split the model and write the cache.

    The cache file has the source's SHA-256 in its name, so that it is never used for another source. A cache
    that cannot be read is written again. If the folder is read-only, each start splits the model again (0.2
    s).
    """
    content = source.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    cache = source.with_name(f"{source.stem}.{digest[:16]}.cut{_CUT_LAYOUT}.npz")
    with suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return _read_cut(cache)
    cut = cut_mesh(content)
    with suppress(OSError):
        _write_cut(cut, cache)
    return cut


def cut_mesh(content: bytes) -> CutMesh:
    """Split the landmark model at its three non-standard operators.

    Raises:
        ModelsCorruptError: The content is not the expected model.
    """
    try:
        return _cut(content)
    except Exception as error:  # the schema reader has no error class of its own
        raise ModelsCorruptError(
            "The face landmark model is not the expected file. Delete it to download it again."
        ) from error


def _cut(content: bytes) -> CutMesh:
    model = _parse(content)
    graph = model.subgraphs[0]
    named = {
        name: [operator for operator in graph.operators if _custom_name(model, operator) == name]
        for name in (b"Landmarks2TransformMatrix", b"TransformTensorBilinear", b"TransformLandmarks")
    }
    placing, sampling = named[b"Landmarks2TransformMatrix"], named[b"TransformTensorBilinear"]
    maker = {int(tensor): operator for operator in graph.operators for tensor in operator.outputs}

    features = int(sampling[0].inputs[0])
    # The mesh output is a strided slice of the one tensor that holds x, y and z.
    whole_mesh = int(maker[int(graph.outputs[0])].inputs[0])
    flag = int(graph.outputs[-1])
    lips, left_eye, right_eye, left_iris, right_iris = (
        _points_behind(model, maker, int(output)) for output in (graph.outputs[k] for k in (1, 2, 3, 4, 5))
    )
    windows = [_window(operator) for operator in placing]
    return CutMesh(
        mesh=_keep(content, inputs=graph.inputs, outputs=[whole_mesh, features, flag]),
        refine=_keep(
            content,
            inputs=[operator.outputs[0] for operator in sampling],
            outputs=[lips, left_eye, right_eye, left_iris, right_iris],
        ),
        windows=(windows[0], windows[1], windows[2]),
    )


def _parse(content: bytes) -> Any:
    return schema.ModelT.InitFromPackedBuf(content, 0)


def _custom_name(model: Any, operator: Any) -> bytes | None:
    name: bytes | None = model.operatorCodes[operator.opcodeIndex].customCode
    return name


def _points_behind(model: Any, maker: dict[int, Any], output: int) -> int:
    """Go from an output of a graph back to the points before they are mapped to the picture."""
    tensor = output
    while _custom_name(model, maker[tensor]) != b"TransformLandmarks":
        tensor = int(maker[tensor].inputs[0])
    return int(maker[tensor].inputs[0])


def _window(operator: Any) -> Window:
    options = flexbuffers.Loads(bytes(operator.customOptions))
    return Window(
        points=np.array(options["subset_idxs"], np.intp),
        left=int(options["left_rotation_idx"]),
        right=int(options["right_rotation_idx"]),
        scale=float(options["scale_x"]),
        samples=int(options["output_width"]),
    )


def _keep(content: bytes, *, inputs: Iterable[int], outputs: Sequence[int]) -> bytes:
    """Write a model with only the operators that lead from `inputs` to `outputs`."""
    model = _parse(content)
    graph = model.subgraphs[0]
    maker = {int(tensor): k for k, operator in enumerate(graph.operators) for tensor in operator.outputs}
    given = {int(tensor) for tensor in inputs}
    needed: set[int] = set()
    wanted, seen = [int(tensor) for tensor in outputs], set(given)
    while wanted:
        tensor = wanted.pop()
        if tensor in seen or tensor not in maker:
            continue
        seen.add(tensor)
        needed.add(maker[tensor])
        wanted += [int(source) for source in graph.operators[maker[tensor]].inputs]
    graph.operators = [operator for k, operator in enumerate(graph.operators) if k in needed]
    graph.inputs = [int(tensor) for tensor in inputs]
    graph.outputs = [int(tensor) for tensor in outputs]
    model.signatureDefs = None
    model.metadata = None
    builder = flatbuffers.Builder(len(content))
    builder.Finish(model.Pack(builder), _FILE_IDENTIFIER)
    return bytes(builder.Output())


def _read_cut(cache: Path) -> CutMesh:
    with cache.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        windows = [
            Window(
                points=stored[f"points{k}"].astype(np.intp),
                left=int(stored["axes"][k, 0]),
                right=int(stored["axes"][k, 1]),
                scale=float(stored["scales"][k]),
                samples=int(stored["samples"][k]),
            )
            for k in range(3)
        ]
        return CutMesh(
            mesh=stored["mesh"].tobytes(),
            refine=stored["refine"].tobytes(),
            windows=(windows[0], windows[1], windows[2]),
        )


def _write_cut(cut: CutMesh, cache: Path) -> None:
    with whole_file(cache) as part:
        with part.open("wb") as file:  # given a name, numpy would add to it
            np.savez(
                file,
                allow_pickle=False,
                mesh=np.frombuffer(cut.mesh, np.uint8),
                refine=np.frombuffer(cut.refine, np.uint8),
                axes=np.array([[window.left, window.right] for window in cut.windows]),
                scales=np.array([window.scale for window in cut.windows]),
                samples=np.array([window.samples for window in cut.windows]),
                **{f"points{k}": window.points for k, window in enumerate(cut.windows)},
            )
        part.chmod(0o644)  # independent of the umask: models may be shared
