"""The faces of agents that are made without one."""

from pathlib import Path
from typing import Final

_SIZE_PX: Final = (1280, 960)  # wide enough for every aspect ratio


def write_agent_portrait(prompt: str, seed: int, path: Path) -> None:
    """Paint the face of an agent without one, and write it as a PNG.

    Args:
        prompt: Prompt of the agent; what it says of the person is painted.
        seed: Seed of what the prompt leaves open.
        path: Path of the file.
    """
    # Heavy: not for processes that paint nothing.
    from visavis.engine.outline import save_outlined
    from visavis.painter import paint_outlined, understand

    layers, person = paint_outlined(understand(prompt, seed=seed).character, *_SIZE_PX)
    save_outlined(layers[..., :3], person, path, "PNG")
