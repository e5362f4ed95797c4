"""The engine's one way from sound to frames, for files and live sessions alike.

sound ─blocks─▶ speech model ─rows, 50 Hz─▶ script ─▶ performer ─weights, one row a frame─▶ view ─▶ frames
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.performer import Emotion, Manners, Performer, reach_s
from visavis.engine.speech import RATE_HZ, Phoneme, Script, SpeechModel, SpeechMotion
from visavis.engine.speech.motion import ROW_RATE_HZ
from visavis.engine.view import View

DEFAULT_FPS: Final = Fraction(25)


@dataclass(frozen=True)
class Pose:
    """What a frame is to show, before it is drawn.

    Attributes:
        index: Of the frame, counted from 0.
        time_s: When it is due, on the sound's own clock.
        weights: Shape `(controls,)`.
    """

    index: int
    time_s: float
    weights: Floats


@dataclass(frozen=True)
class Frame:
    """One picture of the video.

    Attributes:
        index: Counted from 0.
        time_s: When it is due, on the sound's own clock.
        rgb: Shape `(height, width, 3)`.
    """

    index: int
    time_s: float
    rgb: Pixels


class Stream:
    """A talking face: takes sound as it comes, gives frames as soon as they can be told.

    Frame i is due at i/fps on the sound's clock and comes out `delay_s` after it at the latest. However the
    sound is cut into blocks, the frames are the same.
    """

    def __init__(
        self,
        view: View,
        speech: SpeechModel,
        *,
        fps: Fraction = DEFAULT_FPS,
        manners: Manners | None = None,
    ) -> None:
        """Begin.

        Args:
            view: What draws the face.
            speech: What hears the sound; may be shared between streams.
            fps: Frames a second.
            manners: How the person moves.
        """
        self._view, self._speech, self._fps = view, speech, fps
        self._state, self._script = speech.begin(), Script()
        self._performer = Performer(view.neutral, fps=float(fps), manners=manners)
        self._samples = self._frames = 0
        self.delay_s = speech.lookahead_s + reach_s(fps)

    @property
    def awaited_samples(self) -> int:
        """So many samples more complete the next frame; who hands in fewer at once gets none for them."""
        complete_s = (self._performer.awaited_row + 0.5) / ROW_RATE_HZ + self._speech.lookahead_s
        return max(0, round(complete_s * RATE_HZ) - self._samples)

    def push(self, samples: Floats) -> Iterator[Frame]:
        """Take in sound, give out frames.

        Listening happens at once; drawing happens while the frames are taken, which must be done before the
        next call.

        Args:
            samples: Shape `(samples,)`, mono, 16 kHz, −1..1; any number of them.
        """
        return map(self.draw, self.hear(samples))

    def hear(self, samples: Floats) -> list[Pose]:
        """As `push`, for who draws later, or not every frame.

        Args:
            samples: As those of `push`.
        """
        self._samples += len(samples)
        motion, self._state = self._speech.listen(samples, self._state)
        return self._poses(self._perform(motion)) if len(motion) else []

    def draw(self, pose: Pose) -> Frame:
        """The frame of a pose."""
        return Frame(pose.index, pose.time_s, self._view.draw(pose.weights))

    def feel(self, emotion: Emotion) -> None:
        """Blend into another emotion, beginning with the next frame."""
        self._performer.feel(emotion)

    def tell(self, phonemes: Iterable[Phoneme]) -> None:
        """Learn what will be said, before its sound comes; without it, the mouth goes by hearing alone.

        Args:
            phonemes: In order, later than those that were told before, on the clock of the sound.
        """
        self._script.add(phonemes)

    def forget(self, from_s: float) -> None:
        """What was told from a moment on will not be said."""
        self._script.drop(from_s)

    def finish(self) -> Iterator[Frame]:
        """The frames still owed: together they last as long as the sound, rounded up."""
        owed = self._perform(self._speech.finish(self._state))
        total = -(-self._samples * self._fps // RATE_HZ)
        drawn = self._frames + len(owed)
        yield from map(self.draw, self._poses(owed[: max(0, total - self._frames)]))
        if drawn < total:
            yield from map(self.draw, self._poses(self._performer.finish(total)))

    def _perform(self, motion: SpeechMotion) -> Floats:
        return self._performer.perform(self._script.lay_over(motion))

    def _poses(self, weights: Floats) -> list[Pose]:
        first = self._frames
        self._frames += len(weights)
        return [Pose(index, float(index / self._fps), row) for index, row in enumerate(weights, start=first)]
