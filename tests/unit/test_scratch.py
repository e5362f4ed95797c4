"""Folders that go with their owners."""

import subprocess
import sys
from pathlib import Path

from visavis.adapters.scratch import collect_garbage, remove_unowned, scratch_folder

OWNER = """
import sys
from pathlib import Path
from visavis.adapters.scratch import scratch_folder
with scratch_folder(Path(sys.argv[1]), "worker") as folder:
    (folder / "face").write_text("a face")
    print(folder, flush=True)
    sys.stdin.read()
"""


def test_a_folder_is_deleted_however_its_owner_ends(tmp_path: Path) -> None:
    words = [sys.executable, "-c", OWNER, str(tmp_path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        folder = Path(owner.stdout.readline().strip())
        assert collect_garbage(tmp_path) == 0
        remove_unowned(tmp_path)
        assert (folder / "face").read_text() == "a face"
        owner.kill()
        owner.wait()
        assert collect_garbage(tmp_path) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_deleted_when_its_block_ends(tmp_path: Path) -> None:
    with scratch_folder(tmp_path, "worker") as folder:
        (folder / "face").write_text("a face")
        assert folder.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == []


def test_unowned_files_are_deleted_on_request(tmp_path: Path) -> None:
    (tmp_path / "job-1").mkdir()
    (tmp_path / "job-1" / "image").write_text("a face")
    (tmp_path / ".rig-1.part").write_text("half a face")
    with scratch_folder(tmp_path, "gateway") as folder:
        remove_unowned(tmp_path)
        assert {path.name for path in tmp_path.iterdir()} == {folder.name, f"{folder.name}.lock"}
