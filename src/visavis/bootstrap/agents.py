"""The faces of agents that are made without one."""

from pathlib import Path

from visavis.samples import write_portrait


def write_agent_portrait(prompt: str, seed: int, path: Path) -> None:
    """Write the face of an agent without one, as a PNG: the built-in portrait.

    Args:
        prompt: Prompt of the agent.
        seed: Seed of what the prompt leaves open.
        path: Path of the file.
    """
    del prompt, seed
    write_portrait(path)
