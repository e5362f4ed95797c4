"""Decides what users' speech means: a turn, an interruption, a sign of listening, or the avatar's echo."""

import time
from collections.abc import Callable
from typing import Final

import structlog

from visavis.errors import ProviderError
from visavis.realtime.conversation.ears import Ears
from visavis.realtime.conversation.hearsay import RecentSpeech, is_sign_of_listening
from visavis.realtime.conversation.speaker import Speaker, Utterance
from visavis.realtime.conversation.transcript import Transcript

ECHO_LIKENESS: Final = 0.3
"""Above it, an utterance is the avatar's echo: 95 of 100 users who speak over it stay below."""

_log = structlog.get_logger()


class Listener:
    """Hears all users of a room; the `SpeechListener` of each."""

    def __init__(
        self,
        ears: Ears,
        transcript: Transcript,
        said: RecentSpeech,
        *,
        is_avatar_speaking: Callable[[], bool],
        on_failure: Callable[[], None],
    ) -> None:
        """Prepare.

        Args:
            ears: Is told of turns and interruptions.
            transcript: Is told what was said.
            said: What the avatar has said.
            is_avatar_speaking: Whether a voice would interrupt the avatar.
            on_failure: Called when something was said and could not be recognized.
        """
        self._ears, self._transcript, self._said = ears, transcript, said
        self._is_avatar_speaking, self._on_failure = is_avatar_speaking, on_failure
        self.speakers: dict[str, Speaker] = {}
        self._has_begun = False

    def is_avatar_speaking(self) -> bool:
        """Whether a voice would interrupt the avatar."""
        return self._is_avatar_speaking()

    def began(self, utterance: Utterance, voiced_s: float) -> None:
        """A user speaks: what the avatar says waits."""
        del utterance
        if not self._has_begun or self._is_avatar_speaking():
            self._has_begun = True
            self._ears.began(voiced_s)

    def changed(self, utterance: Utterance, *, is_pause: bool) -> bool:
        """More was recognized. Returns whether what follows in the utterance matters."""
        if self._means_nothing(utterance):
            return False
        self._transcript.user_said(utterance, is_final=False)
        if is_pause and utterance.text:
            self._ears.paused(utterance.text, utterance.language)
        return True

    def went_on(self, utterance: Utterance) -> None:
        """A user goes on after a pause."""
        if utterance.text:
            self._ears.went_on(utterance.text + " …", utterance.language)

    def ended(self, utterance: Utterance, silence_s: float) -> None:
        """A user is done."""
        if self._means_nothing(utterance):
            self._transcript.drop(utterance)
        else:
            self._transcript.user_said(utterance, is_final=True)
            self._ears.understood(utterance.text, utterance.language)
        self._end(silence_s)

    def failed(self, utterance: Utterance, error: ProviderError, silence_s: float) -> None:
        """A user is done, and nobody knows what was said."""
        _log.warning("utterance_lost", code=error.code)
        self._transcript.drop(utterance)
        self._end(silence_s)
        if not utterance.may_be_echo:
            self._on_failure()

    def _end(self, silence_s: float) -> None:
        if all(each.is_idle for each in self.speakers.values()):
            self._has_begun = False
            self._ears.ended(silence_s)

    def _means_nothing(self, utterance: Utterance) -> bool:
        """Whether the avatar goes on as if nothing had been said."""
        text = utterance.text.strip()
        if not any(character.isalnum() for character in text):
            return True
        if utterance.interrupts and is_sign_of_listening(text):
            return True
        if not utterance.may_be_echo:
            return False
        return utterance.echo_likeness > ECHO_LIKENESS or self._said.has(text, time.monotonic())
