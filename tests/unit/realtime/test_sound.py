"""What is heard of tracks and segments."""

import itertools

import numpy as np
import pytest

from visavis.engine.arrays import Floats
from visavis.realtime.ear import Ear
from visavis.realtime.segments import Segments
from visavis.realtime.sound import BLOCK_SAMPLES, RATE_HZ, Mixer, SampleQueue, to_pcm


def tone(level: float, count: int = BLOCK_SAMPLES) -> Floats:
    return np.full(count, level, np.float32)


def feed(ear: Ear, track: str, level: float) -> None:
    ear.hear(track, tone(level))


def test_samples_go_to_pcm_and_back() -> None:
    samples = np.array([-1, -0.5, 0, 0.5, 0.999], np.float32)
    assert np.allclose(Mixer(RATE_HZ, 1)(to_pcm(samples)), samples, atol=1e-4)
    two = to_pcm(np.array([0.5, -0.5, 0.25, 0.75], np.float32))
    assert np.allclose(Mixer(RATE_HZ, 2)(two), [0, 0.5], atol=1e-4)
    assert np.abs(Mixer(RATE_HZ, 1)(to_pcm(np.array([9.0, -9.0], np.float32)))).max() <= 1


@pytest.mark.parametrize("channels", [1, 2])
def test_pcm_may_be_cut_anywhere(channels: int) -> None:
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


def test_a_queue_gives_what_it_took_in_order() -> None:
    queue = SampleQueue()
    samples = np.arange(BLOCK_SAMPLES * 2 + 7, dtype=np.float32)
    for part in np.array_split(samples, 13):
        queue.put(part)
    first, second, third = queue.take(), queue.take(), queue.take()
    assert np.array_equal(np.concatenate([first[0], second[0], third[0][:7]]), samples)
    assert (first[1], second[1], third[1]) == (BLOCK_SAMPLES, BLOCK_SAMPLES, 7)
    assert not third[0][7:].any()
    assert len(queue) == 0


def test_nothing_is_heard_where_nothing_is() -> None:
    ear = Ear()
    ear.hear("nobody", tone(0.5))
    assert not ear.take().samples.any()


def test_a_track_is_heard_without_gaps_once_it_flows() -> None:
    ear = Ear()
    ear.open("a")
    for _ in range(2):
        feed(ear, "a", 0.5)
    assert not ear.take().samples.any()  # the beat takes two, and one waits so that others may come late
    feed(ear, "a", 0.5)
    for _ in range(20):
        for _ in range(2):
            assert ear.take().samples.min() == 0.5
        for _ in range(2):
            feed(ear, "a", 0.5)


def test_a_burst_is_not_kept() -> None:
    ear = Ear()
    ear.open("a")
    for _ in range(40):
        feed(ear, "a", 0.5)
    assert ear.dropped_samples >= 30 * BLOCK_SAMPLES
    heard = sum(bool(ear.take().samples.any()) for _ in range(20))
    assert heard <= 10


def test_lateness_is_made_good_in_a_pause() -> None:
    ear = Ear()
    ear.open("a")
    for _ in range(6):
        feed(ear, "a", 0.0)
    feed(ear, "a", 0.5)
    blocks = [ear.take() for _ in range(4)]
    assert [bool(block.samples.any()) for block in blocks] == [False, False, True, False]


def test_the_newest_audible_track_leads() -> None:
    ear = Ear()
    ear.open("old")
    ear.open("new")

    def heard(old: float, new: float, blocks: int) -> float:
        for _ in range(blocks):
            feed(ear, "old", old)
            feed(ear, "new", new)
            block = ear.take()
        return float(block.samples[0])

    assert heard(0.5, 0.0, 5) == 0.5
    assert heard(0.5, 0.25, 5) == 0.25
    assert heard(0.5, 0.0, 10) == 0.0  # a pause between words: nobody else takes over
    assert heard(0.5, 0.0, 60) == 0.5
    ear.close("old")
    assert heard(0.5, 0.0, 3) == 0.0


def test_noise_of_a_room_does_not_lead() -> None:
    ear = Ear()
    ear.open("voice")
    ear.open("noise")
    for _ in range(10):
        feed(ear, "voice", 0.5)
        feed(ear, "noise", 0.001)
        block = ear.take()
    assert block.samples[0] == 0.5


def test_segments_come_one_after_the_other_and_end() -> None:
    segments = Segments()
    one, two = segments.begin(RATE_HZ), segments.begin(RATE_HZ)
    segments.put(two, tone(0.25, BLOCK_SAMPLES))
    segments.put(one, tone(0.5, BLOCK_SAMPLES + 10))
    segments.end(one)
    segments.end(two)
    blocks = [segments.take() for _ in range(4)]
    assert [(b.segment, b.count) for b in blocks] == [
        (one, BLOCK_SAMPLES),
        (one, 10),
        (two, BLOCK_SAMPLES),
        (None, 0),
    ]
    assert segments.exhausted() == [one, two]
    assert segments.exhausted() == []


def test_a_segment_whose_sound_is_late_is_silent_meanwhile() -> None:
    segments = Segments()
    one = segments.begin(RATE_HZ)
    segments.put(one, tone(0.5, 100))
    assert segments.take().segment is None
    segments.put(one, tone(0.5, BLOCK_SAMPLES))
    assert segments.take().segment == one
    segments.end(one)
    assert segments.take().count == 100
    assert segments.exhausted() == [one]


def test_what_was_dropped_stays_dropped() -> None:
    segments = Segments()
    one = segments.begin(RATE_HZ)
    segments.put(one, tone(0.5, 10 * BLOCK_SAMPLES))
    segments.take()
    assert segments.drop() == [one]
    segments.put(one, tone(0.5))
    segments.end(one)
    assert not segments.take().samples.any()
    assert segments.exhausted() == []
    two = segments.begin(RATE_HZ)
    segments.put(two, tone(0.25))
    assert segments.take().segment == two


@pytest.mark.parametrize("rate_hz", [16_000, 24_000, 44_100, 48_000])
def test_segments_of_any_rate_keep_their_length(rate_hz: int) -> None:
    segments = Segments()
    one = segments.begin(rate_hz)
    for _ in range(10):
        segments.put(one, tone(0.5, rate_hz // 10))
    segments.end(one)
    count = 0
    while (block := segments.take()).segment is not None:
        count += block.count
    assert abs(count - RATE_HZ) <= 1


def test_nobody_is_spoken_to_for_hours() -> None:
    segments = Segments()
    one = segments.begin(RATE_HZ)
    for _ in range(700):
        segments.put(one, tone(0.1, RATE_HZ))
    assert 98 * RATE_HZ < segments.dropped_samples < 101 * RATE_HZ
