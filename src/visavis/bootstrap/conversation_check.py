"""Whether a conversation can be held, for the gateway, which holds none."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import cache

from visavis import bootstrap
from visavis.bootstrap.recognition import speech_recognizer
from visavis.bootstrap.speech import synthesizer
from visavis.ports import ConversationConfig, SpeechRecognizer, Voice
from visavis.settings import Settings

_DEFAULT_LANGUAGE = "en"


def conversation_check(settings: Settings) -> Callable[[ConversationConfig], Awaitable[None]]:
    """A function that refuses conversations that cannot be held; it loads no model of a conversation.

    It raises `RequestError` if the voice or the language is not known, and `ModelNotReadyError` if a model is
    not on this machine yet.
    """
    voices = synthesizer(settings, is_live=True)

    @cache
    def recognizer() -> SpeechRecognizer:
        """What recognizes speech, made for the first conversation."""
        return speech_recognizer(settings.recognition, bootstrap.model_folders(settings.models))

    async def check(config: ConversationConfig) -> None:
        voices.check(Voice(config.language, config.voice))
        if config.hears:
            recognition = await asyncio.to_thread(recognizer)
            recognition.check(config.language or _DEFAULT_LANGUAGE)

    return check
