"""Every message between a worker and its processes says the same on both sides."""

import json
import typing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from visavis.engine.agent_file import AgentVoice
from visavis.engine.performer import Emotion, Manners
from visavis.errors import (
    InputError,
    PhotoError,
    RigFileError,
    SoundError,
    TooMuchMemoryError,
    input_error,
)
from visavis.ports.conversation import ConversationConfig, ConversationTool, TranscriptSegment
from visavis.ports.video import VideoDestination
from visavis.ports.video_options import VideoOptions
from visavis.realtime.ports import EndReason
from visavis.worker import protocol
from visavis.worker.protocol import Message

UNIONS: dict[str, TypeAdapter[Any]] = {
    "rendering requests": TypeAdapter(protocol.RenderingRequest),
    "rendering answers": TypeAdapter(protocol.RenderingAnswer),
    "session commands": TypeAdapter(protocol.SessionCommand),
    "session events": TypeAdapter(protocol.SessionEvent),
    "conversation commands": TypeAdapter(protocol.ConversationCommand),
    "conversation events": TypeAdapter(protocol.ConversationEvent),
    "sound commands": TypeAdapter(protocol.SoundCommand),
    "sound reports": TypeAdapter(protocol.SoundReport),
}
PATHS = st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1).map(Path)
st.register_type_strategy(Path, PATHS)


def kinds(union: Any) -> tuple[type[Message], ...]:
    return typing.get_args(typing.get_args(union)[0])


CONVERSATIONS = st.builds(
    ConversationConfig,
    instructions=st.text(),
    tools=st.lists(
        st.builds(
            ConversationTool, name=st.from_regex("[a-z]{1,9}", fullmatch=True), url=st.none() | st.text()
        ),
        max_size=2,
    ).map(tuple),
)

FINITE = st.floats(allow_nan=False, allow_infinity=False)
SEGMENTS = st.builds(TranscriptSegment, id=st.text(), text=st.text(), start_s=FINITE, end_s=FINITE)
DESTINATIONS = st.builds(
    VideoDestination, url=st.text(), token=st.none() | st.text(), background=st.just("#a0B1c2")
)
FACTORS = st.floats(0.5, 2)
VOICES = st.builds(AgentVoice, name=st.text(max_size=100), tempo=FACTORS, pitch=FACTORS)
SWAYS = st.none() | st.tuples(FACTORS, FACTORS, FACTORS)
MANNERS = st.builds(Manners, emotion=st.sampled_from(Emotion), seed=st.integers(0), sway_degrees=SWAYS)
VIDEO_OPTIONS = st.builds(
    VideoOptions,
    frame=st.sampled_from(["face", "photo"]),
    size=st.integers(64, 512).map(lambda half: 2 * half),
    fps=st.integers(1, 60),
    background=st.sampled_from(["keep", "blur", "#20404a"]),
    liveliness=st.floats(0, 2),
    emotion=st.sampled_from([each.value for each in Emotion]),
    seed=st.integers(0, 2**32 - 1),
)
MODELS: dict[Any, st.SearchStrategy[Any]] = {
    ConversationConfig: CONVERSATIONS,
    TranscriptSegment: SEGMENTS,
    AgentVoice: VOICES,
    Manners: MANNERS,
    VideoDestination: DESTINATIONS,
    VideoOptions: VIDEO_OPTIONS,
}

ALL_KINDS = {
    "rendering requests": kinds(protocol.RenderingRequest),
    "rendering answers": kinds(protocol.RenderingAnswer),
    "session commands": kinds(protocol.SessionCommand),
    "session events": kinds(protocol.SessionEvent),
    "conversation commands": kinds(protocol.ConversationCommand),
    "conversation events": kinds(protocol.ConversationEvent),
    "sound commands": kinds(protocol.SoundCommand),
    "sound reports": kinds(protocol.SoundReport),
}
CASES = [(name, kind) for name, all_kinds in ALL_KINDS.items() for kind in all_kinds]
IDS = [kind.__name__ for _, kind in CASES]


def messages(kind: type[Message]) -> st.SearchStrategy[Message]:
    """Messages of a kind, with any values of its fields."""
    fields = {name: values(field.annotation) for name, field in kind.model_fields.items()}
    return st.fixed_dictionaries(fields).map(lambda chosen: kind(**chosen))


def values(annotation: Any) -> st.SearchStrategy[Any]:
    """Values of a field's type."""
    options = typing.get_args(annotation)
    match typing.get_origin(annotation):
        case None if annotation is float:
            return st.floats(allow_nan=False, allow_infinity=False)
        case None if issubclass(annotation, Message):
            return messages(annotation)
        case None if annotation in MODELS:
            return MODELS[annotation]
        case None | typing.Literal:
            return st.from_type(annotation)
        case kind if kind is dict:
            return st.dictionaries(values(options[0]), values(options[1]), max_size=4)
        case kind if kind is tuple and options[-1] is Ellipsis:
            return st.lists(values(options[0]), max_size=4).map(tuple)
        case kind if kind is tuple:
            return st.tuples(*map(values, options))
        case _:
            return st.one_of(*map(values, options))


@pytest.mark.parametrize(("union", "kind"), CASES, ids=IDS)
@given(data=st.data())
def test_a_message_survives_serialization(union: str, kind: type[Message], data: st.DataObject) -> None:
    message = data.draw(messages(kind))
    line = message.to_line()
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    back = UNIONS[union].validate_json(line)
    assert type(back) is kind
    assert back == message


@pytest.mark.parametrize("union", ALL_KINDS)
def test_each_kind_has_a_type_of_its_own(union: str) -> None:
    types = [kind.model_fields["type"].default for kind in ALL_KINDS[union]]
    assert len(set(types)) == len(types)


@pytest.mark.parametrize(("union", "kind"), CASES, ids=IDS)
@given(data=st.data())
def test_a_message_of_another_version_is_refused(
    union: str, kind: type[Message], data: st.DataObject
) -> None:
    """A field more, or a type that nobody knows, is no message."""
    sent = json.loads(data.draw(messages(kind)).to_line())
    for changed in ({**sent, "unknown": 1}, {**sent, "type": "unknown"}):
        with pytest.raises(ValidationError):
            UNIONS[union].validate_json(json.dumps(changed))


def test_a_message_cannot_be_changed() -> None:
    message = protocol.VideoRendered(duration_s=1.0)
    with pytest.raises(ValidationError):
        message.duration_s = 2.0  # type: ignore[misc]


def test_secrets_and_texts_are_not_shown() -> None:
    """What is logged of a message by accident holds none of them."""
    assert "ended" in repr(protocol.SessionOver(reason=EndReason.ENDED))
    for message in (
        protocol.SpokenText(text="secret words"),
        protocol.TokenRefreshed(token="secret words"),  # noqa: S106
    ):
        assert "secret" not in repr(message)


def subclasses(kind: type[InputError]) -> set[type[InputError]]:
    return {kind}.union(*(subclasses(each) for each in kind.__subclasses__()))


def test_an_error_about_a_photo_or_audio_keeps_its_class() -> None:
    """What is raised about the files of a request is known again on the other side."""
    told = set[type[InputError]]().union(
        *(subclasses(kind) for kind in (PhotoError, SoundError, RigFileError, TooMuchMemoryError))
    )
    for kind in told:
        error = input_error(kind.code, "Use another one.")
        assert type(error) is kind
        assert error.message == "Use another one."


@pytest.mark.parametrize("code", ["internal_error", "malformed_message", "invalid_account", "nonsense", ""])
def test_other_errors_are_not_passed_on(code: str) -> None:
    assert input_error(code, "Something of this machine.") is None
