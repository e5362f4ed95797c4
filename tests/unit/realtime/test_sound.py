"""What is heard of tracks and segments."""

import itertools

import numpy as np
import pytest

from visavis.engine.arrays import Floats
from visavis.realtime.inputs.audio_mixer import AudioMixer
from visavis.realtime.inputs.playout_queue import PlayoutQueue
from visavis.realtime.sound import BLOCK_SAMPLES, RATE_HZ, Mixer, SampleQueue, to_pcm


def tone(level: float, count: int = BLOCK_SAMPLES) -> Floats:
    return np.full(count, level, np.float32)


def feed(mixer: AudioMixer, track: str, level: float) -> None:
    mixer.push(track, tone(level))


def test_samples_survive_conversion_to_pcm() -> None:
    samples = np.array([-1, -0.5, 0, 0.5, 0.999], np.float32)
    assert np.allclose(Mixer(RATE_HZ, 1)(to_pcm(samples)), samples, atol=1e-4)
    two = to_pcm(np.array([0.5, -0.5, 0.25, 0.75], np.float32))
    assert np.allclose(Mixer(RATE_HZ, 2)(two), [0, 0.5], atol=1e-4)
    assert np.abs(Mixer(RATE_HZ, 1)(to_pcm(np.array([9.0, -9.0], np.float32)))).max() <= 1


@pytest.mark.parametrize("channels", [1, 2])
def test_pcm_may_be_split_anywhere(channels: int) -> None:
    sound = np.random.default_rng(0).uniform(-1, 1, 4800 * channels).astype(np.float32)
    pcm, mix = to_pcm(sound), Mixer(RATE_HZ, channels)
    whole = Mixer(RATE_HZ, channels)(pcm)
    cuts = [0, 1, 2, 3, 7, 1000, 1001, len(pcm)]
    parts = [mix(pcm[start:end]) for start, end in itertools.pairwise(cuts)]
    assert np.array_equal(np.concatenate(parts), whole)


