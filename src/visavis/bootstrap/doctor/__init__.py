"""`visavis doctor`: checks of this machine and its settings. They start and change nothing."""

import platform
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from visavis.adapters.models.store import default_models_directory
from visavis.bootstrap.doctor import machine, network
from visavis.bootstrap.doctor.finding import Finding, State, is_healthy, ok, problem, warning
from visavis.errors import SettingsError
from visavis.settings import Settings, read_settings

__all__ = ["Finding", "State", "examine", "is_healthy"]


def examine(data: Path | None, host: str, port: int) -> Iterator[Finding]:
    """Check everything, one finding after the other.

    Args:
        data: The data folder; `None` for the one of the settings.
        host: Address on which the server is to listen.
        port: Its port.
    """
    yield machine.check_parts()
    yield machine.check_processor(platform.machine())
    yield machine.check_codecs()
    try:
        settings = read_settings()
    except SettingsError as error:
        yield problem("Settings", error.message, "Correct it, then run `visavis doctor` again.")
        return
    yield _describe_settings(settings)
    yield from _examine_installation(settings, data, host, port)


def _examine_installation(settings: Settings, data: Path | None, host: str, port: int) -> Iterator[Finding]:
    yield machine.check_memory(settings.live)
    yield machine.check_open_files(settings.server)
    models = settings.models.dir or default_models_directory()
    if find_spec("psycopg") is None:  # nothing of the following is for `visavis render`
        yield machine.check_folder("Models folder", models)
        return
    from visavis.bootstrap.doctor import stores
    from visavis.bootstrap.installation import data_folder

    folder = data_folder(settings, data)
    yield machine.check_folder("Data folder", folder, min_free_bytes=settings.storage.min_free_bytes)
    yield machine.check_folder("Models folder", models)
    yield from stores.check_models(settings.models, models)
    yield stores.check_postgres(settings, folder)
    yield stores.check_object_store(settings)
    yield from network.check_ports(settings, host, port)
    yield network.check_address(settings, host)
    yield from network.check_tls(settings)
    yield from network.check_services(settings)


def _describe_settings(settings: Settings) -> Finding:
    count = sum(len(group.model_fields_set) for group in settings.groups())
    found = f"{count} set, all valid"
    if settings.renamed:
        names = ", ".join(f"{old} is now {new}" for old, new in settings.renamed.items())
        return warning("Settings", found, f"Rename them before the next version: {names}.")
    return ok("Settings", found)
