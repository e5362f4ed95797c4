"""What the console is given."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from visavis.settings import JobSettings, LanguageModelSettings, OrganizationSettings, WebhookSettings
from visavis.surfaces.shared.context import Context

PREFIX: Final = "/console/api"


@dataclass(frozen=True)
class ShownSetting:
    """A setting as the console shows it.

    Attributes:
        name: Name of the environment variable.
        value: Value in use; `None` for a secret.
        default: Value when the variable is not set; `None` for a secret.
        is_set: Whether the value differs from the default.
        is_secret: Whether the value is hidden.
        description: Noun phrase in plain English.
        group: Heading that the setting belongs under.
    """

    name: str
    value: Any
    default: Any
    is_set: bool
    is_secret: bool
    description: str
    group: str


@dataclass(frozen=True)
class FaceInPhoto:
    """A face that was found in a photo and can be used.

    Attributes:
        outline: Round the face, in order: x and y in shares of the upright picture's width and height.
        warnings: Sentences for the person who chose the photo.
    """

    outline: list[tuple[float, float]]
    warnings: list[str]


@dataclass(frozen=True)
class ConsoleContext:
    """What the console is given.

    Attributes:
        shared: What every surface is given.
        settings: What operators are shown.
        default_face: The built-in portrait, as JPEG.
        look_for_face: Finds the face in a photo, for an account; raises `InputError` if there is none that
            can be used, `BusyError` or `ChildError` when there is no time to look.
        jobs: Settings of jobs: what video costs.
        language_model: Settings of the language model: what answers in conversations.
        webhooks: Settings of webhooks: the signing secret for all keys.
        organizations: Settings of organizations: who may join them, and how.
    """

    shared: Context
    settings: tuple[ShownSetting, ...]
    default_face: Callable[[], Awaitable[bytes]]
    look_for_face: Callable[[Path, str], Awaitable[FaceInPhoto]]
    jobs: JobSettings
    language_model: LanguageModelSettings
    webhooks: WebhookSettings
    organizations: OrganizationSettings
