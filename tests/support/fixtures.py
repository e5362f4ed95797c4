"""Fixtures of real servers, for every test that asks for them."""

import shutil
import tempfile
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.support.server import Server, encode
from visavis.adapters.postgres import EmbeddedPostgres
from visavis.core.database import migrate

# Of a shell in which a client of another server runs.
CLIENT_VARIABLES = {
    "VISAVIS_API_URL": "http://127.0.0.1:8000",
    "VISAVIS_API_KEY": "sk_live_of_another_server",
}


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Callable[[], Path]]:
    """Makes folders that the database's own user may enter, unlike pytest's."""
    made: list[Path] = []

    def make() -> Path:
        made.append(Path(tempfile.mkdtemp(prefix="visavis-test-")))
        made[-1].chmod(0o755)
        return made[-1]

    yield make
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server(open_folder: Callable[[], Path], face_models_folder: Path) -> Iterator[Server]:
    """One server for all tests that do it no harm."""
    with _starting(open_folder) as start:
        clients = {name.removeprefix("VISAVIS_").lower(): value for name, value in CLIENT_VARIABLES.items()}
        yield start(requests_per_minute="100000", live_slots="1", **clients)


@pytest.fixture(scope="module")
def start_server(
    open_folder: Callable[[], Path], face_models_folder: Path
) -> Iterator[Callable[..., Server]]:
    """Starts servers; all are ended with the module, so that they do not take time from others."""
    with _starting(open_folder) as start:
        yield start


@contextmanager
def _starting(open_folder: Callable[[], Path]) -> Iterator[Callable[..., Server]]:
    started: list[Server] = []

    def start(
        data: Path | None = None, key: str = "", options: tuple[str, ...] = (), **settings: str
    ) -> Server:
        settings = {"rooms_port": "0", "rooms_udp_port": "0"} | settings
        env = {f"VISAVIS_{name.upper()}": value for name, value in settings.items()}
        server = Server(data or open_folder(), env, key=key, options=options)
        started.append(server)
        server.start()
        return server

    try:
        yield start
    finally:
        for server in started:
            if server.process is not None and server.process.poll() is None:
                server.stop()


@pytest.fixture
def freed(server: Server) -> Iterator[None]:
    """All live slots are free: sessions that another test left end before, those of the test after it."""
    server.end_sessions()
    yield
    server.end_sessions()


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


@pytest.fixture(scope="session")
def postgres(open_folder: Callable[[], Path]) -> Iterator[str]:
    """The address of a migrated database without a server."""
    embedded = EmbeddedPostgres(open_folder() / "postgres")
    embedded.start()
    try:
        migrate(embedded.url)
        yield embedded.url
    finally:
        embedded.stop()


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory, portrait_file: Path, sentence_file: Path) -> Path:
    """A folder with `face.jpg`, `face.png`, `face.webp`, `short.wav`, and `speech` as MP3, OGG, WebM, WAV."""
    folder = tmp_path_factory.mktemp("media")
    with Image.open(portrait_file) as picture:
        for suffix in ("jpg", "png", "webp"):
            picture.convert("RGB").save(folder / f"face.{suffix}")
    shutil.copy(sentence_file, folder / "speech.wav")
    with wave.open(str(sentence_file)) as source, wave.open(str(folder / "short.wav"), "wb") as short:
        short.setparams(source.getparams())
        short.writeframes(source.readframes(source.getframerate() // 2))
    for name, codec, rate in (
        ("mp3", "libmp3lame", 44_100),
        ("ogg", "libopus", 48_000),
        ("webm", "libopus", 48_000),
    ):
        encode(folder / "speech.wav", folder / f"speech.{name}", codec, rate)
    return folder
