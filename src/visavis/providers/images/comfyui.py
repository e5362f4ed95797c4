"""Pictures by ComfyUI: a graph of nodes is queued, watched until it is done, and its picture fetched."""

import asyncio
import copy
import json
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel, ValidationError

from visavis.errors import InputError, ProviderBusyError, ProviderError
from visavis.ports.images import CharacterRequest
from visavis.providers.images.service import (
    MAX_ANSWER_BYTES,
    MAX_PICTURE_BYTES,
    UNWANTED,
    ImageService,
    picture_kind,
)
from visavis.settings import ImageSettings

_Model = TypeVar("_Model", bound=BaseModel)
_ASK_AGAIN_S: Final = 0.5
_BAD_GRAPH: Final = 400
_SAMPLER: Final = "5"
# What a graph of the operator's own may contain as the whole value of an input.
PLACES: Final = ("%prompt%", "%negative_prompt%", "%width%", "%height%", "%seed%", "%steps%", "%image%")


class _Queued(BaseModel):
    prompt_id: str


class _Kept(BaseModel):
    filename: str
    subfolder: str = ""
    type: str = "output"


class _Output(BaseModel):
    images: list[_Kept] = []


class _Status(BaseModel):
    status_str: str = ""


class _Run(BaseModel):
    outputs: dict[str, _Output] = {}
    status: _Status = _Status()


class _Uploaded(BaseModel):
    name: str
    subfolder: str = ""


class ComfyUi(ImageService):
    """A ComfyUI server.

    Without a graph of the operator's own, a checkpoint draws the picture: from noise, or from the first
    reference.
    """

    def __init__(self, settings: ImageSettings) -> None:
        """Prepare.

        Raises:
            SettingsError: The graph cannot be read.
        """
        key = settings.api_key
        super().__init__(settings, {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {})
        self._graph = settings.read_workflow()

    async def _make(self, wanted: CharacterRequest, prompt: str, size_px: tuple[int, int]) -> bytes:
        image = await self._uploaded(wanted) if wanted.references else None
        values = {
            "%prompt%": prompt,
            "%negative_prompt%": UNWANTED,
            "%width%": size_px[0],
            "%height%": size_px[1],
            "%seed%": wanted.seed,
            "%steps%": self._settings.steps_of(wanted.effort),
            "%image%": image or "",
        }
        graph = self._graph or self._usual(has_image=image is not None)
        body = await self._post("/prompt", json={"prompt": _filled(graph, values)})
        return await self._picture(self._read_as(_Queued, body).prompt_id)

    async def _uploaded(self, wanted: CharacterRequest) -> str:
        """Name of the first reference at the server."""
        content = await asyncio.to_thread(wanted.references[0].read_bytes)
        suffix = picture_kind(content)
        files = {"image": (f"reference.{suffix}", content, f"image/{suffix}")}
        body = await self._post("/upload/image", files=files, data={"type": "input"})
        kept = self._read_as(_Uploaded, body)
        return f"{kept.subfolder}/{kept.name}" if kept.subfolder else kept.name

    async def _picture(self, run_id: str) -> bytes:
        while True:
            body = await self._read("GET", f"{self._url}/history/{run_id}", MAX_ANSWER_BYTES)
            run = self._run(body, run_id)
            if run is not None:
                break
            await asyncio.sleep(_ASK_AGAIN_S)
        if run.status.status_str == "error":
            raise ProviderBusyError(f"{self._name} failed to make the picture. Try again later.")
        pictures = [kept for output in run.outputs.values() for kept in output.images]
        if not pictures:
            raise self._unreadable()
        # A saved picture counts more than previews.
        best = next((kept for kept in pictures if kept.type == "output"), pictures[0])
        return await self._read("GET", f"{self._url}/view?{urlencode(best.model_dump())}", MAX_PICTURE_BYTES)

    def _run(self, body: bytes, run_id: str) -> _Run | None:
        """The run, once it has ended; a server answers `{}` before."""
        try:
            runs = json.loads(body)
            return _Run.model_validate(runs[run_id]) if run_id in runs else None
        except (ValidationError, ValueError, TypeError) as error:
            raise self._unreadable() from error

    def _read_as(self, model: type[_Model], body: bytes) -> _Model:
        try:
            return model.model_validate_json(body)
        except ValidationError as error:
            raise self._unreadable() from error

    def _refusal(self, status: int, body: bytes) -> ProviderError | InputError:
        if status == _BAD_GRAPH:  # the graph names something that the server does not have
            return ProviderError(
                f"{self._name} refused the graph. Check VISAVIS_IMAGES_MODEL and VISAVIS_IMAGES_WORKFLOW."
            )
        return super()._refusal(status, body)

    def _usual(self, *, has_image: bool) -> dict[str, Any]:
        """A checkpoint with its own text encoder and decoder."""
        graph: dict[str, Any] = {
            "1": _node("CheckpointLoaderSimple", ckpt_name=self._model),
            "2": _node("CLIPTextEncode", clip=["1", 1], text="%prompt%"),
            "3": _node("CLIPTextEncode", clip=["1", 1], text="%negative_prompt%"),
            "4": _node("EmptyLatentImage", width="%width%", height="%height%", batch_size=1),
            _SAMPLER: _node(
                "KSampler",
                model=["1", 0],
                positive=["2", 0],
                negative=["3", 0],
                latent_image=["4", 0],
                seed="%seed%",
                steps="%steps%",
                cfg=7.0,
                sampler_name="euler",
                scheduler="normal",
                denoise=1.0,
            ),
            "6": _node("VAEDecode", samples=[_SAMPLER, 0], vae=["1", 2]),
            "7": _node("SaveImage", images=["6", 0], filename_prefix="visavis"),
        }
        if has_image:
            graph["8"] = _node("LoadImage", image="%image%")
            graph["9"] = _node(
                "ImageScale",
                image=["8", 0],
                width="%width%",
                height="%height%",
                upscale_method="lanczos",
                crop="center",
            )
            graph["4"] = _node("VAEEncode", pixels=["9", 0], vae=["1", 2])
            graph[_SAMPLER]["inputs"]["denoise"] = self._settings.reference_freedom
        return graph


def _node(kind: str, **inputs: object) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs}


def _filled(graph: dict[str, Any], values: dict[str, object]) -> dict[str, Any]:
    """The graph with values in its places."""
    filled = copy.deepcopy(graph)
    for node in filled.values():
        inputs = node.get("inputs", {})
        for name, value in inputs.items():
            if isinstance(value, str) and value in values:
                inputs[name] = values[value]
    return filled
