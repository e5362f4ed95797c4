"""Entry point of a session process; the worker starts it, not people."""

import os
import signal
import sys
from functools import partial

from visavis import bootstrap
from visavis.adapters import tethered
from visavis.bootstrap import external_rooms
from visavis.engine.photo import Photo
from visavis.engine.rig.build import build_rig
from visavis.engine.speech import SpeechModel
from visavis.engine.threads import use_one_thread
from visavis.realtime.cost import measure_cost
from visavis.realtime.ports import VideoSettings
from visavis.samples.portrait import read_portrait
from visavis.worker.children.session import Ways, serve


def main() -> None:
    """Serve commands from standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings = bootstrap.read_settings()
    use_one_thread()

    def measure(speech: SpeechModel, video: VideoSettings) -> float:
        rig = build_rig(bootstrap.face_models(settings.models), Photo(read_portrait(), None)).rig
        return measure_cost(rig, speech, video)

    serve(
        bootstrap.speech_model,
        measure,
        Ways(
            room=partial(external_rooms.forward, settings.rooms),
            rtmp=partial(external_rooms.forward_rtmp, settings.rooms),
            rtmp_command=_command("visavis.cli.rtmp_process"),
            recording_command=_command("visavis.cli.recording_process"),
        ),
        loop_factory=bootstrap.loop_factory(),
    )
    # Threads of the room library call Python until the end. An interpreter that shuts down kills them, and
    # they answer by aborting the process. So the process exits at once; it has left the room before.
    sys.stderr.flush()
    os._exit(0)


def _command(module: str) -> tuple[str, ...]:
    """The command that starts a process which ends with this one."""
    return tuple(tethered.command([sys.executable, "-m", module], on_parents_death=signal.SIGKILL))


if __name__ == "__main__":
    main()
