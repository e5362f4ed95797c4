"""What clients send: the bodies of requests."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)

from visavis.core import jobs
from visavis.errors import RequestError
from visavis.ports.images import SCENE, TRANSPARENT, Generator
from visavis.surfaces.avatars.sizes import MAX_SIDE_PX, MIN_SIDE_PX, AspectRatio, Resolution
from visavis.surfaces.shared.texts import shown
from visavis.surfaces.shared.wording import describe

MAX_PROMPT_CHARS: Final = 5000
MAX_REFERENCES: Final = 6
MAX_COUNT: Final = 4
_MAX_HINTS: Final = 64
_MAX_HINT_CHARS: Final = 500
_MAX_HINT_ENTRIES: Final = 32
_MAX_METADATA: Final = 16
_MAX_METADATA_CHARS: Final = 500
_MAX_NAME_CHARS: Final = 200
_MAX_SEED: Final = 2**32 - 1
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_FORMATS: Final = {"png": jobs.PNG, "jpeg": jobs.JPEG, "jpg": jobs.JPEG, "webp": jobs.WEBP}
_BACKGROUNDS: Final = {"auto": SCENE, "opaque": SCENE, SCENE: SCENE, TRANSPARENT: TRANSPARENT}

_Model = TypeVar("_Model", bound=BaseModel)


def _hints(value: object) -> object:
    """Hints as texts and tuples of texts; `null` is no hint."""
    if not isinstance(value, Mapping):
        return value
    if len(value) > _MAX_HINTS:
        raise RequestError(f"hints: at most {_MAX_HINTS} hints are allowed.")
    if any(len(name) > _MAX_NAME_CHARS for name in value):
        raise RequestError(f"hints: names must have at most {_MAX_NAME_CHARS} characters.")
    return _without_null({name: _hint(f"hints.{shown(name)}", each) for name, each in value.items()})


def _hint(name: str, value: object) -> str | tuple[str, ...] | None:
    match value:
        case None:
            return None
        case bool():
            return "yes" if value else "no"
        case str() | int() | float():
            text = str(value).strip()
            if len(text) > _MAX_HINT_CHARS:
                raise RequestError(f"{name}: must have at most {_MAX_HINT_CHARS} characters.")
            return text
        case list():
            if len(value) > _MAX_HINT_ENTRIES:
                raise RequestError(f"{name}: must have at most {_MAX_HINT_ENTRIES} entries.")
            texts = [_hint(name, each) for each in value]
            if not any(isinstance(each, tuple) for each in texts):
                return tuple(each for each in texts if isinstance(each, str))
    raise RequestError(f"{name}: must be text or a list of texts.")


def _metadata(value: dict[str, str]) -> dict[str, str]:
    for name, text in value.items():
        if len(name) > _MAX_NAME_CHARS or len(text) > _MAX_METADATA_CHARS:
            raise RequestError(
                f"metadata: names must have at most {_MAX_NAME_CHARS} characters, and values at most "
                f"{_MAX_METADATA_CHARS}."
            )
    return value


def _content_type(word: object) -> object:
    name = word.lower().removeprefix("image/") if isinstance(word, str) else word
    if name not in _FORMATS:
        raise RequestError("output.format: must be png, jpeg or webp.")
    return _FORMATS[str(name)]


def _background(word: object) -> object:
    if isinstance(word, str):
        name = word.strip().lower()
        if name in _BACKGROUNDS:
            return _BACKGROUNDS[name]
        if _COLOUR.fullmatch(name):
            return name
    raise RequestError("output.background: must be auto, opaque, transparent or a colour such as #1e90ff.")


_Side = Annotated[int, Field(ge=MIN_SIDE_PX, le=MAX_SIDE_PX)]
_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=_MAX_NAME_CHARS)]
Hints = Annotated[
    dict[str, str | tuple[str, ...]],
    BeforeValidator(_hints),
    WithJsonSchema({"type": "object", "maxProperties": _MAX_HINTS}),
]


class _Body(BaseModel):
    model_config = ConfigDict(strict=True)


def _without_null(value: object) -> object:
    """The fields of an object that are not `null`."""
    if not isinstance(value, Mapping):
        return value
    return {name: each for name, each in value.items() if each is not None}


class Output(_Body):
    """What the pictures are to be like."""

    aspect_ratio: AspectRatio = "auto"
    resolution: Resolution = "1K"
    thinking_intensity: Literal["minimal", "high"] | None = Field(
        default=None, description="How much work a service puts into a picture. The painter has one way."
    )
    width: _Side | None = Field(default=None, description="Pixels. It counts more than the resolution.")
    height: _Side | None = Field(default=None, description="Pixels, likewise.")
    format: Annotated[
        Literal["image/png", "image/jpeg", "image/webp"],
        BeforeValidator(_content_type),
        WithJsonSchema({"type": "string", "enum": ["png", "jpeg", "webp"], "default": "png"}),
    ] = "image/png"
    background: Annotated[
        str,
        BeforeValidator(_background),
        WithJsonSchema({"type": "string", "examples": ["auto", "opaque", "transparent", "#1e90ff"]}),
    ] = SCENE
    count: int = Field(default=1, ge=1, le=MAX_COUNT, description="Pictures, each of another character.")
    preview: bool = Field(
        default=False, description="Whether each character is also shown in a short video, which is silent."
    )


class GenerateRequest(_Body):
    """A character to be made up."""

    prompt: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_PROMPT_CHARS)
    ] = Field(examples=["A friendly doctor in her forties with curly grey hair and round glasses"])
    hints: Hints = Field(
        default={},
        description="A flat object of further words, such as hair_style. Unknown names are passed on.",
        examples=[{"age_range": "40-50", "accessories": ["round glasses"]}],
    )
    reference_images: list[str] = Field(
        default=[],
        max_length=MAX_REFERENCES,
        description="Pictures that the character is to be inspired by: PNG, JPEG or WebP as data URLs or in "
        "base64.",
    )
    output: Annotated[Output, BeforeValidator(_without_null)] = Output()
    generator: Generator | None = Field(
        default=None,
        description="What makes the pictures: the built-in painter, or the image service of the server. By "
        "default what the account chose, or else the service, if the server has one.",
    )
    seed: int | None = Field(
        default=None,
        ge=0,
        le=_MAX_SEED,
        description="Another seed gives another character. By default, the same request gives the same one.",
    )
    client_reference_id: Annotated[str, StringConstraints(max_length=_MAX_NAME_CHARS)] | None = None
    metadata: Annotated[dict[str, str], Field(max_length=_MAX_METADATA), AfterValidator(_metadata)] = Field(
        default={}, description="Told again with the job and in webhooks."
    )
    callback_url: str | None = Field(
        default=None, description="Notified when the job ends. HTTPS, a public address."
    )
    webhook_url: str | None = Field(default=None, description="The same as `callback_url`.")


class SettingsRequest(_Body):
    """What an account chooses."""

    generator: Generator | None = Field(
        default=None,
        description="What makes the pictures of requests that name nothing: the built-in painter, or the "
        "image service. `null` for the service, if the server has one.",
    )


class _Named(_Body):
    label: _Name | None = Field(default=None, description="Label of the avatar.", examples=["CEO hero v2"])
    name: _Name | None = Field(default=None, description="Name of the avatar; the label if it is not sent.")

    @property
    def names(self) -> tuple[str, str]:
        """The label and the name; each stands for the other one.

        Raises:
            RequestError: Both are missing.
        """
        label, name = self.label or self.name, self.name or self.label
        if label is None or name is None:
            raise RequestError("label: is missing.")
        return label, name


class SaveRequest(_Named):
    """An avatar to be saved."""

    job_id: str = Field(description="A completed job.", examples=["3f1c9a52-6d0e-4b8f-9a57-2f6f0c1d7e11"])
    image_index: int = Field(
        default=0, ge=0, lt=MAX_COUNT, description="Which picture of the job; the first is 0."
    )


class RenameRequest(_Named):
    """Another label and name for an avatar."""


def validated(model: type[_Model], fields: dict[str, Any]) -> _Model:
    """The fields of a body as its model.

    Raises:
        RequestError: A field has a value that cannot be used; the message names the first one.
    """
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise RequestError(describe(error.errors())) from error
