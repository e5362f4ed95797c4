"""What makes the pictures of characters in an installation."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from visavis.ports import CharacterRequest, ImageGenerator, Understood
from visavis.providers.images.automatic1111 import Automatic1111
from visavis.providers.images.comfyui import ComfyUi
from visavis.providers.images.endpoint import ImageEndpoint
from visavis.settings import Settings
from visavis.worker.painted_images import PaintedImages
from visavis.worker.process_pool import ProcessPool


def image_generator(
    settings: Settings, pool: ProcessPool, fetch: Callable[[str, int], Awaitable[bytes]]
) -> ImageGenerator:
    """The image service of the settings, beside the built-in painter; the painter alone if there is none.

    Args:
        settings: All settings.
        pool: Pool of rendering processes, in which the painter paints.
        fetch: Gets what lies at a public address.
    """
    painter = PaintedImages(pool, limit_s=settings.jobs.job_timeout_s or None)
    if not settings.images.url:
        return painter
    service: ImageGenerator
    if settings.images.protocol == "automatic1111":
        service = Automatic1111(settings.images)
    elif settings.images.protocol == "comfyui":
        service = ComfyUi(settings.images)
    else:
        service = ImageEndpoint(settings.images, fetch)
    return ServiceOrPainter(service, painter)


class ServiceOrPainter:
    """An `ImageGenerator` that paints what asks for the painter, and has a service for the rest."""

    def __init__(self, service: ImageGenerator, painter: ImageGenerator) -> None:
        """Take both over; `close` closes them."""
        self._service, self._painter = service, painter

    async def generate(self, wanted: CharacterRequest, target: Path) -> Understood:
        """Make one picture; see the port."""
        generator = self._painter if wanted.generator == "painter" else self._service
        return await generator.generate(wanted, target)

    async def close(self) -> None:
        """Close both."""
        try:
            await self._service.close()
        finally:
            await self._painter.close()
