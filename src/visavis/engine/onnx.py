"""The only import of onnxruntime; it disables the library's telemetry before loading it."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

# Its published builds write a device ID and events into the user's cache and send them to their vendor.
_NO_TELEMETRY: Final = "ORT_DISABLE_TELEMETRY"  # read when the library is loaded
os.environ[_NO_TELEMETRY] = "1"

import onnxruntime  # noqa: E402 - not before that is said

onnxruntime.disable_telemetry_events()

# Tags of protocol buffers (number of the field << 3 | 2) from onnx.proto.
_GRAPH: Final = 7 << 3 | 2  # ModelProto.graph
_OUTPUT: Final = 12 << 3 | 2  # GraphProto.output
_NAME: Final = 1 << 3 | 2  # ValueInfoProto.name


def open_model(path: Path, *, extra_outputs: Sequence[str] = ()) -> Any:
    """Open a model in a session with one thread, which does not spin on a core that others need.

    Args:
        path: ONNX file.
        extra_outputs: Names of values inside the graph that the session returns after its own outputs.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    model = _with_outputs(path.read_bytes(), extra_outputs) if extra_outputs else str(path)
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


class Cancellation:
    """Ends a run of a session from another thread.

    Attributes:
        run_options: Options to pass to `run`.
    """

    def __init__(self) -> None:
        self.run_options = onnxruntime.RunOptions()
        self.run_options.log_severity_level = 4  # an end on purpose is no error

    def cancel(self) -> None:
        """Let the run fail as soon as possible; harmless when it is over."""
        self.run_options.terminate = True


def _with_outputs(model: bytes, names: Sequence[str]) -> bytes:
    """A serialized model with more outputs.

    Protocol buffers merge a message that occurs twice, so a second graph that has only the outputs adds them.
    """
    values = b"".join(_field(_OUTPUT, _field(_NAME, name.encode())) for name in names)
    return model + _field(_GRAPH, values)


def _field(tag: int, value: bytes) -> bytes:
    length, size = bytearray(), len(value)
    while size > 0x7F:
        length.append(size & 0x7F | 0x80)
        size >>= 7
    length.append(size)
    return bytes([tag, *length]) + value
