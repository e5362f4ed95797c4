"""Captions in the picture."""

from pathlib import Path

import numpy as np
import pytest

from visavis.engine.captions import CaptionPainter, Cue, missing_letters
from visavis.errors import InputError

CUE = Cue(1.0, 2.0, ("Peter bought five maps", "from my mother."))


@pytest.mark.parametrize("size", [(512, 512), (1920, 1080), (128, 128), (404, 720)])
@pytest.mark.parametrize("shade", [0, 128, 255])
def test_a_caption_is_readable_on_any_background(size: tuple[int, int], shade: int) -> None:
    width, height = size
    frame = np.full((height, width, 3), shade, np.uint8)
    drawn = CaptionPainter([CUE], size).draw(frame, 1.5).astype(int)
    changed = np.argwhere((drawn != shade).any(axis=2))
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    assert top > 0.6 * height
    assert bottom < 0.97 * height
    assert left > 0.01 * width
    assert right < 0.99 * width
    box = drawn[top : bottom + 1, left : right + 1]
    assert box.max() > 200  # letters
    assert np.median(box) < 100  # what is around them
    assert (frame == shade).all()


def test_a_caption_is_shown_from_its_begin_to_its_end() -> None:
    frame = np.zeros((128, 128, 3), np.uint8)
    painter = CaptionPainter([CUE, Cue(3.0, 4.0, ("More.",))], (128, 128))
    shown = [painter.draw(frame, moment_s).any() for moment_s in (0.99, 1.0, 1.99, 2.0, 3.5, 4.0)]
    assert shown == [False, True, True, False, True, False]


def test_a_line_of_wide_letters_stays_in_the_picture() -> None:
    frame = np.zeros((512, 512, 3), np.uint8)
    drawn = CaptionPainter([Cue(0, 1, ("W" * 42,))], (512, 512)).draw(frame, 0)
    columns = np.flatnonzero((drawn > 200).any(axis=(0, 2)))
    assert columns.min() > 0.03 * 512
    assert columns.max() < 0.97 * 512


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Größe, çok güzel, źdźbło, tiếng Việt — “quotes” €", ""),
        ("Добро пожаловать, Ελληνικά", ""),
        ("Smile 😀👍🏽 ✌️ a\u200db", ""),
        ("中a中文", "中文"),
        ("한", "한"),
    ],
)
def test_letters_that_the_font_lacks_are_named(text: str, missing: str) -> None:
    assert missing_letters([Cue(0, 1, (text,))]) == missing


def test_a_file_that_is_no_font_is_refused(tmp_path: Path) -> None:
    font = tmp_path / "font.ttf"
    font.write_text("no font")
    with pytest.raises(InputError, match="not a font file"):
        missing_letters([CUE], font)
