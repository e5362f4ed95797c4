"""How the lip reader is fitted: many fits from few sums, and the sentences of GRID's speaker."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from training import grid
from training.calibrate import Example, fit, held_out, nested, sums


def heard(
    speaker: str, frames: int, seed: int, slopes: tuple[float, ...], only_fitted: bool = False
) -> Example:
    """Frames of a speaker whose lips follow the first inputs by these slopes."""
    rng = np.random.default_rng(seed)
    known = rng.normal(0.5, 1.0, (frames, 8))
    curve = known[:, : len(slopes)] @ np.array(slopes) + rng.normal(0, 0.3, frames)
    return Example(speaker, 0.0, known, {"aperture": curve, "width": curve}, only_fitted)


def ridge(parts: list[tuple[Example, float]], hold: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same as `fit`, by least squares over all frames: each part with its weight."""
    clips = np.concatenate([one.known for one, _ in parts if not one.only_fitted])
    scale = (clips.std(axis=0) + 1e-2) * np.sqrt(hold)
    rows, answers = [np.eye(len(hold))], [np.zeros(len(hold))]
    for one, weight in parts:
        middle = one.known.mean(axis=0) if one.only_fitted else clips.mean(axis=0)
        curve = one.wanted["aperture"]
        rows.append(np.sqrt(weight) * (one.known - middle) / scale)
        answers.append(np.sqrt(weight) * (curve - curve.mean()) / curve.std())
    slopes, *_ = np.linalg.lstsq(np.concatenate(rows), np.concatenate(answers))
    found: NDArray[np.float64] = slopes / scale
    return found


def test_sums_give_what_least_squares_over_all_frames_gives() -> None:
    clips = [heard("a", 300, 1, (1, 0, -1)), heard("b", 200, 2, (1, 0.5, -1))]
    many = heard("s1", 4000, 3, (0.5, 1, 0), only_fitted=True)
    hold = np.linspace(5, 50, 8)
    parts = [sums(one, "aperture") for one in (*clips, many)]
    expected = ridge([(clips[0], 1), (clips[1], 1), (many, 0.5 * 500 / 4000)], hold)
    np.testing.assert_allclose(fit(parts, hold, grid_share=0.5), expected, rtol=1e-6)
    np.testing.assert_allclose(fit(parts[:2], hold), ridge([(one, 1) for one in clips], hold), rtol=1e-6)


def test_many_sentences_of_one_speaker_teach_what_a_short_clip_cannot() -> None:
    clips = [heard("a", 60, 1, (1, 0, -1)), heard("b", 60, 2, (1, 0, -1))]
    many = heard("s1", 4000, 3, (1, 0, -1), only_fitted=True)
    hold = np.full(8, 30.0)
    alone, together = held_out(clips, "aperture", hold), held_out([*clips, many], "aperture", hold)
    assert len(together) == 2
    assert np.mean(together) > np.mean(alone)


def test_a_speaker_left_out_has_no_part_in_the_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.calibrate.holds", lambda _: np.full(8, 30.0))
    clips = [heard(name, 80, at, (1, 0, -1)) for at, name in enumerate("abc")]
    strange = heard("c", 80, 9, (-1, 0, 1))
    first, second = nested(clips, "aperture"), nested([*clips[:2], strange], "aperture")
    # Whoever is measured is heard by the others' fit; what they choose for each other is not theirs to know.
    assert first[2] == pytest.approx(-second[2], abs=0.15)


def test_sentences_of_a_folder_have_lips_in_their_speakers_own_range(tmp_path: Path) -> None:
    clock = np.arange(75)
    gap = np.where((clock > 25) & (clock < 50), 0.1 * np.abs(np.sin(clock)), 0.0)
    values = np.stack([np.tile(gap, 2), 0.6 + 0.02 * np.tile(np.cos(clock), 2)], axis=1).astype(np.float32)
    np.savez(
        tmp_path / "curves.npz",
        names=np.array(["bbaf2n", "gone"]),
        start=np.array([0, 75, 150]),
        columns=np.array(["A", "W"]),
        values=values,
        ok=np.arange(150) != 30,
        word_start=np.array([0, 4, 8]),
        word=np.array(["sil", "bin", "blue", "sil"] * 2),
        word_begin_s=np.array([0.0, 1.04, 1.5, 2.0] * 2, np.float32),
        word_end_s=np.array([1.04, 1.5, 2.0, 3.0] * 2, np.float32),
    )
    (tmp_path / "sound").mkdir()
    (tmp_path / "sound" / "bbaf2n.flac").touch()
    (only,) = grid.sentences(tmp_path)
    assert only.sound.name == "bbaf2n.flac"
    assert list(np.flatnonzero(only.speech)[[0, -1]]) == [26, 50]
    assert not only.speech[30]
    assert np.percentile(only.gap[only.speech], 95) == pytest.approx(1, abs=0.05)
    assert abs(np.median(only.width[only.speech])) < 0.2
