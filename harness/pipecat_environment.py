"""An environment of its own for Pipecat, and a pipeline that runs in it.

Its requirements do not fit ours: `python -m harness.pipecat_environment` builds it.
"""

import json
import subprocess
import wave
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.package_environment import PackageEnvironment

ENVIRONMENT: Final = PackageEnvironment("visavis-pipecat", ("pipecat-ai==1.14.0", "livekit>=1.1.21"))
RATE_HZ: Final = 24_000
_HERE: Final = Path(__file__).parent
_PLUGIN: Final = _HERE.parent / "plugins/pipecat-visavis"
_RUN_S: Final = 200


def run_pipeline(
    interpreter: Path,
    *,
    url: str,
    key: str,
    sound: NDArray[np.float32],
    mouth: tuple[slice, slice],
    folder: Path,
) -> dict[str, Any]:
    """Run `harness/pipecat_pipeline.py`. Returns what it printed.

    Args:
        interpreter: Of the environment.
        url: Address of the server.
        key: API key.
        sound: Shape `(n,)`, −1..1, at `RATE_HZ`.
        mouth: Rows and columns of the mouth.
        folder: For the sound.

    Raises:
        AssertionError: It failed; the message has its log.
    """
    path = folder / "speech.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype(np.int16).tobytes())
    rows, columns = mouth
    box = [str(each) for each in (rows.start, rows.stop, columns.start, columns.stop)]
    script = str(_HERE / "pipecat_pipeline.py")
    words = [str(interpreter), script, "--url", url, "--key", key, "--sound", str(path), "--mouth", *box]
    environment = {"PYTHONPATH": str(_PLUGIN), "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=_RUN_S)
    if done.returncode:
        raise AssertionError(done.stderr[-4000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    print(ENVIRONMENT.build())
