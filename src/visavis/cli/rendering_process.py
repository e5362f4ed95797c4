"""Entry point of a rendering process; the gateway and the worker start it, not people."""

import signal
from functools import cache

from visavis import bootstrap
from visavis.bootstrap.knowledge import document_tools
from visavis.bootstrap.recognition import local_recognizer
from visavis.bootstrap.speech import synthesizer
from visavis.engine.threads import use_one_thread
from visavis.worker.children.rendering import Tools, serve


def main() -> None:
    """Serve requests from standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings = bootstrap.read_settings()
    use_one_thread()
    folders = bootstrap.model_folders(settings.models)
    recognizer = cache(lambda: local_recognizer(settings.recognition, folders))
    serve(
        lambda: Tools(
            bootstrap.face_models(settings.models),
            bootstrap.speech_model(),
            synthesizer(settings),
            recognizer,
            document_tools(folders),
            settings.jobs.caption_font,
        )
    )


if __name__ == "__main__":
    main()
