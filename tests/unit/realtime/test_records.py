"""Sound in records, with emotions between it."""

import struct

import pytest

from visavis.errors import SoundError
from visavis.realtime.inputs.records import unpacker


def record(kind: int, content: bytes) -> bytes:
    return struct.pack("<BI", kind, len(content)) + content


SOUND = bytes(range(250))
STREAM = (
    record(2, b'{"emotion":"happy","at":0}') + record(1, SOUND[:90]) + record(1, b"") + record(1, SOUND[90:])
)


@pytest.mark.parametrize("size", [1, 3, 7, 100, len(STREAM)])
def test_sound_is_the_same_however_the_stream_is_cut(size: int) -> None:
    unpack = unpacker({"kfl.framing": "1"})
    assert unpack is not None
    assert b"".join(unpack(STREAM[at : at + size]) for at in range(0, len(STREAM), size)) == SOUND


@pytest.mark.parametrize("broken", [record(3, b"x"), struct.pack("<BI", 1, 2**31)])
def test_what_is_no_record_is_refused(broken: bytes) -> None:
    unpack = unpacker({"kfl.framing": "1"})
    assert unpack is not None
    with pytest.raises(SoundError):
        unpack(record(1, SOUND) + broken)


def test_streams_without_records_are_sound() -> None:
    assert unpacker({"sample_rate": "24000"}) is None
    with pytest.raises(SoundError):
        unpacker({"kfl.framing": "2"})
