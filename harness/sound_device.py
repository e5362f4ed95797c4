"""A sound device that nobody hears: a private PulseAudio whose only output is a sink that is recorded.

Programs play on it with the environment that `SoundDevice.env` gives: by PortAudio and ALSA, as on a desktop.
On Debian, it needs the packages pulseaudio, pulseaudio-utils, libasound2-plugins and libportaudio2.
"""

import contextlib
import ctypes.util
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE_HZ: Final = 48_000
_SINK: Final = "heard"
_ALSA_PLUGIN: Final = "*/alsa-lib/libasound_module_pcm_pulse.so"
_ALSA: Final = """
</usr/share/alsa/alsa.conf>
pcm.!default { type pulse }
ctl.!default { type pulse }
"""
_STARTED: Final = b"Daemon startup complete"
_START_S: Final = 60.0


def is_installed() -> bool:
    """Whether PulseAudio, its recorder, its part of ALSA, and PortAudio are on this machine."""
    has_programs = all(shutil.which(each) for each in ("pulseaudio", "parec"))
    has_libraries = any(Path("/usr/lib").glob(_ALSA_PLUGIN)) and ctypes.util.find_library("portaudio")
    return has_programs and bool(has_libraries)


@dataclass
class SoundDevice:
    """The device, and what was played on it.

    Attributes:
        env: Environment of a program that plays on it.
    """

    env: dict[str, str]
    _recorded: bytearray = field(default_factory=bytearray)

    def heard(self) -> NDArray[np.float32]:
        """What was played so far, silence included: mono at `RATE_HZ`, -1..1."""
        whole = bytes(self._recorded[: len(self._recorded) // 2 * 2])
        return np.frombuffer(whole, "<i2").astype(np.float32) / 2**15


@contextlib.contextmanager
def sound_device() -> Iterator[SoundDevice]:
    """Start a sound server with one output, which is recorded until the block ends.

    Raises:
        RuntimeError: It does not start.
    """
    with tempfile.TemporaryDirectory(prefix="visavis-sound-") as name, contextlib.ExitStack() as stack:
        socket, alsa, log = Path(name) / "native", Path(name) / "asound.conf", bytearray()
        alsa.write_text(_ALSA)
        device = SoundDevice({"PULSE_SERVER": f"unix:{socket}", "ALSA_CONFIG_PATH": str(alsa)})
        # Its files lie in a folder of their own, so neither it nor its recorder meets a server of the user.
        env = os.environ | dict.fromkeys(("HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME"), name)
        server = (
            *("pulseaudio", "-n", "-v", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"),
            *("--disable-shm=yes", "--log-target=stderr"),
            *("-L", f"module-native-protocol-unix socket={socket} auth-anonymous=1"),
            *("-L", f"module-null-sink sink_name={_SINK} rate={RATE_HZ} channels=1"),
        )
        recorder = (
            *("parec", f"--device={_SINK}.monitor", "--raw", "--format=s16le", "--channels=1"),
            *(f"--rate={RATE_HZ}", "--latency-msec=100"),
        )
        stack.enter_context(_running(server, env, log, until=_STARTED))
        stack.enter_context(_running(recorder, env | device.env, device._recorded))
        yield device


@contextlib.contextmanager
def _running(
    command: Sequence[str], env: dict[str, str], taken: bytearray, *, until: bytes = b""
) -> Iterator[None]:
    """A process whose output is taken until the block ends; the block begins when it has said something."""
    has_begun = threading.Event()

    def read() -> None:
        assert process.stdout is not None
        while block := process.stdout.read1():
            taken.extend(block)
            if until in taken:
                has_begun.set()

    errors = subprocess.STDOUT if until else subprocess.DEVNULL  # a log is both; sound is only sound
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=errors) as process:
        reader = threading.Thread(target=read)
        reader.start()
        try:
            if not has_begun.wait(_START_S):
                raise RuntimeError(f"{command[0]} does not begin: {taken.decode(errors='replace')}")
            yield
        finally:
            process.terminate()
            reader.join()
