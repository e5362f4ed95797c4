"""What a conversation is made with: the providers of the settings."""

import asyncio
from typing import Final

import structlog

from visavis import bootstrap
from visavis.adapters.public_http import PublicHttp
from visavis.bootstrap.knowledge import embedder
from visavis.bootstrap.recognition import speech_recognizer, voice_activity_detector
from visavis.bootstrap.speech import synthesizer
from visavis.errors import VisavisError
from visavis.ports import ConversationConfig, Voice
from visavis.providers.llm.choice import create_language_model
from visavis.providers.tts.espeak import Espeak
from visavis.realtime.conversation.answers import FIRST_PIECE_S
from visavis.realtime.conversation.conversation import Providers
from visavis.settings import Settings, WebhookSettings

_MAX_RESULT_BYTES: Final = 64_000
_OWN_MODEL_S: Final = 6.0  # a model on this machine reads the prompt on one thread

_log = structlog.get_logger()


def load_providers(settings: Settings) -> Providers:
    """The providers of this process, with the models of an English conversation loaded.

    Raises:
        ExtraMissingError: A package is not installed.
        SettingsError: The settings do not belong together.
    """
    folders = bootstrap.model_folders(settings.models)
    recognizer = speech_recognizer(settings.recognition, folders)
    voices, http = synthesizer(settings, is_live=True), _http(settings.webhooks)

    async def prepare(config: ConversationConfig) -> None:
        if not (settings.speech.openai_url or settings.speech.elevenlabs_api_key):  # which bill every word
            async for _ in voices.speak("Hello.", Voice(config.language, config.voice)):
                pass
        if config.hears:
            await recognizer.prepare(config.language or "en")

    async def call_address(url: str, body: bytes, timeout_s: float) -> str:
        del timeout_s  # the caller's
        return await http.call(url, body, {"Content-Type": "application/json"}, max_bytes=_MAX_RESULT_BYTES)

    try:
        asyncio.run(prepare(ConversationConfig()))
    except VisavisError as error:
        _log.info("models_not_loaded", code=error.code)
    return Providers(
        synthesizer=voices,
        local=Espeak(),
        recognizer=recognizer,
        detector=voice_activity_detector(),
        create_model=lambda language: create_language_model(settings.language_model, folders, language),
        prepare=prepare,
        call_address=call_address,
        load_embedder=lambda: embedder(folders),
        first_piece_s=_OWN_MODEL_S if settings.language_model.file else FIRST_PIECE_S,
    )


def _http(settings: WebhookSettings) -> PublicHttp:
    return PublicHttp(networks=settings.networks, certificates=settings.ca)
