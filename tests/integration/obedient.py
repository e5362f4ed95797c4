"""A process of a pool that does what the text of a request says; the tests of pools start it."""

import os
import sys
import threading
from pathlib import Path

from pydantic import TypeAdapter

from visavis.errors import TooMuchMemoryError
from visavis.worker.children.output import claim_output, send
from visavis.worker.protocol import Accepted, Failed, Ready, RenderingAnswer, SpeechRendered, SpeechRequest


def main(flag: Path | None) -> None:
    """Answer requests; the first process that finds no file `flag` makes it and fails to start."""
    if flag is not None and not flag.exists():
        flag.touch()
        sys.exit(3)
    messages = claim_output()
    send(messages, Ready())
    for line in sys.stdin.buffer:
        request = TypeAdapter(SpeechRequest).validate_json(line)
        send(messages, Accepted())
        send(messages, answer(request.speech.text))


def answer(text: str) -> RenderingAnswer:
    match text:
        case "die":
            os._exit(3)
        case "hang":
            threading.Event().wait()
        case "fail":
            return Failed(code="internal_error", message="KeyError")
        case "answer something else":
            return Accepted()
        case "take all memory":
            try:
                bytearray(1 << 40)
            except MemoryError:
                return Failed(code=TooMuchMemoryError.code, message="Too much.")
    return SpeechRendered(duration_s=1.0, sample_rate_hz=16_000)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
