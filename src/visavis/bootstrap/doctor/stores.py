"""Checks of what the server keeps its things in: the database, the object store, the models."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import psycopg

from visavis.adapters.models.entries import FACE, MODELS
from visavis.adapters.models.registry import Model, Packages
from visavis.adapters.models.store import is_present
from visavis.bootstrap.doctor.finding import Finding, ok, problem, warning
from visavis.errors import VisavisError
from visavis.settings import ModelSettings, Settings

MB: Final = 1_000_000
_MIN_POSTGRES: Final = 13  # of the queue
_MIN_CONNECTIONS: Final = 100
_TIMEOUT_S: Final = 10
_INDEX_TIMEOUT_S: Final = 60


def check_postgres(settings: Settings, folder: Path) -> Finding:
    """Check the database of the settings, or whether the embedded one can run.

    Args:
        settings: All settings.
        folder: The data folder; it need not exist yet.
    """
    url = settings.database.url
    if url is not None:
        return _check_external(url.get_secret_value())
    from visavis.adapters.postgres import EmbeddedPostgres

    embedded = EmbeddedPostgres(folder / "postgres")
    try:
        version = embedded.check()
    except VisavisError as error:
        return problem("Postgres", "the embedded Postgres cannot run", error.message)
    return ok("Postgres", f"embedded, {version}{', running' if embedded.answers() else ''}")


def _check_external(url: str) -> Finding:
    query = (
        "SELECT current_setting('server_version_num')::int / 10000, current_setting('max_connections')::int, "
        "has_schema_privilege(current_schema(), 'CREATE')"
    )
    try:
        with psycopg.connect(url, connect_timeout=_TIMEOUT_S) as connection:
            version, connections, may_create = connection.execute(query).fetchone() or (0, 0, False)
    except psycopg.Error as error:
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        return problem("Postgres", f"DATABASE_URL: {reason}", "Start the database, or correct DATABASE_URL.")
    found = f"DATABASE_URL: Postgres {version}, {connections} connections"
    if version < _MIN_POSTGRES:
        return problem("Postgres", found, f"Use Postgres {_MIN_POSTGRES} or newer.")
    if not may_create:
        return problem("Postgres", f"{found}, no right to create tables", "Grant CREATE on the schema.")
    if connections < _MIN_CONNECTIONS:
        return warning(
            "Postgres", found, f"Set max_connections to {_MIN_CONNECTIONS} or more: each process has a pool."
        )
    return ok("Postgres", found)


def check_object_store(settings: Settings) -> Finding:
    """Check the object store of the settings by listing it; the data folder has a check of its own."""
    url = settings.storage.object_store
    if url is None:
        return ok("Object store", "files are in the data folder")
    import obstore
    from obstore.exceptions import BaseError
    from obstore.store import from_url

    timeout = f"{_TIMEOUT_S}s"
    try:
        store = from_url(
            url,
            client_options={"timeout": timeout, "connect_timeout": timeout},
            retry_config={"max_retries": 0},
        )
        next(iter(obstore.list(store, chunk_size=1)), None)
    except (BaseError, ValueError) as error:
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        return problem(
            "Object store",
            f"{url}: {reason}",
            "Correct VISAVIS_OBJECT_STORE and the credentials in the variables of that service.",
        )
    return ok("Object store", f"{url} answers")


def check_models(settings: ModelSettings, directory: Path) -> list[Finding]:
    """Check which models are here, and whether missing ones can be fetched.

    Args:
        settings: Whether the network may be used, and a source to copy from.
        directory: Folder of the models.
    """
    present = [name for name, model in MODELS.items() if is_present(directory, model)]
    missing = [model for model in MODELS.values() if model.is_default and model.name not in present]
    found = f"here: {', '.join(present) or 'none'}"
    if not missing:
        return [ok("Models", found)]
    found += f"; missing: {', '.join(model.name for model in missing)}"
    size = sum(model.download_bytes for model in missing) / MB
    if settings.offline and settings.source is None:
        advice = "Run `visavis models pull --from FOLDER` with a folder of models from another machine."
        return [(problem if FACE in missing else warning)("Models", found, advice)]
    advice = f"Run `visavis models pull` ({size:.0f} MB), or let `visavis serve` fetch them."
    findings = [warning("Models", found, advice)]
    return findings if settings.source else [*findings, _check_index(missing)]


def _check_index(missing: list[Model]) -> Finding:
    """Ask pip's package index for a package that holds a missing model."""
    names = [
        package.name
        for model in missing
        for source in model.sources
        if isinstance(source, Packages)
        for package in source.packages
        if package.index == "pip"
    ]
    command = [sys.executable, "-m", "pip", "index", "versions", "--no-input", "--disable-pip-version-check"]
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            [*command, names[0]], capture_output=True, text=True, check=False, timeout=_INDEX_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return problem("Package index", str(error), "Models come through pip: check its index and proxy.")
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        return problem(
            "Package index",
            f"pip cannot find {names[0]}: {reason}",
            "Models come through pip: check its index and proxy (`pip config list`), or run `visavis models "
            "pull --from FOLDER`.",
        )
    return ok("Package index", f"pip finds {names[0]}")
