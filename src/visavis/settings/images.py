"""Settings of the pictures of avatars."""

import json
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from visavis.errors import SettingsError
from visavis.settings.group import Group, Names


class ImageSettings(Group):
    """What makes pictures of characters: an image service, or else the built-in painter."""

    model_config = SettingsConfigDict(env_prefix="VISAVIS_IMAGES_")
    title: ClassVar[str] = "Avatar images"

    url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="Base URL of an image service, such as `https://api.openai.com/v1`. The built-in painter "
        "makes the pictures if not set.",
    )
    protocol: Literal["openai", "automatic1111", "comfyui"] = Field(
        default="openai",
        description="API of the service: `openai` (`/images/generations` and `/images/edits`), "
        "`automatic1111` (`/sdapi/v1/txt2img` and `/sdapi/v1/img2img`) or `comfyui` (`/prompt`).",
    )
    api_key: SecretStr | None = Field(
        default=None,
        description="API key of the service; for `automatic1111`, the user and the password of `--api-auth`, "
        "with a colon between them.",
    )
    model: str | None = Field(
        default=None,
        description="Name of the model at the service, such as `gpt-image-1`, or of its checkpoint. With "
        "`automatic1111`, the loaded checkpoint makes the pictures if not set.",
    )
    workflow: Path | None = Field(
        default=None,
        description="File with a graph of ComfyUI in its API format, instead of a checkpoint alone. Inputs "
        "whose whole value is `%prompt%`, `%negative_prompt%`, `%width%`, `%height%`, `%seed%`, `%steps%` or "
        "`%image%` (the first reference) are filled in.",
    )
    steps: int = Field(
        default=28, ge=1, le=150, description="Sampling steps of `automatic1111` and `comfyui`."
    )
    reference_freedom: float = Field(
        default=0.65,
        gt=0,
        le=1,
        description="How far a picture of `automatic1111` and `comfyui` may differ from a reference: the "
        "denoising strength.",
    )
    sizes: Names = Field(
        default=("1024x1024", "1536x1024", "1024x1536"),
        min_length=1,
        description="Sizes that the model makes, as a JSON list or separated by commas. The one whose shape "
        "is closest to the wanted picture is asked for, and the picture is cut to the wanted size.",
    )
    timeout_s: float = Field(
        default=120.0, gt=0, description="Timeout for a picture from the service, in seconds."
    )
    price_usd: float = Field(default=0.0, ge=0, description="Price of a picture, in US dollars.")
    max_reference_bytes: int = Field(
        default=15 * 1024**2, ge=1024, description="Maximum size of one reference picture, in bytes."
    )
    max_saved_avatars: int = Field(
        default=1000, ge=1, description="Maximum number of saved avatars of an account."
    )

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        is_named = self.model or self.protocol == "automatic1111" or self.workflow is not None
        if self.url is not None and not is_named:
            raise ValueError("VISAVIS_IMAGES_URL is set, so VISAVIS_IMAGES_MODEL must be set too.")
        if self.workflow is not None and self.protocol != "comfyui":
            raise ValueError("VISAVIS_IMAGES_WORKFLOW needs VISAVIS_IMAGES_PROTOCOL=comfyui.")
        if self.url is None and (self.api_key is not None or self.model is not None):
            raise ValueError(
                "VISAVIS_IMAGES_API_KEY and VISAVIS_IMAGES_MODEL need VISAVIS_IMAGES_URL, such as "
                "https://api.openai.com/v1."
            )
        for size in self.sizes:
            sides = size.split("x")
            if len(sides) != 2 or not all(side.isdecimal() and int(side) for side in sides):
                raise ValueError(
                    f"VISAVIS_IMAGES_SIZES is not valid: {size} is not a size such as 1024x1024."
                )
        return self

    def steps_of(self, effort: Literal["minimal", "high"] | None) -> int:
        """Sampling steps for an effort; half or one and a half times the usual ones."""
        share = {"minimal": 0.5, "high": 1.5}.get(effort or "", 1.0)
        return max(1, round(self.steps * share))

    def read_workflow(self) -> dict[str, Any] | None:
        """The graph of `workflow`; `None` if it is not set.

        Raises:
            SettingsError: The file cannot be read, or holds no graph in ComfyUI's API format.
        """
        if self.workflow is None:
            return None
        try:
            graph: dict[str, Any] = json.loads(self.workflow.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise SettingsError(f"VISAVIS_IMAGES_WORKFLOW: {self.workflow} cannot be read.") from error
        nodes = graph.values() if isinstance(graph, dict) else [None]
        if not all(isinstance(node, dict) and "class_type" in node for node in nodes):
            raise SettingsError(
                f"VISAVIS_IMAGES_WORKFLOW: {self.workflow} is no graph in the API format. Export it from "
                "ComfyUI with Workflow, Export (API)."
            )
        return graph
