"""Blinks of a person, from how open the eyes are in each frame of a video.

A blink is a dip of both eyes at once: fast down, and up again within half a second. What else makes eyes look
less open is slower, or stays: looking down, a smile, a turned head. So each eye is compared with how open it
is around that time.
"""

from typing import Final

import numpy as np
from scipy.ndimage import percentile_filter

from visavis.engine.arrays import Floats

_USUAL_S: Final = 2.0  # around a frame, in which the eyes are open most of the time
_OPEN_PERCENTILE: Final = 75
_SHUT, _OPEN_AGAIN = 0.6, 0.75  # of the usual opening, both eyes together: a blink begins and ends
_TAKES_PART: Final = 0.85  # of its own usual opening, below which each of the two eyes must go
_MIN_BLINK_S, _MAX_BLINK_S = 0.03, 0.6  # in which the eyes are less open than that


def find_blinks(times_s: Floats, openings: Floats) -> list[float]:
    """Times at which blinks begin. A blink that the video begins or ends with is not counted.

    Args:
        times_s: Time of each frame, shape `(frames,)`, in about the same distance.
        openings: How open the left and the right eye are, shape `(frames, 2)`, in any unit.
    """
    if len(times_s) < 2:
        return []
    frame_s = float(np.median(np.diff(times_s)))
    window = max(3, round(_USUAL_S / frame_s))
    usual = percentile_filter(openings, _OPEN_PERCENTILE, size=(window, 1), mode="nearest")
    relative = openings / np.maximum(usual, 1e-3)
    both = relative.mean(axis=1)
    found: list[float] = []
    began: int | None = None
    for index, opening in enumerate(both.tolist()):
        if began is None and opening < _SHUT:
            began = index
        elif began is not None and opening > _OPEN_AGAIN:
            takes_s = float(times_s[index] - times_s[began])
            lowest = relative[began:index].min(axis=0)
            if _MIN_BLINK_S <= takes_s <= _MAX_BLINK_S and lowest.max() < _TAKES_PART and began > 0:
                found.append(float(times_s[began]))
            began = None
    return found
