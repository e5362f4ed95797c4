"""Speaking sentence by sentence with a model in this process."""

import asyncio
from collections.abc import AsyncIterator, Callable

from visavis.errors import InputError
from visavis.ports import SpeechPart
from visavis.providers.model_thread import model_thread
from visavis.providers.tts.sentences import split_sentences
from visavis.providers.tts.timing import trimmed


class SentenceThread:
    """One thread that makes speech, so that models keep off the event loop and off each other.

    Args:
        name: Name of the thread.
    """

    def __init__(self, name: str) -> None:
        self._executor = model_thread(name)

    async def speak(
        self,
        text: str,
        make_part: Callable[[str], SpeechPart | None],
        cancel: Callable[[], None] | None = None,
    ) -> AsyncIterator[SpeechPart]:
        """The parts of a text, each made when it is asked for.

        Args:
            text: Text of any length.
            make_part: Speaks a sentence, in the thread; `None` if there is nothing to speak in it.
            cancel: Lets `make_part` fail soon. It is called when nobody waits for the part any more.

        Raises:
            InputError: The text contains nothing that can be spoken.
        """
        is_silent = True
        for sentence in split_sentences(text):
            try:
                part = await asyncio.get_running_loop().run_in_executor(self._executor, make_part, sentence)
            except asyncio.CancelledError:
                if cancel is not None:
                    cancel()
                raise
            if part is not None and part.samples.any():
                is_silent = False
                yield trimmed(part)
        if is_silent:
            raise InputError("The text contains nothing that can be spoken.")

    def close(self) -> None:
        """End the thread when it has made its part; harmless when repeated."""
        self._executor.shutdown(wait=False, cancel_futures=True)
