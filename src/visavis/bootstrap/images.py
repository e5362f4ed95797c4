"""What makes the pictures of characters in an installation."""

from collections.abc import Awaitable, Callable

from visavis.ports import ImageGenerator
from visavis.providers.images.automatic1111 import Automatic1111
from visavis.providers.images.comfyui import ComfyUi
from visavis.providers.images.endpoint import ImageEndpoint
from visavis.settings import Settings
from visavis.worker.painted_images import PaintedImages
from visavis.worker.process_pool import ProcessPool


def image_generator(
    settings: Settings, pool: ProcessPool, fetch: Callable[[str, int], Awaitable[bytes]]
) -> ImageGenerator:
    """The image service of the settings; the built-in painter if there is none.

    Args:
        settings: All settings.
        pool: Pool of rendering processes, in which the painter paints.
        fetch: Gets what lies at a public address.
    """
    if not settings.images.url:
        return PaintedImages(pool, limit_s=settings.jobs.job_timeout_s or None)
    if settings.images.protocol == "automatic1111":
        return Automatic1111(settings.images)
    if settings.images.protocol == "comfyui":
        return ComfyUi(settings.images)
    return ImageEndpoint(settings.images, fetch)
