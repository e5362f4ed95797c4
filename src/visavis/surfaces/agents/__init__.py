"""The agents API: agents with a face, a voice and a prompt, and what they are told in live sessions."""

from typing import Final

NAME: Final = "agents"
