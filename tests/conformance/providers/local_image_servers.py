"""Small HTTP servers that speak as Automatic1111's web UI and as ComfyUI do, for tests of clients."""

import asyncio
import base64
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from aiohttp import BodyPartReader, web
from PIL import Image

LOGIN = "painter:of-the-test"
CHECKPOINT = "portraits.safetensors"


@dataclass
class LocalServer:
    """What a server was asked for, and what it shall do.

    Attributes:
        url: Address.
        requests: Bodies of the requests, with the path.
        failure: Status that every request is refused with; `None` for none.
        says: Text that is sent instead of an answer; `None` for none.
        is_failing: Whether a run of ComfyUI ends with an error.
        polls: How often a run is asked for before it has ended.
        uploads: Files that were sent, by name.
    """

    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    failure: int | None = None
    says: str | None = None
    is_failing: bool = False
    polls: int = 1
    uploads: dict[str, bytes] = field(default_factory=dict)
    _runs: dict[str, dict[str, Any]] = field(default_factory=dict)

    def _instead(self) -> web.Response | None:
        if self.failure is not None:
            return web.json_response({"detail": f"bad {LOGIN}"}, status=self.failure)
        return web.Response(text=self.says, content_type="application/json") if self.says else None

    # Automatic1111

    async def draw(self, request: web.Request) -> web.StreamResponse:
        sent = await request.json()
        self.requests.append({"path": request.path, **sent})
        login = base64.b64encode(LOGIN.encode()).decode()
        if request.headers.get("Authorization") != f"Basic {login}":
            return web.json_response({"detail": "Incorrect username or password"}, status=401)
        if request.path.endswith("img2img") and not sent.get("init_images"):
            return web.json_response({"detail": "Init image not found"}, status=404)
        picture = base64.b64encode(plain(sent["width"], sent["height"])).decode()
        answer = {"images": [picture], "parameters": sent, "info": "{}"}
        return self._instead() or web.json_response(answer)

    # ComfyUI

    async def queue(self, request: web.Request) -> web.StreamResponse:
        sent = await request.json()
        self.requests.append({"path": request.path, **sent})
        errors = _errors_of(sent["prompt"], self.uploads)
        if errors:
            said = {"error": {"type": "prompt_outputs_failed_validation"}, "node_errors": errors}
            return web.json_response(said, status=400)
        run = str(uuid4())
        self._runs[run] = {"graph": sent["prompt"], "polls": self.polls}
        answer = {"prompt_id": run, "number": len(self._runs), "node_errors": {}}
        return self._instead() or web.json_response(answer)

    async def history(self, request: web.Request) -> web.StreamResponse:
        run = request.match_info["run"]
        self._runs[run]["polls"] -= 1
        if self._runs[run]["polls"] >= 0:
            return web.json_response({})
        if self.is_failing:
            ended = {"outputs": {}, "status": {"status_str": "error", "completed": False, "messages": []}}
            return web.json_response({run: ended})
        kept = {"filename": f"visavis_{run}.png", "subfolder": "", "type": "output"}
        outputs = {"7": {"images": [{**kept, "filename": "preview.png", "type": "temp"}, kept]}}
        ended = {"outputs": outputs, "status": {"status_str": "success", "completed": True, "messages": []}}
        return web.json_response({run: ended})

    async def view(self, request: web.Request) -> web.StreamResponse:
        run = request.query["filename"].removeprefix("visavis_").removesuffix(".png")
        if run not in self._runs or request.query["type"] != "output":
            return web.Response(status=404)
        sizes = [node["inputs"] for node in self._runs[run]["graph"].values() if "width" in node["inputs"]]
        return web.Response(body=plain(sizes[0]["width"], sizes[0]["height"]), content_type="image/png")

    async def upload(self, request: web.Request) -> web.StreamResponse:
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            if part.name == "image":
                name = f"{len(self.uploads)}-{part.filename}"
                self.uploads[name] = bytes(await part.read())
        return web.json_response({"name": name, "subfolder": "", "type": "input"})


def _errors_of(graph: dict[str, Any], uploads: dict[str, bytes]) -> dict[str, Any]:
    """What ComfyUI refuses: inputs that lead nowhere, and files and checkpoints that it does not have."""
    errors = {}
    for number, node in graph.items():
        for name, value in node["inputs"].items():
            is_missing = (
                (isinstance(value, list) and value[0] not in graph)
                or (name == "ckpt_name" and value != CHECKPOINT)
                or (node["class_type"] == "LoadImage" and value not in uploads)
                or (isinstance(value, str) and value.startswith("%"))
            )
            if is_missing:
                errors[number] = {"errors": [{"type": "value_not_in_list", "details": name}]}
    return errors


def plain(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "PNG")
    return file.getvalue()


@asynccontextmanager
async def local_server() -> AsyncIterator[LocalServer]:
    """Both servers at one address, on a free port, in the test's own event loop."""
    server = LocalServer()
    app = web.Application(client_max_size=64 * 2**20)
    app.router.add_post("/sdapi/v1/txt2img", server.draw)
    app.router.add_post("/sdapi/v1/img2img", server.draw)
    app.router.add_post("/prompt", server.queue)
    app.router.add_get("/history/{run}", server.history)
    app.router.add_get("/view", server.view)
    app.router.add_post("/upload/image", server.upload)
    runner = web.AppRunner(app, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        server.url = f"http://{host}:{port}"
        yield server
    finally:
        await asyncio.shield(runner.cleanup())
