"""Phonemes that travel beside the sound of an agent."""

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from visavis.engine.resample import Resampler
from visavis.engine.rig.controls import INDEX
from visavis.engine.rig.model import Rig
from visavis.engine.speech import Phoneme, SpeechModel
from visavis.engine.stream import Pose, Stream
from visavis.engine.view import FaceView
from visavis.errors import InputError
from visavis.realtime.av_sync import AvSync
from visavis.realtime.inputs.playout_queue import PlayoutQueue
from visavis.realtime.known_speech import decode, encode
from visavis.realtime.sound import BLOCK_S, BLOCK_SAMPLES, RATE_HZ

SAID = [Phoneme("p", 0.0, 0.1), Phoneme("ɑː", 0.1, 0.3), Phoneme("m", 0.3, 0.4)]
FPS = Fraction(25)


def blocks(count: int) -> NDArray[np.float32]:
    return np.full(count * BLOCK_SAMPLES, 0.1, np.float32)


def test_phonemes_are_sent_as_they_were() -> None:
    assert decode(encode("S1", SAID)) == ("S1", SAID)


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", '{"stream": 1, "phonemes": []}', '{"stream": "S", "phonemes": [["a", 0]]}'),
        *('{"stream": "S", "phonemes": [["a", 0, NaN]]}', '{"stream": "S", "phonemes": [["a", 2, 1]]}'),
        *('{"stream": "S", "phonemes": [[7, 0, 1]]}', '{"stream": "S", "phonemes": [["a", "0", 1]]}'),
        *("[" * 100_000, '{"stream": "S", "phonemes": [["' + "a" * 99 + '", 0, 1]]}'),
    ],
)
def test_what_is_no_list_of_phonemes_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        decode(text)


def test_phonemes_come_with_the_first_block_and_later_ones_with_the_next() -> None:
    queue = PlayoutQueue()
    number = queue.begin(RATE_HZ)
    queue.tell(number, SAID[:1])
    queue.put(number, blocks(10))
    first = queue.take()
    assert (first.forgets, first.phonemes) == (True, tuple(SAID[:1]))
    queue.tell(number, SAID[1:2])
    second = queue.take()
    assert not second.forgets
    assert second.phonemes[0].start_s == pytest.approx(0.1 - BLOCK_S)
    assert queue.take().phonemes == ()


def test_after_a_gap_all_that_is_left_is_told_anew() -> None:
    queue = PlayoutQueue()
    number = queue.begin(RATE_HZ)
    queue.tell(number, SAID)
    queue.put(number, blocks(21))
    taken = [queue.take() for _ in range(15)]
    while (gap := queue.take()).segment is not None:
        taken.append(gap)
    queue.put(number, blocks(20))
    block = queue.take()
    assert block.forgets
    assert [each.ipa for each in block.phonemes] == ["ɑː", "m"]
    assert block.phonemes[1].start_s == pytest.approx(0.3 - len(taken) * BLOCK_S)
    queue.drop()
    assert queue.take().phonemes == ()


def test_a_session_moves_the_lips_as_a_file_does(
    small_rig: Rig, speech_model: SpeechModel, sentence: NDArray[np.float32]
) -> None:
    """However long silence came before the segment, and the queue's blocks cut it as they like."""
    view = FaceView(small_rig, side_px=128)
    names = ["m", "uː", "m", "ɑː", "m", "ʃ", "uː", "b"]
    told = [Phoneme(name, 0.16 * at, 0.16 * at + 0.16) for at, name in enumerate(names)]
    sound = sentence[8_000:32_000]
    silence_s = 0.2

    def press(poses: list[Pose]) -> NDArray[np.float32]:
        return np.array([pose.weights[INDEX["press"]] for pose in poses[5:35]])

    def live(phonemes: list[Phoneme]) -> list[Pose]:
        queue, av_sync = PlayoutQueue(), AvSync(Stream(view, speech_model, fps=FPS), fps=FPS)
        ticks = [av_sync.step(queue.take()) for _ in range(round(silence_s / BLOCK_S))]
        number = queue.begin(RATE_HZ)
        queue.tell(number, phonemes)
        to_room = Resampler(16_000, RATE_HZ)
        queue.put(number, np.concatenate([to_room(sound), to_room.finish()]))
        queue.end(number)
        ticks += [av_sync.step(queue.take()) for _ in range(150)]
        return [tick.pose for tick in ticks if tick.pose is not None]

    stream = Stream(view, speech_model, fps=FPS)
    stream.tell(Phoneme(each.ipa, each.start_s + silence_s, each.end_s + silence_s) for each in told)
    whole = np.concatenate([np.zeros(round(silence_s * 16_000), np.float32), sound])
    file = press(stream.hear(np.concatenate([whole, np.zeros(8_000, np.float32)])))
    assert np.abs(press(live(told)) - file).max() < 0.15
    assert np.abs(press(live([])) - file).max() > 0.5
