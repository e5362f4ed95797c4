"""Files that appear whole, and what is left beside them: nothing."""

import asyncio
from pathlib import Path

import pytest

from visavis.whole_file import whole_file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that is there already, alone in its folder."""
    path = tmp_path / "film.mp4"
    path.write_text("old")
    return path


def test_a_file_appears_when_it_is_complete(path: Path) -> None:
    with whole_file(path) as part:
        part.write_text("new")
        assert path.read_text() == "old"
        assert part.parent == path.parent
    assert path.read_text() == "new"
    assert list(path.parent.iterdir()) == [path]


def test_the_suffix_is_the_writers_choice(path: Path) -> None:
    with whole_file(path, suffix=".mp4") as part:
        assert part.suffix == ".mp4"
        part.touch()


def fail(part: Path, failure: type[BaseException], *, begun: bool) -> None:
    if begun:
        part.write_text("half")
    raise failure


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, asyncio.CancelledError])
@pytest.mark.parametrize("begun", [False, True])
def test_a_failure_leaves_the_old_file_and_nothing_beside(
    path: Path, failure: type[BaseException], begun: bool
) -> None:
    with pytest.raises(failure), whole_file(path) as part:
        fail(part, failure, begun=begun)
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]


def test_a_cancelled_task_leaves_nothing_beside(path: Path) -> None:
    async def write(begun: asyncio.Event) -> None:
        with whole_file(path) as part:
            part.write_text("half")
            begun.set()
            await asyncio.Event().wait()

    async def cancel() -> None:
        begun = asyncio.Event()
        writing = asyncio.create_task(write(begun))
        await begun.wait()
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing

    asyncio.run(cancel())
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]


def test_a_failed_rename_leaves_no_temporary_file(tmp_path: Path) -> None:
    folder = tmp_path / "taken"
    folder.mkdir()
    with pytest.raises(IsADirectoryError), whole_file(folder) as part:
        part.touch()
    assert list(tmp_path.iterdir()) == [folder]


def test_the_first_error_is_raised_if_cleanup_fails(path: Path) -> None:
    with pytest.raises(ValueError, match="the failure"), whole_file(path / "below a file"):
        raise ValueError("the failure")


def test_several_may_write_at_once(path: Path) -> None:
    with whole_file(path) as last:
        last.write_text("last")
        with whole_file(path) as first:
            first.write_text("first")
        assert path.read_text() == "first"
    assert path.read_text() == "last"
    assert list(path.parent.iterdir()) == [path]
