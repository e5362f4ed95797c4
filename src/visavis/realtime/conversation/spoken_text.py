"""What the avatar says, word by word as it is heard, for the transcript."""

import time
from collections.abc import Callable

from livekit.agents.voice.io import AudioOutput, PlaybackFinishedEvent, TextOutput

from visavis.realtime.conversation.transcript import Transcript, new_segment, segment_of
from visavis.realtime.sentences import Sentence


class SpokenTextOutput(TextOutput):
    """Takes text in step with the sound; `livekit-agents` keeps both in step."""

    def __init__(
        self,
        transcript: Transcript,
        audio: AudioOutput,
        which_sentence: Callable[[], Sentence | None] = lambda: None,
    ) -> None:
        """Prepare.

        Args:
            transcript: Is told.
            audio: Tells whether what was said was interrupted.
            which_sentence: Tells which sentence of a session message is said now; `None` for none.
        """
        super().__init__(label="transcript", next_in_chain=None)
        self._transcript, self._which_sentence = transcript, which_sentence
        self._segment, self._text, self._began_s = "", "", 0.0
        self._is_interrupted = False
        audio.on("playback_finished", self._note_end)

    async def capture_text(self, text: str) -> None:
        """Take what is heard now."""
        if not self._segment:
            sentence = self._which_sentence()
            self._segment = segment_of(sentence) if sentence is not None else new_segment()
            self._text, self._began_s = "", time.monotonic()
        self._text += text
        self._transcript.avatar_said(self._segment, self._text.strip(), self._began_s, is_final=False)

    def flush(self) -> None:
        """End the segment."""
        if self._segment:
            self._transcript.avatar_said(
                self._segment,
                self._text.strip(),
                self._began_s,
                is_final=True,
                is_interrupted=self._is_interrupted,
            )
        self._segment, self._is_interrupted = "", False

    def _note_end(self, event: PlaybackFinishedEvent) -> None:
        self._is_interrupted = event.interrupted
