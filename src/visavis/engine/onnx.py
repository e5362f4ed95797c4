"""The one place where onnxruntime is imported: it is told to report to nobody before it can."""

import os
from pathlib import Path
from typing import Any, Final

# Its published builds write a device id and events into the user's cache and send them to their maker.
_NO_TELEMETRY: Final = "ORT_DISABLE_TELEMETRY"  # read when the library is loaded
os.environ[_NO_TELEMETRY] = "1"

import onnxruntime  # noqa: E402 - not before that is said

onnxruntime.disable_telemetry_events()


def open_model(path: Path) -> Any:
    """A session that runs a model on one thread, and lets no thread wait on a core that others need.

    Args:
        path: Of an ONNX file.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
