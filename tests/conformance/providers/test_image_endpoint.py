"""An image service over real HTTP: its pictures, and its failures."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydantic import SecretStr, ValidationError
from tests.conformance.providers.image_server import (
    KEY,
    MODEL,
    Behaviour,
    ImageServer,
    by_link,
    by_private_link,
    cut_off,
    endless,
    image_server,
    plain,
    refuse,
    says,
    stall,
)

from visavis.adapters.public_http import PublicHttp
from visavis.bootstrap.images import ServiceOrPainter
from visavis.errors import InputError, ProviderBusyError, ProviderError, ProviderTimeoutError
from visavis.ports import CharacterRequest, Understood
from visavis.providers.images.endpoint import ImageEndpoint
from visavis.settings import ImageSettings

DOCTOR = CharacterRequest(
    prompt="A doctor",
    width_px=1024,
    height_px=1024,
    hints={"hair_style": "curly", "accessories": ("hat", "pin")},
)


@asynccontextmanager
async def service(url: str, **settings: Any) -> AsyncIterator[ImageEndpoint]:
    chosen: dict[str, Any] = {"model": MODEL, "api_key": SecretStr(KEY)} | settings
    endpoint = ImageEndpoint(ImageSettings(url=f"{url}/v1/", **chosen), PublicHttp(networks=()).get)
    try:
        yield endpoint
    finally:
        await endpoint.close()


async def picture(url: str, wanted: CharacterRequest, target: Path, **settings: Any) -> Understood:
    async with service(url, **settings) as endpoint:
        return await endpoint.generate(wanted, target)


def with_server(check: Callable[[ImageServer], Coroutine[None, None, None]]) -> None:
    async def run() -> None:
        async with image_server() as server:
            await check(server)

    asyncio.run(run())


def test_a_picture_from_words(tmp_path: Path) -> None:
    async def check(server: ImageServer) -> None:
        understood = await picture(server.url, DOCTOR, tmp_path / "picture")
        [sent] = server.requests
        assert (sent["path"], sent["model"], sent["size"]) == ("/v1/images/generations", MODEL, "1024x1024")
        assert sent["prompt"].startswith("A doctor\n\nHair style: curly.\nAccessories: hat, pin.")
        assert understood == {"prompt": sent["prompt"]}
        with Image.open(tmp_path / "picture") as made:
            assert made.size == (1024, 1024)

    with_server(check)


def test_a_request_may_ask_for_the_other_generator(tmp_path: Path) -> None:
    async def check(server: ImageServer) -> None:
        async with service(server.url) as usual, service(server.url, model="painter") as painter:
            both = ServiceOrPainter(usual, painter)
            for generator in (None, "painter", "service"):
                await both.generate(replace(DOCTOR, generator=generator), tmp_path / "picture")
            assert [sent["model"] for sent in server.requests] == [MODEL, "painter", MODEL]
            await both.close()

    with_server(check)


@pytest.mark.parametrize(
    ("size_px", "asked"), [((2048, 512), "1536x1024"), ((512, 600), "1024x1024"), ((512, 4096), "1024x1536")]
)
def test_the_closest_size_is_asked_for(tmp_path: Path, size_px: tuple[int, int], asked: str) -> None:
    async def check(server: ImageServer) -> None:
        wanted = CharacterRequest(prompt="x", width_px=size_px[0], height_px=size_px[1])
        await picture(server.url, wanted, tmp_path / "picture")
        assert server.requests[0]["size"] == asked

    with_server(check)


def test_references_are_sent_as_edits(tmp_path: Path) -> None:
    async def check(server: ImageServer) -> None:
        paths = [tmp_path / name for name in ("a", "b")]
        kinds = ("PNG", "JPEG")
        for path, kind in zip(paths, kinds, strict=True):
            Image.new("RGB", (40, 40)).save(path, kind)
        wanted = CharacterRequest(
            prompt="x",
            width_px=512,
            height_px=512,
            references=tuple(paths),
            background="transparent",
            effort="high",
        )
        await picture(server.url, wanted, tmp_path / "picture")
        one_reference = replace(wanted, references=(paths[1],))
        await picture(server.url, one_reference, tmp_path / "picture", model="flux")
        two, one = server.requests
        assert two["path"] == one["path"] == "/v1/images/edits"
        assert (two["background"], two["quality"]) == ("transparent", "high")
        assert [file[:2] for file in two["files"]] == [("image[]", "image/png"), ("image[]", "image/jpeg")]
        assert [file[:2] for file in one["files"]] == [("image", "image/jpeg")]
        assert one["response_format"] == "b64_json"

    with_server(check)


def test_a_link_to_the_same_server_is_followed(tmp_path: Path) -> None:
    async def check(server: ImageServer) -> None:
        server.behave = by_link
        server.picture = plain("8x8")
        await picture(server.url, DOCTOR, tmp_path / "picture")
        assert (tmp_path / "picture").read_bytes() == server.picture

    with_server(check)


FAILURES: list[tuple[Behaviour, type[Exception], str]] = [
    (refuse(401), ProviderError, "VISAVIS_IMAGES_API_KEY"),
    (refuse(404), ProviderError, "VISAVIS_IMAGES_URL and VISAVIS_IMAGES_MODEL"),
    (refuse(429), ProviderBusyError, "too busy or failed (429)"),
    (refuse(500), ProviderBusyError, "too busy or failed (500)"),
    (refuse(400, "moderation_blocked"), InputError, "refuses this description"),
    (stall, ProviderTimeoutError, "VISAVIS_IMAGES_TIMEOUT_S"),
    (cut_off, ProviderBusyError, "broke off"),
    (endless, ProviderError, "did not send a picture"),
    (says("<html>Welcome</html>"), ProviderError, "did not send a picture"),
    (says('{"data": []}'), ProviderError, "did not send a picture"),
    (says('{"data": [{"b64_json": "%%"}]}'), ProviderError, "did not send a picture"),
    (says('{"data": [{}]}'), ProviderError, "did not send a picture"),
    (by_private_link, ProviderBusyError, "a link to a picture that cannot be fetched"),
]


@pytest.mark.parametrize(("behave", "error", "words"), FAILURES)
def test_failures_are_errors_of_ours(
    tmp_path: Path, behave: Behaviour, error: type[Exception], words: str
) -> None:
    async def check(server: ImageServer) -> None:
        server.behave = behave
        timeout_s = 0.3 if behave is stall else 60
        with pytest.raises(error) as raised:
            await picture(server.url, DOCTOR, tmp_path / "picture", timeout_s=timeout_s)
        assert type(raised.value) is error
        assert words in str(raised.value)
        assert KEY not in str(raised.value)
        assert not (tmp_path / "picture").exists()

    with_server(check)


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ProviderBusyError, match="cannot be reached"):
        asyncio.run(picture("http://127.0.0.1:1", DOCTOR, tmp_path / "picture"))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"url": "https://a"}, "VISAVIS_IMAGES_MODEL"),
        ({"model": "a"}, "VISAVIS_IMAGES_URL"),
        ({"sizes": ("1024",)}, "VISAVIS_IMAGES_SIZES"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        ImageSettings(**settings)
