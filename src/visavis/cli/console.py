"""Shared by all commands: the console, errors in one line, a spinner, a progress bar."""

import functools
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from visavis.errors import InputError, SettingsError, VisavisError

if TYPE_CHECKING:
    from visavis.engine.render import Progress as RenderProgress

MB: Final = 1_000_000
EXIT_FAILED: Final = 1
EXIT_WRONG_INPUT: Final = 2
EXIT_INTERRUPTED: Final = 130

say: Final = Console(highlight=False, soft_wrap=True)
complain: Final = Console(stderr=True, highlight=False, soft_wrap=True)

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


def clear_errors(command: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Make a command end with one clear line and a non-zero exit status instead of a traceback."""

    @functools.wraps(command)
    def guarded(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        try:
            return command(*args, **kwargs)
        except VisavisError as error:
            complain.print(f"visavis: {error.message}", style="red", markup=False)
            wrong_input = isinstance(error, (InputError, SettingsError))
            raise typer.Exit(EXIT_WRONG_INPUT if wrong_input else EXIT_FAILED) from error
        except KeyboardInterrupt as stopped:
            complain.print("visavis: stopped. No incomplete files were left behind.")
            raise typer.Exit(EXIT_INTERRUPTED) from stopped

    return guarded


_stop_asked: Final = threading.Event()


def stop_on_signals() -> None:
    """Make SIGTERM and Ctrl-C stop the current work and close everything that is open."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ask_to_stop)


def _ask_to_stop(_number: int, _frame: FrameType | None) -> None:
    _stop_asked.set()
    raise KeyboardInterrupt


def _stop_if_asked() -> None:
    """Raise a pending interrupt again: native code that calls Python may have swallowed it."""
    if _stop_asked.is_set():
        raise KeyboardInterrupt


def warn(sentences: tuple[str, ...]) -> None:
    """Print warnings; the command goes on."""
    for sentence in sentences:
        complain.print(f"visavis: {sentence}", style="yellow", markup=False)


@contextmanager
def doing(words: str) -> Iterator[Callable[[str], None]]:
    """Show a spinner; the yielded function changes its text."""
    with complain.status(words) as status:
        yield status.update


@contextmanager
def frames_bar(fps: float) -> Iterator[Callable[["RenderProgress"], None]]:
    """Show a progress bar with speed and remaining time; the yielded function updates it."""
    if not complain.is_terminal:
        yield lambda _: _stop_if_asked()
        return
    columns = (
        TextColumn("[bold]{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.completed:.0f} of {task.fields[frames]} frames"),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=complain, transient=True) as bar:
        task = bar.add_task("Rendering", total=None, frames="?", speed="")

        def move(progress: "RenderProgress") -> None:
            _stop_if_asked()
            speed = bar.tasks[task].speed
            bar.update(
                task,
                completed=progress.frames,
                total=progress.total_frames,
                frames=progress.total_frames or "?",
                speed=f"{speed / fps:.1f}× real time" if speed else "",
            )

        yield move
