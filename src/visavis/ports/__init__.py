"""The interfaces that have more than one real implementation, and what passes through them."""

from visavis.ports.chat import ChatDelta, ChatMessage, LanguageModel, Tool, ToolCall
from visavis.ports.conversation import ConversationConfig, ConversationTool, TranscriptSegment
from visavis.ports.images import CharacterRequest, Generator, ImageGenerator, Understood
from visavis.ports.recognition import (
    RECOGNITION_RATE_HZ,
    Recognition,
    RecognitionStream,
    SpeechRecognizer,
    VoiceActivityDetector,
    VoiceActivityStream,
)
from visavis.ports.rooms import Rooms, RoomServerAddress
from visavis.ports.speech import SpeechPart, SpeechSynthesizer, TimedText, Voice, VoiceInfo, is_ready
from visavis.ports.storage import ObjectStore

__all__ = [
    "RECOGNITION_RATE_HZ",
    "CharacterRequest",
    "ChatDelta",
    "ChatMessage",
    "ConversationConfig",
    "ConversationTool",
    "Generator",
    "ImageGenerator",
    "LanguageModel",
    "ObjectStore",
    "Recognition",
    "RecognitionStream",
    "RoomServerAddress",
    "Rooms",
    "SpeechPart",
    "SpeechRecognizer",
    "SpeechSynthesizer",
    "TimedText",
    "Tool",
    "ToolCall",
    "TranscriptSegment",
    "Understood",
    "Voice",
    "VoiceActivityDetector",
    "VoiceActivityStream",
    "VoiceInfo",
    "is_ready",
]
