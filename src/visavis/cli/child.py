"""A rendering process; started by the gateway and the worker, not by people."""

import signal

from visavis import bootstrap
from visavis.providers.espeak import Espeak
from visavis.settings import read_settings
from visavis.worker.child import Tools, serve


def main() -> None:
    """Serve requests from standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings = read_settings()
    bootstrap.prepare_process(settings)

    def load() -> Tools:
        return Tools(bootstrap.face_models(settings), bootstrap.speech_model(), Espeak())

    serve(load, memory_bytes=settings.child_memory_bytes)


if __name__ == "__main__":
    main()
