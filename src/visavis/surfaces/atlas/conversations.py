"""The conversation that a request for a live session describes: its fields, and whether they can be used."""

import asyncio
import json
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from visavis.core.identity.principals import Principal
from visavis.core.urls import MAX_URL_CHARS, parse_url
from visavis.errors import CallbackError, ConversationDisabledError, InputError, RequestError
from visavis.ports.conversation import ConversationConfig, ConversationTool
from visavis.surfaces.shared.bodies import ABSENT_IF_EMPTY
from visavis.surfaces.shared.context import Context

# All together must stay below the megabyte that a message to a process may have.
MAX_PROMPT_CHARS: Final = 16_000
MAX_SENTENCE_CHARS: Final = 1_000
MAX_NAME_CHARS: Final = 100
MAX_TEXTS: Final = 32
MAX_KNOWLEDGE_CHARS: Final = 64_000
MAX_TOOLS: Final = 16
MAX_PARAMETERS_CHARS: Final = 4_000
MAX_TOOL_TIMEOUT_S: Final = 30

_TRUE, _FALSE = frozenset({"true", "1", "yes", "on"}), frozenset({"false", "0", "no", "off"})
_TEXTS_SCHEMA: Final = {"type": "array", "maxItems": MAX_TEXTS, "items": {"type": "string"}}


def _flag(value: object) -> object:
    """True or false, also as forms send it."""
    word = value.strip().lower() if isinstance(value, str) else None
    return word in _TRUE if word in _TRUE | _FALSE else value


def _texts(value: object) -> object:
    """A list of texts; a form may send it as JSON, and one text alone is a list of one."""
    if isinstance(value, str):
        listed = _json_list(value)
        return listed if isinstance(listed, list) else [value]
    return value


