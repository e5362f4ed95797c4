"""What the avatar says, word by word as it is heard, for the transcript."""

import time

from livekit.agents.voice.io import PlaybackFinishedEvent, TextOutput

from visavis.realtime.conversation.avatar_output import AvatarOutput
from visavis.realtime.conversation.transcript import Transcript, new_segment, segment_of


class SpokenTextOutput(TextOutput):
    """Takes text in step with the sound; `livekit-agents` keeps both in step."""

    def __init__(self, transcript: Transcript, audio: AvatarOutput) -> None:
        """Prepare.

        Args:
            transcript: Is told.
            audio: Tells which sentence is said, and whether what was said was interrupted.
        """
        super().__init__(label="transcript", next_in_chain=None)
        self._transcript, self._audio = transcript, audio
        self._segment, self._text, self._began_s = "", "", 0.0
        self._is_interrupted = False
        audio.on("playback_finished", self._note_end)

    async def capture_text(self, text: str) -> None:
        """Take what is heard now."""
        if not self._segment:
            sentence = self._audio.newest_sentence
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
