"""Settings: read once from the environment (`VISAVIS_…`), in one frozen group per part.

A part is given its group whole. The engine and `core` know no settings: they take plain values.
"""

import difflib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any, Final

from pydantic import ValidationError

from visavis.errors import SettingsError
from visavis.settings.agents import AgentSettings
from visavis.settings.credentials import CredentialSettings
from visavis.settings.database import DatabaseSettings
from visavis.settings.group import PREFIX, Group, variables
from visavis.settings.images import ImageSettings
from visavis.settings.jobs import JobSettings
from visavis.settings.language_model import LanguageModelSettings
from visavis.settings.live import LiveSettings
from visavis.settings.logs import LogSettings
from visavis.settings.mail import MailSettings
from visavis.settings.models import ModelSettings
from visavis.settings.organizations import OrganizationSettings
from visavis.settings.payments import PaymentSettings
from visavis.settings.recognition import RecognitionSettings
from visavis.settings.renamed import replace_old_names
from visavis.settings.requests import RequestSettings
from visavis.settings.rooms import LiveKitSettings, RoomSettings
from visavis.settings.server import ServerSettings
from visavis.settings.speech import SpeechSettings
from visavis.settings.sso import SsoSettings
from visavis.settings.storage import StorageSettings
from visavis.settings.webhooks import WebhookSettings

__all__ = [
    "CLIENT_NAMES",
    "GROUPS",
    "AgentSettings",
    "CredentialSettings",
    "DatabaseSettings",
    "ImageSettings",
    "JobSettings",
    "LanguageModelSettings",
    "LiveKitSettings",
    "LiveSettings",
    "LogSettings",
    "MailSettings",
    "ModelSettings",
    "OrganizationSettings",
    "PaymentSettings",
    "RecognitionSettings",
    "RequestSettings",
    "RoomSettings",
    "ServerSettings",
    "Settings",
    "SpeechSettings",
    "SsoSettings",
    "StorageSettings",
    "WebhookSettings",
    "read_settings",
]

CLIENT_NAMES: Final = frozenset({"VISAVIS_API_URL", "VISAVIS_API_KEY"})
"""Variables of clients: a shell that has them set can still start the server."""


@dataclass(frozen=True)
class Settings:
    """Every setting, by the part that it belongs to; a group that is not given is read from the environment.

    Attributes:
        renamed: Old names that are set, with their new names.
    """

    server: ServerSettings = field(default_factory=ServerSettings)
    requests: RequestSettings = field(default_factory=RequestSettings)
    jobs: JobSettings = field(default_factory=JobSettings)
    agents: AgentSettings = field(default_factory=AgentSettings)
    images: ImageSettings = field(default_factory=ImageSettings)
    live: LiveSettings = field(default_factory=LiveSettings)
    rooms: RoomSettings = field(default_factory=RoomSettings)
    livekit: LiveKitSettings = field(default_factory=LiveKitSettings)
    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    storage: StorageSettings = field(default_factory=StorageSettings)
    webhooks: WebhookSettings = field(default_factory=WebhookSettings)
    organizations: OrganizationSettings = field(default_factory=OrganizationSettings)
    sso: SsoSettings = field(default_factory=SsoSettings)
    mail: MailSettings = field(default_factory=MailSettings)
    credentials: CredentialSettings = field(default_factory=CredentialSettings)
    language_model: LanguageModelSettings = field(default_factory=LanguageModelSettings)
    models: ModelSettings = field(default_factory=ModelSettings)
    speech: SpeechSettings = field(default_factory=SpeechSettings)
    recognition: RecognitionSettings = field(default_factory=RecognitionSettings)
    payments: PaymentSettings = field(default_factory=PaymentSettings)
    logs: LogSettings = field(default_factory=LogSettings)
    renamed: dict[str, str] = field(default_factory=dict)

    def groups(self) -> Iterator[Group]:
        """The groups, in the order of the documentation."""
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, Group):
                yield value


GROUPS: Final[tuple[type[Group], ...]] = tuple(
    each.type for each in fields(Settings) if isinstance(each.type, type) and issubclass(each.type, Group)
)
"""The classes of the groups, in the order of the documentation."""


def read_settings() -> Settings:
    """Read the settings. In the environment, new names replace old ones, and child processes inherit them.

    Raises:
        SettingsError: A `VISAVIS_…` name is unknown, or a value cannot be used.
    """
    renamed = replace_old_names(os.environ)
    _refuse_unknown_names()
    groups: dict[str, Any] = {each.name: _read(each.type) for each in fields(Settings) if each.type in GROUPS}
    return Settings(**groups, renamed=renamed)


def _refuse_unknown_names() -> None:
    known = {variable.name for group in GROUPS for variable in variables(group)}
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known | CLIENT_NAMES:
            similar = difflib.get_close_matches(name.upper(), known, n=1)
            hint = (
                f"Did you mean {similar[0]}?" if similar else f"Known settings: {', '.join(sorted(known))}."
            )
            raise SettingsError(f"Unknown setting {name}. {hint}")


def _read(group: type[Group]) -> Group:
    try:
        return group()
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:  # several settings that do not belong together; the text names them
            raise SettingsError(first["msg"].removeprefix("Value error, ")) from error
        place = first["loc"][0]
        name = next(each.name for each in variables(group) if place in {each.name, each.field})
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{name} is not valid: {reason[0].lower()}{reason[1:]}.") from error