def test_a_voice_whose_channels_cancel_is_heard() -> None:
    voice = 0.5 * np.sin(2 * np.pi * 220 * np.arange(RATE_HZ) / RATE_HZ).astype(np.float32)
    mixed = Mixer(RATE_HZ, 2)(to_pcm(np.stack([voice, -voice], axis=1).reshape(-1)))
    assert np.abs(mixed[RATE_HZ // 10 :]).max() == pytest.approx(0.5, abs=0.01)


def test_a_queue_returns_samples_in_order() -> None:
    queue = SampleQueue()
    samples = np.arange(BLOCK_SAMPLES * 2 + 7, dtype=np.float32)
    for part in np.array_split(samples, 13):
        queue.put(part)
    first, second, third = queue.take(), queue.take(), queue.take()
    assert np.array_equal(np.concatenate([first[0], second[0], third[0][:7]]), samples)
    assert (first[1], second[1], third[1]) == (BLOCK_SAMPLES, BLOCK_SAMPLES, 7)
    assert not third[0][7:].any()
    assert len(queue) == 0


def test_without_tracks_there_is_silence() -> None:
    mixer = AudioMixer()
    mixer.push("nobody", tone(0.5))
    assert not mixer.take().samples.any()


def test_a_track_is_heard_without_gaps_once_it_flows() -> None:
    mixer = AudioMixer()
    mixer.open("a")
    for _ in range(2):
        feed(mixer, "a", 0.5)
    assert not mixer.take().samples.any()  # the beat takes two, and one waits so that others may come late
    feed(mixer, "a", 0.5)
    for _ in range(20):
        for _ in range(2):
            assert mixer.take().samples.min() == 0.5
        for _ in range(2):
            feed(mixer, "a", 0.5)


def test_a_burst_is_dropped() -> None:
    mixer = AudioMixer()
    mixer.open("a")
    for _ in range(40):
        feed(mixer, "a", 0.5)
    assert mixer.dropped_samples >= 30 * BLOCK_SAMPLES
    heard = sum(bool(mixer.take().samples.any()) for _ in range(20))
    assert heard <= 10


def test_a_late_track_catches_up_in_a_pause() -> None:
    mixer = AudioMixer()
    mixer.open("a")
    for _ in range(6):
        feed(mixer, "a", 0.0)
    feed(mixer, "a", 0.5)
    blocks = [mixer.take() for _ in range(4)]
    assert [bool(block.samples.any()) for block in blocks] == [False, False, True, False]


def test_the_newest_audible_track_leads() -> None:
    mixer = AudioMixer()
    mixer.open("old")
    mixer.open("new")

    def heard(old: float, new: float, blocks: int) -> float:
        for _ in range(blocks):
            feed(mixer, "old", old)
            feed(mixer, "new", new)
            block = mixer.take()
        return float(block.samples[0])

    assert heard(0.5, 0.0, 5) == 0.5
    assert heard(0.5, 0.25, 5) == 0.25
    assert heard(0.5, 0.0, 10) == 0.0  # a pause between words: nobody else takes over
    assert heard(0.5, 0.0, 60) == 0.5
    mixer.close("old")
    assert heard(0.5, 0.0, 3) == 0.0


def test_noise_of_a_room_does_not_lead() -> None:
    mixer = AudioMixer()
    mixer.open("voice")
    mixer.open("noise")
    for _ in range(10):
        feed(mixer, "voice", 0.5)
        feed(mixer, "noise", 0.001)
        block = mixer.take()
    assert block.samples[0] == 0.5


def test_segments_come_one_after_the_other_and_end() -> None:
    playout = PlayoutQueue()
    one, two = playout.begin(RATE_HZ), playout.begin(RATE_HZ)
    playout.put(two, tone(0.25, BLOCK_SAMPLES))
    playout.put(one, tone(0.5, BLOCK_SAMPLES + 10))
    playout.end(one)
    playout.end(two)
    blocks = [playout.take() for _ in range(4)]
    assert [(b.segment, b.count) for b in blocks] == [
        (one, BLOCK_SAMPLES),
        (one, 10),
        (two, BLOCK_SAMPLES),
        (None, 0),
    ]
    assert playout.exhausted() == [one, two]
    assert playout.exhausted() == []


def test_a_segment_whose_sound_is_late_is_silent_meanwhile() -> None:
    playout = PlayoutQueue()
    one = playout.begin(RATE_HZ)
    playout.put(one, tone(0.5, 100))
    assert playout.take().segment is None
    playout.put(one, tone(0.5, BLOCK_SAMPLES))
    assert playout.take().segment == one
    playout.end(one)
    assert playout.take().count == 100
    assert playout.exhausted() == [one]


def test_dropped_segments_stay_dropped() -> None:
    playout = PlayoutQueue()
    one = playout.begin(RATE_HZ)
    playout.put(one, tone(0.5, 10 * BLOCK_SAMPLES))
    playout.take()
    assert playout.drop() == [one]
    playout.put(one, tone(0.5))
    playout.end(one)
    assert not playout.take().samples.any()
    assert playout.exhausted() == []
    two = playout.begin(RATE_HZ)
    playout.put(two, tone(0.25))
    assert playout.take().segment == two


@pytest.mark.parametrize("rate_hz", [16_000, 24_000, 44_100, 48_000])
def test_segments_of_any_rate_keep_their_length(rate_hz: int) -> None:
    playout = PlayoutQueue()
    one = playout.begin(rate_hz)
    for _ in range(10):
        playout.put(one, tone(0.5, rate_hz // 10))
    playout.end(one)
    count = 0
    while (block := playout.take()).segment is not None:
        count += block.count
    assert abs(count - RATE_HZ) <= 1


def test_a_segment_has_a_maximum_length() -> None:
    playout = PlayoutQueue()
    one = playout.begin(RATE_HZ)
    for _ in range(700):
        playout.put(one, tone(0.1, RATE_HZ))
    assert 98 * RATE_HZ < playout.dropped_samples < 101 * RATE_HZ
