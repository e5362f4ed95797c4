"""Voice activity in windows that overlap by half, so that a begin and an end are noticed sooner."""

import numpy as np

from visavis.engine.arrays import Floats
from visavis.ports import VoiceActivityDetector


class OverlappingWindows:
    """Voice activity of one speaker, twice a window.

    Two streams of a detector hear the same sound, the second one half a window later. A window of 32 ms then
    tells something every 16 ms: a turn begins 8 ms sooner on average, and ends 16 ms nearer to its limit.
    """

    def __init__(self, detector: VoiceActivityDetector) -> None:
        """Prepare.

        Args:
            detector: Tells voice from everything else.
        """
        self.step_samples = detector.window_samples // 2
        """Number of samples from one probability to the next."""
        self._streams = detector.stream(), detector.stream()
        self._streams[1].push(np.zeros(self.step_samples, np.float32))
        self._kept: Floats = np.zeros(0, np.float32)

    def push(self, samples: Floats) -> list[float]:
        """The probabilities of voice, 0..1, of the windows that these samples complete.

        Args:
            samples: Shape `(n,)`, at `RECOGNITION_RATE_HZ`.
        """
        kept = np.concatenate([self._kept, samples])
        found: list[float] = []
        while len(kept) >= self.step_samples:
            part, kept = np.split(kept, [self.step_samples])
            for stream in self._streams:
                found += stream.push(part)
        self._kept = kept
        return found
