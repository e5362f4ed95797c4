"""What a conversation is made with: the providers of the settings."""

import asyncio
from functools import partial
from typing import Final

import structlog

from visavis import bootstrap
from visavis.adapters.public_http import PublicHttp
from visavis.bootstrap.knowledge import embedder
from visavis.bootstrap.recognition import speech_recognizer, voice_activity_detector
from visavis.bootstrap.speech import synthesizer
from visavis.errors import RequestError, VisavisError
from visavis.ports import ConversationConfig, Voice
from visavis.providers.llm.choice import create_language_model
from visavis.providers.tts.catalogue import VoiceCatalogue
from visavis.providers.tts.espeak import Espeak
from visavis.realtime.conversation.conversation import Providers
from visavis.realtime.conversation.patience import Patience
from visavis.settings import Settings, WebhookSettings

_MAX_RESULT_BYTES: Final = 64_000
_OWN_MODEL_S: Final = 15.0  # time for a model on this machine, when the machine is busy

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
        patience_for=partial(patience_for, settings, voices),
    )


def patience_for(settings: Settings, voices: VoiceCatalogue, voice: Voice) -> Patience:
    """How long to wait for the providers of the settings, when they speak with a voice."""
    service = Patience()
    try:
        is_hosted = voices.is_hosted(voice)
    except RequestError:  # a voice that is not known here: the voice on this machine speaks at once
        is_hosted = False
    return Patience(
        text_s=_OWN_MODEL_S if settings.recognition.provider == "whisper" else service.text_s,
        answer_s=service.answer_s if settings.language_model.url else _OWN_MODEL_S,
        sound_s=service.sound_s if is_hosted else _OWN_MODEL_S,
    )


def _http(settings: WebhookSettings) -> PublicHttp:
    return PublicHttp(networks=settings.networks, certificates=settings.ca)
