"""Pictures by the built-in painter, in rendering processes: it looks at pictures of strangers."""

import json
from pathlib import Path

from visavis.ports.images import CharacterRequest, Understood
from visavis.worker.process_pool import ProcessPool
from visavis.worker.protocol import PaintRequest
from visavis.worker.rendering_requests import run_request


class PaintedImages:
    """An `ImageGenerator` that needs no model and no network."""

    def __init__(self, pool: ProcessPool, *, limit_s: float | None) -> None:
        """Prepare.

        Args:
            pool: Pool of rendering processes.
            limit_s: Time limit of one picture; `None` for no limit.
        """
        self._pool, self._limit_s = pool, limit_s

    async def generate(self, wanted: CharacterRequest, target: Path) -> Understood:
        """Paint a picture; see the port."""
        request = PaintRequest(
            prompt=wanted.prompt,
            hints=dict(wanted.hints),
            references=wanted.references,
            width_px=wanted.width_px,
            height_px=wanted.height_px,
            background=wanted.background,
            seed=wanted.seed,
            output=target,
        )
        painted = await run_request(self._pool, request, limit_s=self._limit_s, owner=wanted.owner)
        understood: Understood = json.loads(painted.understood)
        return understood

    async def close(self) -> None:
        """Do nothing: the pool belongs to the worker."""
