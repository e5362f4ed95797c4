"""Automatic1111 and ComfyUI over real HTTP: their pictures, and their failures."""

import asyncio
import base64
import json
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydantic import SecretStr, ValidationError
from tests.conformance.providers.local_image_servers import CHECKPOINT, LOGIN, LocalServer, local_server

from visavis.errors import ProviderBusyError, ProviderError, SettingsError
from visavis.ports import CharacterRequest, ImageGenerator
from visavis.providers.images.automatic1111 import Automatic1111
from visavis.providers.images.comfyui import ComfyUi
from visavis.settings import ImageSettings

WANTED = CharacterRequest(prompt="A doctor", width_px=640, height_px=960, seed=7, effort="minimal")
KINDS: dict[str, Callable[[ImageSettings], ImageGenerator]] = {
    "automatic1111": Automatic1111,
    "comfyui": ComfyUi,
}
BOTH = pytest.mark.parametrize("kind", KINDS)


def settings(server: LocalServer, kind: str, **more: Any) -> ImageSettings:
    own = {"model": CHECKPOINT, "api_key": SecretStr(LOGIN), "sizes": ("512x512", "512x768")}
    return ImageSettings(url=server.url, **{"protocol": kind, **own, **more})


async def picture(server: LocalServer, kind: str, wanted: CharacterRequest, target: Path, **more: Any) -> str:
    service = KINDS[kind](settings(server, kind, **more))
    try:
        return str((await service.generate(wanted, target))["prompt"])
    finally:
        await service.close()


def with_server(check: Callable[[LocalServer], Coroutine[None, None, None]]) -> None:
    async def run() -> None:
        async with local_server() as server:
            await check(server)

    asyncio.run(run())


@BOTH
def test_a_picture_from_words(tmp_path: Path, kind: str) -> None:
    async def check(server: LocalServer) -> None:
        prompt = await picture(server, kind, WANTED, tmp_path / "picture")
        [sent] = server.requests
        values = sent if kind == "automatic1111" else sent["prompt"]["5"]["inputs"]
        assert (values["seed"], values["steps"]) == (7, 14)
        assert prompt in json.dumps(sent, ensure_ascii=False).replace("\\n", "\n")
        with Image.open(tmp_path / "picture") as made:
            assert made.size == (512, 768)

    with_server(check)


@BOTH
def test_a_reference_is_drawn_over(tmp_path: Path, kind: str) -> None:
    async def check(server: LocalServer) -> None:
        reference = tmp_path / "reference"
        Image.new("RGB", (40, 40)).save(reference, "JPEG")
        wanted = replace(WANTED, references=(reference,))
        await picture(server, kind, wanted, tmp_path / "picture", reference_freedom=0.4)
        [sent] = server.requests
        if kind == "automatic1111":
            assert sent["path"] == "/sdapi/v1/img2img"
            assert base64.b64decode(sent["init_images"][0]) == reference.read_bytes()
            assert sent["denoising_strength"] == 0.4
        else:
            assert list(server.uploads.values()) == [reference.read_bytes()]
            assert sent["prompt"]["5"]["inputs"]["denoise"] == 0.4
            assert sent["prompt"]["8"]["inputs"]["image"] in server.uploads
        assert (tmp_path / "picture").exists()

    with_server(check)


@BOTH
@pytest.mark.parametrize(
    ("failure", "error", "words"),
    [
        ({"failure": 500}, ProviderBusyError, "too busy or failed (500)"),
        ({"failure": 404}, ProviderError, "VISAVIS_IMAGES_URL"),
        ({"says": "<html>Welcome</html>"}, ProviderError, "did not send a picture"),
        ({"says": '{"images": [], "prompt_id": 3}'}, ProviderError, "did not send a picture"),
    ],
)
def test_failures_are_errors_of_ours(
    tmp_path: Path, kind: str, failure: dict[str, Any], error: type[Exception], words: str
) -> None:
    async def check(server: LocalServer) -> None:
        vars(server).update(failure)
        with pytest.raises(error) as raised:
            await picture(server, kind, WANTED, tmp_path / "picture")
        assert type(raised.value) is error
        assert words in str(raised.value)
        assert LOGIN not in str(raised.value)
        assert not (tmp_path / "picture").exists()

    with_server(check)


def test_a_run_that_fails(tmp_path: Path) -> None:
    async def check(server: LocalServer) -> None:
        server.is_failing = True
        with pytest.raises(ProviderBusyError, match="failed to make the picture"):
            await picture(server, "comfyui", WANTED, tmp_path / "picture")

    with_server(check)


@pytest.mark.parametrize(
    ("kind", "more", "words"),
    [
        ("automatic1111", {"api_key": SecretStr("a:b")}, "VISAVIS_IMAGES_API_KEY"),
        ("comfyui", {"model": "missing.safetensors"}, "VISAVIS_IMAGES_MODEL and VISAVIS_IMAGES_WORKFLOW"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, kind: str, more: dict[str, Any], words: str) -> None:
    async def check(server: LocalServer) -> None:
        with pytest.raises(ProviderError, match=words):
            await picture(server, kind, WANTED, tmp_path / "picture", **more)

    with_server(check)


def test_a_graph_of_the_operators_own(tmp_path: Path) -> None:
    graph = {
        "a": {"class_type": "Describe", "inputs": {"text": "%prompt%", "style": "50% grey"}},
        "b": {"class_type": "Draw", "inputs": {"of": ["a", 0], "width": "%width%", "height": "%height%"}},
    }
    workflow = tmp_path / "graph.json"
    workflow.write_text(json.dumps(graph))

    async def check(server: LocalServer) -> None:
        prompt = await picture(server, "comfyui", WANTED, tmp_path / "picture", model=None, workflow=workflow)
        sent = server.requests[0]["prompt"]
        assert sent["a"]["inputs"] == {"text": prompt, "style": "50% grey"}
        assert sent["b"]["inputs"] == {"of": ["a", 0], "width": 512, "height": 768}

    with_server(check)


def test_settings_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="VISAVIS_IMAGES_MODEL"):
        ImageSettings(url="http://a", protocol="comfyui")
    with pytest.raises(ValidationError, match="VISAVIS_IMAGES_PROTOCOL"):
        ImageSettings(url="http://a", model="x", workflow=tmp_path / "a")
    (tmp_path / "b").write_text('{"nodes": []}')
    for name, words in (("a", "cannot be read"), ("b", "API format")):
        chosen = ImageSettings(url="http://a", protocol="comfyui", workflow=tmp_path / name)
        with pytest.raises(SettingsError, match=words):
            ComfyUi(chosen)
    assert ImageSettings(url="http://a", protocol="automatic1111").model is None
