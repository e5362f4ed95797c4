"""Entry point of a rendering process; the gateway and the worker start it, not people."""

import signal
from functools import cache

from visavis import bootstrap
from visavis.bootstrap.recognition import local_recognizer
from visavis.bootstrap.speech import synthesizer
from visavis.engine.threads import use_one_thread
from visavis.worker.children.rendering import Tools, serve


def main() -> None:
    """Serve requests from standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings = bootstrap.read_settings()
    use_one_thread()
    recognizer = cache(
        lambda: local_recognizer(settings.recognition, bootstrap.model_folders(settings.models))
    )
    serve(
        lambda: Tools(
            bootstrap.face_models(settings.models),
            bootstrap.speech_model(),
            synthesizer(settings),
            recognizer,
            settings.jobs.caption_font,
        )
    )


if __name__ == "__main__":
    main()
