"""Entry point of a rendering process; the gateway and the worker start it, not people."""

import signal

from visavis import bootstrap
from visavis.bootstrap.speech import synthesizer
from visavis.engine.threads import use_one_thread
from visavis.worker.children.rendering import Tools, serve


def main() -> None:
    """Serve requests from standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings = bootstrap.read_settings()
    use_one_thread()
    serve(
        lambda: Tools(bootstrap.face_models(settings.models), bootstrap.speech_model(), synthesizer(settings))
    )


if __name__ == "__main__":
    main()
