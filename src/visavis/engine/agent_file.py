"""The agent file: a rig file that also says who the person is.

It has one more entry in the container's metadata, so everything that opens a rig opens an agent too. The
format is described in docs/rig-file.md.
"""

import json
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from visavis.engine.performer import Manners
from visavis.errors import RigFileError

_ENTRY: Final = "agent"
_LENGTH_BYTES: Final = 8
_ALIGNED_BYTES: Final = 8  # of the header's end, as the format recommends
_MAX_HEADER_BYTES: Final = 4 * 1024 * 1024
_NO_RIG: Final = "The file is not a rig that visavis can open, or it is damaged."


class AgentVoice(BaseModel):
    """The voice of an agent.

    Attributes:
        name: ID of the voice; empty for the default one of the language.
        language: BCP 47 tag; empty for the default of the voice.
        tempo: Factor on the voice's tempo.
        pitch: Factor on the voice's pitch.
    """

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    name: str = Field(default="", max_length=100)
    language: str = Field(default="", max_length=100)
    tempo: float = Field(default=1.0, ge=0.5, le=2)
    pitch: float = Field(default=1.0, ge=0.5, le=2)


class AgentProfile(BaseModel):
    """Who an agent is.

    Attributes:
        code: Code of the agent.
        name: Name of the person.
        system_prompt: How it is to be, and what it knows.
        voice: Voice that it speaks with.
        manners: How it moves.
    """

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    code: str = Field(default="", max_length=64)
    name: str = Field(default="", max_length=200)
    system_prompt: str = Field(default="", max_length=64_000)
    voice: AgentVoice = AgentVoice()
    manners: Manners = Manners()


def read_profile(content: bytes) -> AgentProfile | None:
    """Who the agent of a file is; `None` if the file is a rig without an agent.

    Raises:
        RigFileError: The file is no rig, or is damaged.
    """
    written = _header(content)["__metadata__"].get(_ENTRY)
    if written is None:
        return None
    try:
        return AgentProfile.model_validate_json(written)
    except ValidationError as error:
        raise RigFileError("The file is damaged: it does not say who the agent is.") from error


def with_profile(content: bytes, profile: AgentProfile) -> bytes:
    """The agent file of a rig file, or of another agent's file with the same face.

    Raises:
        RigFileError: The file is no rig, or is damaged.
    """
    header = _header(content)
    header["__metadata__"][_ENTRY] = profile.model_dump_json()
    written = json.dumps(header, separators=(",", ":")).encode()
    written += b" " * (-len(written) % _ALIGNED_BYTES)
    data = content[_LENGTH_BYTES + int.from_bytes(content[:_LENGTH_BYTES], "little") :]
    return len(written).to_bytes(_LENGTH_BYTES, "little") + written + data


def _header(content: bytes) -> dict[str, Any]:
    length = int.from_bytes(content[:_LENGTH_BYTES], "little")
    try:
        header = json.loads(content[_LENGTH_BYTES : _LENGTH_BYTES + min(length, _MAX_HEADER_BYTES)])
        is_rig = isinstance(header["__metadata__"]["visavis"], str)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RigFileError(_NO_RIG) from error
    if not is_rig:
        raise RigFileError(_NO_RIG)
    found: dict[str, Any] = header
    return found
