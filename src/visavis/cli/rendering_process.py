"""A rendering process; started by the gateway and the worker, not by people."""

import signal

from visavis import bootstrap
from visavis.providers.espeak import Espeak
from visavis.settings import read_settings
from visavis.worker.children.rendering import Tools, serve


def main() -> None:
    """Serve requests from standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings = read_settings()
    bootstrap.prepare_process(settings)
    serve(lambda: Tools(bootstrap.face_models(settings), bootstrap.speech_model(), Espeak()))


if __name__ == "__main__":
    main()
