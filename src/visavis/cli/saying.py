"""Texts that `visavis render` has a face say, with the voice of an agent file."""

from dataclasses import dataclass
from pathlib import Path

from visavis.bootstrap.speech import synthesizer
from visavis.cli.console import doing
from visavis.engine.agent_file import AgentProfile, AgentVoice, read_profile
from visavis.engine.rig.file import is_rig
from visavis.engine.speech import Phoneme
from visavis.errors import PhotoError
from visavis.settings import Settings
from visavis.worker.children.sound_files import write_sound
from visavis.worker.children.speaking import speak
from visavis.worker.protocol import SpokenText


@dataclass(frozen=True)
class SaidText:
    """A text that was spoken.

    Attributes:
        path: Path of the WAV file.
        phonemes: What is said in it; empty if the voice does not know.
    """

    path: Path
    phonemes: tuple[Phoneme, ...]


def profile_of(face: Path) -> AgentProfile | None:
    """Who the agent of a file is; `None` if the file is no agent.

    Raises:
        PhotoError: The file cannot be read.
        RigFileError: The file is damaged.
    """
    try:
        content = face.read_bytes()
    except FileNotFoundError as error:
        raise PhotoError(f"The photo {face} does not exist.") from error
    except OSError as error:
        raise PhotoError(f"The photo {face} cannot be read ({error.strerror}).") from error
    return read_profile(content) if is_rig(content) else None


def say_text(settings: Settings, text: str, profile: AgentProfile | None, folder: Path) -> SaidText:
    """Speak a text into a WAV file.

    Args:
        settings: Settings of the voices.
        text: The text.
        profile: Whose voice; the default voice if `None`.
        folder: Folder for the file.

    Raises:
        InputError: The text contains nothing that can be spoken.
        RequestError: The voice is not known here.
        ModelNotReadyError: The voice needs a model that is not on this machine.
    """
    voice = profile.voice if profile is not None else AgentVoice()
    wanted = SpokenText(
        text=text, language=voice.language, voice=voice.name, tempo=voice.tempo, pitch=voice.pitch
    )
    with doing("Speaking"):
        spoken = speak(synthesizer(settings), wanted)
    path = folder / "said.wav"
    write_sound(spoken, path, "wav")
    return SaidText(path, spoken.phonemes)
