"""Taking models from a folder or a package of the user's, for machines without a network."""

from pathlib import Path

from visavis.adapters.models.archives import Archives, Piece
from visavis.adapters.models.indexes import find_package
from visavis.adapters.models.registry import Model, ModelFile, Package, Packages
from visavis.adapters.models.store import is_genuine
from visavis.errors import ModelsCorruptError, ModelsMissingError, VisavisError


def find_pieces(source: Path, model: Model, files: list[ModelFile]) -> dict[ModelFile, list[Piece]]:
    """Where the files of a model are in what the user gives.

    Args:
        source: A wheel or tarball of the registry, or a folder. A folder has the files, or the packages, or a
            folder with the name of the model that has the files.
        model: The model.
        files: Those of its files that are wanted.

    Returns:
        The pieces of each file, in order. Their checksums are not checked.

    Raises:
        ModelsMissingError: It is not there, or a file is not in it.
        ModelsCorruptError: It is no wheel or tarball of this model.
    """
    if source.is_dir():
        return _in_folder(source, model, files)
    if not source.exists():
        raise ModelsMissingError(f"The model {model.name} cannot be copied from {source}: it does not exist.")
    return {file: [(source, _member(source, model, file))] for file in files}


def holds(source: Path, model: Model) -> bool:
    """Whether a folder or package of the user's has a model."""
    try:
        find_pieces(source, model, list(model.files))
    except VisavisError:
        return False
    return True


def _in_folder(source: Path, model: Model, files: list[ModelFile]) -> dict[ModelFile, list[Piece]]:
    pieces: dict[ModelFile, list[Piece]] = {}
    for file in files:
        candidates = [source / model.name / file.name, source / file.name]
        there = [path for path in candidates if path.is_file()]
        genuine = [path for path in there if is_genuine(path, file)]
        if there:
            pieces[file] = [((genuine or there)[0], None)]
    if len(pieces) < len(files):
        missing = [file for file in files if file not in pieces]
        pieces |= _in_packages(source, model, missing)
    absent = [file.name for file in files if file not in pieces]
    if absent:
        raise ModelsMissingError(
            f"The folder {source} does not contain the model {model.name}: {', '.join(absent)}."
        )
    return pieces


def _in_packages(source: Path, model: Model, files: list[ModelFile]) -> dict[ModelFile, list[Piece]]:
    """The pieces of files of which all packages are in a folder."""
    pieces: dict[ModelFile, list[Piece]] = {}
    for packages in _packages(model):
        found = {package: find_package(package, source) for package in packages.packages}
        paths: dict[Package, Path] = {package: path for package, path in found.items() if path is not None}
        for file in files:
            needed = {p for p in packages.packages if any(name == file.name for _, name in p.members)}
            if needed and needed <= paths.keys():
                pieces.setdefault(file, packages.pieces(file.name, paths))
    return pieces


def _packages(model: Model) -> list[Packages]:
    return [source for source in model.sources if isinstance(source, Packages)]


def _member(source: Path, model: Model, file: ModelFile) -> str:
    """The member of one given package that is a file."""
    for packages in _packages(model):
        members = [member for p in packages.packages for member, name in p.members if name == file.name]
        if len(members) == 1 and _has(source, members[0]):
            return members[0]
    raise ModelsCorruptError(
        f"{source} is not a wheel that contains the model {model.name}. If the model comes in several "
        "packages, give the folder that holds them."
    )


def _has(source: Path, member: str) -> bool:
    with Archives() as archives:
        try:
            archives.open((source, member)).close()
        except (ModelsCorruptError, OSError):
            return False
    return True
