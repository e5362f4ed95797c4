"""What works in an installation without extras, and in one with the extra `demo` alone."""

import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

from packaging.requirements import Requirement

import visavis
from visavis.cli.main import _COMMANDS

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
MODULES = sorted({f"visavis.cli.{place.partition(':')[0]}" for place in _COMMANDS.values()})


def test_every_command_is_there_without_extras(tmp_path: Path) -> None:
    run_with(PROJECT["dependencies"], tmp_path, f"import {', '.join(MODULES)}")


def test_a_text_is_split_with_the_extra_demo_alone(tmp_path: Path) -> None:
    code = "from visavis.providers.tts.sentences import split_sentences as split\n"
    wanted = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["demo"]
    run_with(wanted, tmp_path, code + "assert split('One. Two.') == ['One.', 'Two.']")


def run_with(wanted: Iterable[str], folder: Path, code: str) -> None:
    """Run code in an environment that holds these packages and what they need, and no others."""
    shared = {name for name, owners in packages_distributions().items() if len(set(owners)) > 1}
    for name in closure(wanted):
        for file in distribution(name).files or ():
            depth = 2 if file.parts[0] in shared else 1
            link, place = folder.joinpath(*file.parts[:depth]), distribution(name).locate_file("")
            if ".." in file.parts or link.exists():
                continue
            link.parent.mkdir(exist_ok=True)
            link.symlink_to(Path(str(place)).joinpath(*file.parts[:depth]))
    paths = [str(folder), str(Path(visavis.__file__).parents[1])]
    command = [sys.executable, "-I", "-S", "-c", f"import sys\nsys.path += {paths!r}\n{code}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def closure(wanted: Iterable[str]) -> set[str]:
    """The names of packages, and of all that they need on this machine."""
    names: set[str] = set()
    waiting = [Requirement(each) for each in wanted]
    while waiting:
        needed = waiting.pop()
        if needed.name in names or (needed.marker and not needed.marker.evaluate({"extra": ""})):
            continue
        try:
            requires = distribution(needed.name).requires or ()
        except PackageNotFoundError:  # of an extra that nobody asked for
            continue
        names.add(needed.name)
        waiting += [Requirement(each) for each in requires]
    return names
