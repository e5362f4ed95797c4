"""A group of settings: what one part of visavis reads from the environment."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final

from pydantic import BeforeValidator, IPvAnyNetwork, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX: Final = "VISAVIS_"


def _as_list(value: Any) -> Any:
    """A list from its text: JSON, or items separated by commas."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except ValueError as error:
            raise ValueError("not a list in JSON") from error
    return [each.strip() for each in value.split(",") if each.strip()]


Networks = Annotated[tuple[IPvAnyNetwork, ...], NoDecode, BeforeValidator(_as_list)]
"""Networks in CIDR notation, as a JSON list or separated by commas."""

Delays = Annotated[tuple[float, ...], NoDecode, BeforeValidator(_as_list)]
"""Seconds, as a JSON list or separated by commas."""

Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_as_list)]
"""Names, as a JSON list or separated by commas."""


class Group(BaseSettings):
    """The settings of one part. They are read when the group is made, and never change.

    A field's environment variable is the group's `env_prefix` and the field's name, or the field's
    `validation_alias` where it has one. A description is a noun phrase.

    Attributes:
        title: Heading in the documentation and the console.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, populate_by_name=True)
    title: ClassVar[str]


@dataclass(frozen=True)
class Variable:
    """An environment variable that holds a setting.

    Attributes:
        name: Name of the variable.
        field: Name of the group's field.
        default: Value when the variable is not set.
        is_secret: Whether the value must not be shown.
        description: Noun phrase in plain English.
    """

    name: str
    field: str
    default: Any
    is_secret: bool
    description: str


def variables(group: type[Group]) -> Iterator[Variable]:
    """The environment variables of a group, in the order of its fields."""
    for name, field in group.model_fields.items():
        yield Variable(
            name=_variable_name(group, name, field),
            field=name,
            default=field.get_default(call_default_factory=True, validated_data={}),
            is_secret="SecretStr" in str(field.annotation),
            description=field.description or "",
        )


def plain(value: Any) -> Any:
    """A value as JSON can hold it; `None` for a secret."""
    if isinstance(value, SecretStr):
        return None
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _variable_name(group: type[Group], name: str, field: FieldInfo) -> str:
    if isinstance(field.validation_alias, str):
        return field.validation_alias
    return group.model_config["env_prefix"] + name.upper()
