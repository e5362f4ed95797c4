"""Bodies of requests: pydantic models that are read from JSON and forms, and that describe themselves.

A field of the type `File` is uploaded. A field may also take a file in a multipart form and text elsewhere;
the OpenAPI document shows for each content type what it takes there.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Generic, TypeVar, get_args

from pydantic import BaseModel, InstanceOf, ValidationError, WithJsonSchema
from starlette.requests import Request

from visavis.errors import RequestError, VisavisError
from visavis.surfaces.shared.fields import JSON, URLENCODED
from visavis.surfaces.shared.uploads import Form, UploadedFile, read_form
from visavis.surfaces.shared.wording import describe

MULTIPART: Final = "multipart/form-data"
ALL_KINDS: Final = (JSON, URLENCODED, MULTIPART)
BINARY: Final = {"type": "string", "format": "binary"}
"""The JSON schema of a file."""

ABSENT_IF_EMPTY: Final = "absent if empty"
"""In the `Annotated` type of a field: an empty text counts as not sent."""

File = Annotated[InstanceOf[UploadedFile], WithJsonSchema(BINARY)]
"""A field that is a file, in a multipart form."""

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class SentBody(Generic[Model]):
    """A body that was read.

    Attributes:
        fields: Its fields, validated.
        form: What was sent.
    """

    fields: Model
    form: Form

    @property
    def digest(self) -> bytes:
        """SHA-256 of all that was sent, worked out when it is asked for: a field may be a picture."""
        return self.form.fingerprint()


@dataclass(frozen=True)
class BodyType(Generic[Model]):
    """What a route takes as its body.

    Attributes:
        model: Model of its fields.
        kinds: Content types that the OpenAPI document shows. Forms of both kinds are always read, JSON only
            if it is one of these.
        missing: Error that lists all fields that are missing; `None` to name the first as any other fault.
        alternatives: Fields that are needed unless another one is sent, with that other one.
    """

    model: type[Model]
    kinds: tuple[str, ...]
    missing: type[VisavisError] | None = RequestError
    alternatives: Mapping[str, str] = field(default_factory=dict)

    def openapi(self, *parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The `openapi_extra` of a route.

        Args:
            parameters: Headers that the route reads besides, as OpenAPI describes them.
        """
        content = {kind: {"schema": self._schema(kind)} for kind in self.kinds}
        is_required = any("required" in each["schema"] for each in content.values())
        extra: dict[str, Any] = {"requestBody": {"required": is_required, "content": content}}
        return extra | ({"parameters": list(parameters)} if parameters else {})

    @asynccontextmanager
    async def read(
        self, request: Request, *, folder: Path, max_bytes: int, max_json_bytes: int = 0
    ) -> AsyncIterator[SentBody[Model]]:
        """Read and validate the body of a request; its files exist for as long as the block runs.

        Args:
            request: The request.
            folder: Where its files are put.
            max_bytes: Size of all files together.
            max_json_bytes: Size of a JSON object, where one is taken.

        Raises:
            MediaTypeError: The body is of another kind.
            RequestError: It is broken, or a field has a value that cannot be used.
            UploadTooLargeError: It is too large.
            StoreFullError: The disk is full.
        """
        async with read_form(
            request,
            files=self._file_fields,
            folder=folder,
            max_bytes=max_bytes,
            json_max_bytes=max_json_bytes if JSON in self.kinds else 0,
        ) as form:
            yield SentBody(self._validated(form), form)

    def _validated(self, form: Form) -> Model:
        fields = self.model.model_fields
        sent = {
            name: value
            for name, value in {**form.fields, **form.files}.items()
            if name in fields and not (value == "" and name in self._absent_if_empty)
        }
        missing = [name for name in fields if name not in sent and self._is_needed(name, sent)]
        if missing and self.missing is not None:
            raise self.missing(f"Missing required fields: {', '.join(missing)}.")
        texts = [name for name in form.fields if name in self._only_files]
        if texts:
            raise RequestError(f"{', '.join(sorted(texts))}: must be a file.")
        try:
            return self.model.model_validate(sent)
        except ValidationError as error:
            raise RequestError(describe(error.errors())) from error

    def _is_needed(self, name: str, sent: Mapping[str, Any]) -> bool:
        if name in self.alternatives:
            return self.alternatives[name] not in sent
        return self.model.model_fields[name].is_required()

    @cached_property
    def _file_fields(self) -> frozenset[str]:
        properties = self.model.model_json_schema()["properties"]
        return frozenset(name for name, schema in properties.items() if _choices(schema, is_file=True))

    @cached_property
    def _absent_if_empty(self) -> frozenset[str]:
        """Fields with that mark, on their type or on one of several that they can have."""
        marks = {
            name: [*each.metadata, *(mark for kind in get_args(each.annotation) for mark in _marks(kind))]
            for name, each in self.model.model_fields.items()
        }
        return frozenset(name for name, found in marks.items() if ABSENT_IF_EMPTY in found)

    @cached_property
    def _only_files(self) -> frozenset[str]:
        """Fields that can be nothing but a file."""
        properties = self.model.model_json_schema()["properties"]
        others = {name: _choices(properties[name], is_file=False) for name in self._file_fields}
        return frozenset(
            name for name, found in others.items() if all(each.get("type") == "null" for each in found)
        )

    def _schema(self, kind: str) -> dict[str, Any]:
        schema = json_schema(self.model)
        taken = {name: _taken(each, kind) for name, each in schema["properties"].items()}
        schema["properties"] = {name: each for name, each in taken.items() if each is not None}
        return schema


def _marks(kind: object) -> tuple[object, ...]:
    return getattr(kind, "__metadata__", ())


def json_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of a body without references: in an OpenAPI document, `$defs` are not where they say."""
    schema = model.model_json_schema()
    whole: dict[str, Any] = _without_references(schema, schema.pop("$defs", {}))
    return whole


def _without_references(schema: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_without_references(each, definitions) for each in schema]
    if not isinstance(schema, dict):
        return schema
    named = definitions.get(str(schema.get("$ref", "")).removeprefix("#/$defs/"), {})
    own = {name: each for name, each in schema.items() if name != "$ref"}
    return {name: _without_references(each, definitions) for name, each in {**named, **own}.items()}


def _taken(field: dict[str, Any], kind: str) -> dict[str, Any] | None:
    """What a field takes in a content type: the file if it can be one there, else what else it can be."""
    if not _choices(field, is_file=True):
        return field
    choices = _choices(field, is_file=kind == MULTIPART)
    if not choices:
        return None
    return {**{name: value for name, value in field.items() if name != "anyOf"}, **choices[0]}


def _choices(field: dict[str, Any], *, is_file: bool) -> list[dict[str, Any]]:
    choices = field.get("anyOf", [field])
    return [each for each in choices if (each.get("format") == BINARY["format"]) is is_file]