def _json_list(value: object) -> object:
    """A list, which a form sends as JSON."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _schema(value: object) -> object:
    if not isinstance(value, dict):
        return value
    if value and value.get("type") != "object":
        raise RequestError('tools: parameters must be a JSON schema of "type": "object".')
    if len(json.dumps(value)) > MAX_PARAMETERS_CHARS:
        raise RequestError(f"tools: parameters may have at most {MAX_PARAMETERS_CHARS} characters of JSON.")
    return value


class ToolRequest(BaseModel):
    """A tool that the avatar may call."""

    model_config = ConfigDict(strict=True)

    name: str = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$", examples=["opening_hours"])
    description: str = Field(
        default="", max_length=MAX_SENTENCE_CHARS, description="What it does, for the language model."
    )
    parameters: Annotated[dict[str, Any], BeforeValidator(_schema)] = Field(
        default_factory=dict, description="JSON schema of its arguments, an object."
    )
    url: str | None = Field(
        default=None,
        max_length=MAX_URL_CHARS,
        description="HTTPS address that is called with the arguments. Without it, the tool is a remote "
        "procedure of that name in the user's client.",
    )
    timeout: float = Field(default=10, gt=0, le=MAX_TOOL_TIMEOUT_S, description="Seconds.")


_Prompt = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=MAX_PROMPT_CHARS), ABSENT_IF_EMPTY
]
_Sentence = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=MAX_SENTENCE_CHARS), ABSENT_IF_EMPTY
]
_Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_NAME_CHARS), ABSENT_IF_EMPTY]
_Texts = Annotated[
    list[str],
    BeforeValidator(_texts),
    ABSENT_IF_EMPTY,
    Field(max_length=MAX_TEXTS),
    WithJsonSchema(_TEXTS_SCHEMA),
]
_Tools = Annotated[
    list[ToolRequest],
    BeforeValidator(_json_list),
    ABSENT_IF_EMPTY,
    Field(max_length=MAX_TOOLS),
    WithJsonSchema({"type": "array", "maxItems": MAX_TOOLS, "items": ToolRequest.model_json_schema()}),
]
_Flag = Annotated[bool, BeforeValidator(_flag), ABSENT_IF_EMPTY, WithJsonSchema({"type": "boolean"})]


class ConversationFields(BaseModel):
    """The fields of a conversation, beside the others of a session. In forms, lists are JSON."""

    model_config = ConfigDict(strict=True)

    system_prompt: _Prompt = Field(
        default="",
        description="How the avatar is to be, and what it knows. Without a language model on the server, its "
        "sentences are the answers.",
        examples=["You are the receptionist of Café Blue. We are open from 9 to 6, and closed on Mondays."],
    )
    instructions: _Prompt = Field(default="", description="The same as `system_prompt`.")
    greeting: _Sentence = Field(default="", description="Sentence that the avatar begins with.")
    voice: _Name = Field(default="", description="ID of the avatar's voice; the language's default if empty.")
    language: _Name = Field(default="", description="BCP 47 tag of the language that is spoken, such as en.")
    knowledge: _Texts = Field(
        default=[],
        description=f"Texts that answers are taken from; at most {MAX_KNOWLEDGE_CHARS} characters together.",
    )
    tools: _Tools = Field(default=[], description="Tools that the language model may call.")
    fallback: _Sentence = Field(
        default="", description="Sentence that the avatar says when an answer cannot be had."
    )
    transcript: _Flag = Field(
        default=False, description="Whether the transcript is kept, and shown with the session."
    )


_SPOKEN_WITH: Final = ("voice", "language")  # also what `speak` uses in a session without a conversation
_OF_CONVERSATIONS: Final = tuple(name for name in ConversationFields.model_fields if name not in _SPOKEN_WITH)


async def read_conversation(
    context: Context, principal: Principal, fields: ConversationFields
) -> ConversationConfig:
    """The conversation that a request describes.

    Raises:
        ConversationDisabledError: The key may not open conversations.
        RequestError: A field has a value that cannot be used.
        InputError: The address of a tool cannot be called.
        ModelNotReadyError: A model that it needs is not on this machine.
    """
    if not principal.credential.allowance.allows_conversation:
        raise ConversationDisabledError(
            "Conversation mode is restricted. Use passthrough unless your key is allowlisted."
        )
    if fields.system_prompt and fields.instructions:
        raise RequestError("Send system_prompt or instructions, not both.")
    chars = sum(map(len, fields.knowledge))
    if chars > MAX_KNOWLEDGE_CHARS:
        raise RequestError(
            f"knowledge: it has {chars} characters, and at most {MAX_KNOWLEDGE_CHARS} are allowed."
        )
    names = [tool.name for tool in fields.tools]
    if len(set(names)) < len(names):
        raise RequestError("tools: two of them have the same name.")
    tools = await asyncio.gather(*(_tool(context, tool) for tool in fields.tools))
    config = ConversationConfig(
        instructions=fields.system_prompt or fields.instructions,
        greeting=fields.greeting,
        language=fields.language,
        voice=fields.voice,
        knowledge=tuple(text for text in fields.knowledge if text.strip()),
        tools=tuple(tools),
        fallback=fields.fallback,
        keeps_transcript=fields.transcript,
    )
    await context.check_conversation(config)
    return config


async def read_speech(context: Context, fields: ConversationFields) -> ConversationConfig | None:
    """How an avatar speaks the texts that it is sent in a session without a conversation.

    Returns:
        `None` if the request does not say it.

    Raises:
        RequestError: There is no such voice or language, or a field is for conversations alone.
        ModelNotReadyError: The voice needs a model that is not on this machine.
    """
    others = [name for name in _OF_CONVERSATIONS if getattr(fields, name)]
    if others:
        raise RequestError(f'{", ".join(others)}: only for sessions with mode "conversation".')
    if not fields.voice and not fields.language:
        return None
    config = ConversationConfig(language=fields.language, voice=fields.voice, hears=False)
    await context.check_conversation(config)
    return config


async def _tool(context: Context, sent: ToolRequest) -> ConversationTool:
    url = None
    if sent.url:
        name = f"The URL of the tool {sent.name}"
        url = parse_url(sent.url, name).text
        try:
            await context.check_callback(url)
        except CallbackError as error:
            raise InputError(f"{name} does not lead to a public address.") from error
    return ConversationTool(
        name=sent.name,
        description=sent.description,
        parameters=sent.parameters,
        url=url,
        timeout_s=sent.timeout,
    )
