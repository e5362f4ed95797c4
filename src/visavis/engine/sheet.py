"""Contact sheets: a video on one picture, to be judged by eye.

The upper part shows frames from the whole video. The lower part shows the mouth in consecutive frames, with
the level of the sound as a bar under each.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
from av.error import FFmpegError

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.downmix import Downmix
from visavis.engine.face import FaceModels
from visavis.engine.face.landmarks import Landmarks
from visavis.engine.sound import open_sound
from visavis.errors import InputError, NoFaceError, SoundError

_OVERVIEW_COLUMNS: Final = 8
_OVERVIEW_PX: Final = 200
_MOUTH_COLUMNS: Final = 16
_MOUTH_PX: Final = 100
_BAR_PX: Final = 10
_LOUD_DB: Final = (-50.0, -12.0)
_GREEN: Final = (90, 220, 120)


@dataclass(frozen=True)
class _Shot:
    time_s: float
    rgb: Pixels
    mouth: Pixels


def contact_sheet(video: Path, models: FaceModels, *, start_s: float = 0.0, seconds: float = 4.0) -> Pixels:
    """Draw a sheet.

    Args:
        video: Video with one face.
        models: Face models, to find the mouth.
        start_s: Start of the part that shows the mouth.
        seconds: Length of that part.

    Returns:
        Shape `(height, width, 3)`.

    Raises:
        InputError: The video cannot be read.
        NoFaceError: There is no face in it.
    """
    overview, shots = _read(video, models, start_s, seconds)
    loudness = _loudness_db(video)
    rows = [_row([_labelled(frame, time, _OVERVIEW_PX) for time, frame in overview], _OVERVIEW_COLUMNS)]
    mouths = []
    for shot in shots:
        tile = _labelled(shot.mouth, shot.time_s, _MOUTH_PX)
        at = min(int(shot.time_s * 100), len(loudness) - 1)
        level = (
            np.clip((loudness[at] - _LOUD_DB[0]) / (_LOUD_DB[1] - _LOUD_DB[0]), 0, 1) if len(loudness) else 0
        )
        bar = np.full((_BAR_PX, _MOUTH_PX, 3), 30, np.uint8)
        bar[:, : int(level * _MOUTH_PX)] = _GREEN
        mouths.append(np.vstack([tile, bar]))
    strips = range(0, len(mouths), _MOUTH_COLUMNS)
    rows.extend(_row(mouths[first : first + _MOUTH_COLUMNS], _MOUTH_COLUMNS) for first in strips)
    return np.vstack(rows)


def _read(
    video: Path, models: FaceModels, start_s: float, seconds: float
) -> tuple[list[tuple[float, Pixels]], list[_Shot]]:
    overview: list[tuple[float, Pixels]] = []
    shots: list[_Shot] = []
    face: Landmarks | None = None
    try:
        with av.open(str(video)) as container:
            stream = container.streams.video[0]
            total_s = float((container.duration or 0) / av.time_base) or seconds
            step_s = total_s / _OVERVIEW_COLUMNS
            for frame in container.decode(stream):
                time_s = float(frame.time or 0.0)
                wanted = start_s <= time_s < start_s + seconds
                is_next = time_s >= len(overview) * step_s and len(overview) < _OVERVIEW_COLUMNS
                if not (wanted or is_next):
                    continue
                rgb = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
                if is_next:
                    overview.append((time_s, _square(rgb)))
                if wanted:
                    face = _follow(models, rgb, face)
                    shots.append(_Shot(time_s, rgb, _mouth(rgb, face)))
    except (FFmpegError, IndexError, OSError) as error:
        raise InputError(f"{video} is not a video that can be read.") from error
    return overview, shots


def _follow(models: FaceModels, rgb: Pixels, last: Landmarks | None) -> Landmarks:
    if last is not None:
        return models.landmarks(rgb, last)
    found = models.detect(rgb)
    if not found:
        raise NoFaceError("No face was found in the video.")
    return models.landmarks(rgb, max(found, key=lambda each: each.side))


def _mouth(rgb: Pixels, face: Landmarks) -> Pixels:
    """Square around the mouth, as wide as the outer corners of the eyes."""
    points = face.points
    x, y = points[[13, 14, 17], :2].mean(axis=0)
    half = float(np.linalg.norm(points[33, :2] - points[263, :2])) / 2
    to_tile = np.array([[half / 50, 0, x - half], [0, half / 50, y - half]], np.float32)
    return np.asarray(
        cv2.warpAffine(rgb, to_tile, (100, 100), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP),
        np.uint8,
    )


def _square(rgb: Pixels) -> Pixels:
    side = min(rgb.shape[:2])
    top, left = (rgb.shape[0] - side) // 2, (rgb.shape[1] - side) // 2
    return rgb[top : top + side, left : left + side]


def _labelled(rgb: Pixels, time_s: float, size: int) -> Pixels:
    tile = np.asarray(cv2.resize(rgb, (size, size), interpolation=cv2.INTER_AREA), np.uint8)
    cv2.putText(tile, f"{time_s:.2f}", (3, size - 5), cv2.FONT_HERSHEY_PLAIN, 0.8, (0, 0, 0), 2, cv2.LINE_AA)
    cv2.putText(tile, f"{time_s:.2f}", (3, size - 5), cv2.FONT_HERSHEY_PLAIN, 0.8, _GREEN, 1, cv2.LINE_AA)
    return tile


def _row(tiles: list[Pixels], columns: int) -> Pixels:
    blank = np.zeros_like(tiles[0])
    return np.hstack([*tiles, *[blank] * (columns - len(tiles))])


def _loudness_db(video: Path) -> Floats:
    """Sound level in steps of 10 ms."""
    try:
        with open_sound(video, rate_hz=16_000) as sound:
            mix = Downmix(16_000)
            samples = np.concatenate([mix(block.samples) for block in sound])
    except SoundError:
        return np.zeros(0, np.float32)
    whole = samples[: len(samples) // 160 * 160].reshape(-1, 160)
    return np.asarray(10 * np.log10((whole**2).mean(axis=1) + 1e-10), np.float32)
