"""Pictures by a server with Automatic1111's `/sdapi/v1/txt2img` and `/sdapi/v1/img2img`."""

import asyncio
import base64
import binascii
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from visavis.ports.images import CharacterRequest
from visavis.providers.images.service import UNWANTED, ImageService
from visavis.settings import ImageSettings


class _Answer(BaseModel):
    images: list[str] = Field(min_length=1)


class Automatic1111(ImageService):
    """A Stable Diffusion web UI that was started with `--api`, or a server that speaks as it does.

    It draws from one reference at most: the first.
    """

    def __init__(self, settings: ImageSettings) -> None:
        """Prepare. The API key is the user and the password of `--api-auth`."""
        key = settings.api_key
        login = base64.b64encode(key.get_secret_value().encode()).decode() if key else ""
        super().__init__(settings, {"Authorization": f"Basic {login}"} if key else {})

    async def _make(self, wanted: CharacterRequest, prompt: str, size_px: tuple[int, int]) -> bytes:
        fields: dict[str, Any] = {
            "prompt": prompt,
            "negative_prompt": UNWANTED,
            "width": size_px[0],
            "height": size_px[1],
            "steps": self._settings.steps_of(wanted.effort),
            "seed": wanted.seed,
            "batch_size": 1,
            "n_iter": 1,
            "send_images": True,
            "save_images": False,
        }
        if self._model:
            fields["override_settings"] = {"sd_model_checkpoint": self._model}
        if not wanted.references:
            return self._picture(await self._post("/sdapi/v1/txt2img", json=fields))
        content = await asyncio.to_thread(wanted.references[0].read_bytes)
        fields["init_images"] = [base64.b64encode(content).decode()]
        fields["denoising_strength"] = self._settings.reference_freedom
        fields["resize_mode"] = 1  # cut to the size, without stretching
        return self._picture(await self._post("/sdapi/v1/img2img", json=fields))

    def _picture(self, body: bytes) -> bytes:
        try:
            first = _Answer.model_validate_json(body).images[0]
            return base64.b64decode(first.rpartition(",")[2], validate=True)
        except (ValidationError, binascii.Error, ValueError) as error:
            raise self._unreadable() from error
