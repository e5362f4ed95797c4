"""Settings of the pictures of avatars."""

from typing import ClassVar, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from visavis.settings.group import Group, Names


class ImageSettings(Group):
    """What makes pictures of characters: an endpoint, or else the built-in painter."""

    model_config = SettingsConfigDict(env_prefix="VISAVIS_IMAGES_")
    title: ClassVar[str] = "Avatar images"

    url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="Base URL of an OpenAI-compatible API with `/images/generations` and `/images/edits`, "
        "such as `https://api.openai.com/v1`. The built-in painter makes the pictures if not set.",
    )
    api_key: SecretStr | None = Field(default=None, description="API key of that API.")
    model: str | None = Field(
        default=None, description="Name of the model at that API, such as `gpt-image-1`."
    )
    sizes: Names = Field(
        default=("1024x1024", "1536x1024", "1024x1536"),
        min_length=1,
        description="Sizes that the model makes, as a JSON list or separated by commas. The one whose shape "
        "is closest to the wanted picture is asked for, and the picture is cut to the wanted size.",
    )
    timeout_s: float = Field(
        default=120.0, gt=0, description="Timeout for a picture from that API, in seconds."
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
        if self.url is not None and not self.model:
            raise ValueError("VISAVIS_IMAGES_URL is set, so VISAVIS_IMAGES_MODEL must be set too.")
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
