"""Writes MP4 files (H.264 and AAC) on a thread of its own. A file appears only when it is complete."""

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import av
import cv2
import numpy as np
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from visavis.engine.arrays import Floats, Pixels
from visavis.errors import OutputError
from visavis.whole_file import whole_file

SOUND_RATE_HZ: Final = 48_000

_WAITING_ITEMS: Final = 12  # frames and blocks that wait for the encoder; beyond, the renderer waits
_SOUND_BIT_RATE: Final = 128_000
_QUALITY: Final = "20"  # x264's constant rate factor: visually clean at this preset
PRESET: Final = "veryfast"
_ORIGIN: Final = "Made by AI with visavis: a photo moved by a sound."
_LIMITED_RANGE, _BT709 = 1, 1  # numbers in the standards


class Mp4Writer:
    """Encodes frames and audio while the caller makes the next ones.

    Use it in a `with`. A normal end completes the file and moves it to its path. An exception leaves nothing
    behind.
    """

    def __init__(
        self, path: Path, *, size: tuple[int, int], fps: Fraction, channels: int, title: str = ""
    ) -> None:
        """Prepare; nothing is written before the `with`.

        Args:
            path: Path of the complete file.
            size: Width and height, even numbers of pixels.
            fps: Frames a second.
            channels: Number of audio channels, 1 or 2, at `SOUND_RATE_HZ`.
            title: Title, for the metadata.
        """
        self._path = path
        self._size, self._fps, self._channels, self._title = size, fps, channels, title
        self._frames = self._samples = 0
        self._work: queue.Queue[Callable[[], None] | None] = queue.Queue(_WAITING_ITEMS)
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._encode, name="mp4-encoder")
        self._writing = contextlib.ExitStack()

    def __enter__(self) -> Self:
        """Start the file, under a temporary name beside its path.

        Raises:
            OutputError: The folder cannot be written to.
        """
        with contextlib.ExitStack() as stack:
            try:
                part = stack.enter_context(whole_file(self._path))
                stack.enter_context(self._open(part))
                stack.enter_context(self._encoder())
            except OSError as error:
                raise self._not_writable(error) from error
            self._writing = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._writing.__exit__(kind, error, trace)
        except OSError as failure:
            raise self._not_writable(failure) from failure

    @contextlib.contextmanager
    def _open(self, part: Path) -> Iterator[None]:
        part.touch(exist_ok=False)  # the library opens its file late; this shows now whether it can
        self._container: OutputContainer = av.open(
            str(part), "w", format="mp4", options={"movflags": "+faststart"}
        )
        try:
            self._video = _video_stream(self._container, self._size, self._fps)
            self._sound = self._container.add_stream("aac", rate=SOUND_RATE_HZ)
            self._sound.bit_rate = _SOUND_BIT_RATE
            self._sound.layout = "mono" if self._channels == 1 else "stereo"
            self._container.metadata["comment"] = _ORIGIN
            if self._title:
                self._container.metadata["title"] = self._title
            yield
            self._container.close()
        finally:
            with contextlib.suppress(FFmpegError, OSError):
                self._container.close()

    @contextlib.contextmanager
    def _encoder(self) -> Iterator[None]:
        """The first item starts the thread, so that Ctrl-C before the `with` leaves no thread behind."""
        try:
            yield
            self._put(self._flush)
        finally:
            if self._thread.ident is not None:
                self._work.put(None)
                self._thread.join()
        self._raise_failure()

    def _not_writable(self, error: OSError) -> OutputError:
        return OutputError(f"{self._path} cannot be written ({error.strerror}).")

    def add_frame(self, rgb: Pixels) -> None:
        """Append a frame, shape `(height, width, 3)`; the caller must not change it afterwards."""
        self._put(lambda: self._encode_frame(rgb))

    def add_sound(self, samples: Floats) -> None:
        """Append sound, shape `(channels, samples)`, −1..1."""
        self._put(lambda: self._encode_sound(samples))

    def _put(self, item: Callable[[], None]) -> None:
        self._raise_failure()
        if self._thread.ident is None:
            self._thread.start()
        self._work.put(item)

    def _raise_failure(self) -> None:
        if isinstance(self._failure, OSError):
            raise self._not_writable(self._failure) from self._failure
        if self._failure is not None:
            raise self._failure

    def _encode(self) -> None:
        """Run the encoder thread. After an error it only empties the queue, so that nobody waits for it."""
        while (item := self._work.get()) is not None:
            if self._failure is None:
                try:
                    item()
                except BaseException as failure:  # noqa: BLE001 - handed to the caller's thread
                    self._failure = failure

    def _encode_frame(self, rgb: Pixels) -> None:
        frame = av.VideoFrame.from_ndarray(bt709(rgb), format="yuv420p")
        frame.pts, frame.time_base = self._frames, 1 / self._fps
        frame.colorspace, frame.color_range = _BT709, _LIMITED_RANGE
        self._frames += 1
        self._container.mux(self._video.encode(frame))

    def _encode_sound(self, samples: Floats) -> None:
        layout = self._sound.layout.name
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=layout)
        frame.sample_rate, frame.pts = SOUND_RATE_HZ, self._samples
        frame.time_base = Fraction(1, SOUND_RATE_HZ)
        self._samples += samples.shape[1]
        self._container.mux(self._sound.encode(frame))

    def _flush(self) -> None:
        self._container.mux(self._video.encode(None))
        self._container.mux(self._sound.encode(None))


def _video_stream(container: OutputContainer, size: tuple[int, int], fps: Fraction) -> VideoStream:
    stream = container.add_stream("libx264", rate=fps)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    stream.options = {"preset": PRESET, "crf": _QUALITY}
    context = stream.codec_context
    context.colorspace, context.color_range = _BT709, _LIMITED_RANGE
    context.color_primaries = context.color_trc = _BT709
    # One thread: the renderer uses the other core, and the file does not depend on the machine.
    context.thread_count = 1
    return stream


def _rgb_to_bt709() -> Floats:
    """Rows for luma and both chromas, with offsets: limited range, 16..235 and 16..240."""
    luma = np.array([0.2126, 0.7152, 0.0722])
    blue = (np.array([0, 0, 1]) - luma) / (2 * (1 - luma[2]))
    red = (np.array([1, 0, 0]) - luma) / (2 * (1 - luma[0]))
    scaled = np.stack([luma * 219, blue * 224, red * 224]) / 255
    return np.column_stack([scaled, [16, 128, 128]]).astype(np.float32)


_TO_BT709: Final = _rgb_to_bt709()


def bt709(rgb: Pixels) -> Pixels:
    """Convert a picture to the usual format of H.264: BT.709, limited range, chroma at half resolution.

    OpenCV's own conversion is BT.601, which many players expect only for small pictures.

    Args:
        rgb: Shape `(height, width, 3)`, both even.

    Returns:
        Shape `(3 * height / 2, width)`: luma, then both chromas.
    """
    height, width = rgb.shape[:2]
    whole = cv2.transform(rgb, _TO_BT709)
    half = cv2.resize(whole, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    planes = np.empty((height * 3 // 2, width), np.uint8)
    planes[:height] = cv2.extractChannel(whole, 0)
    chroma = planes[height:].reshape(2, height // 2, width // 2)
    chroma[0], chroma[1] = cv2.extractChannel(half, 1), cv2.extractChannel(half, 2)
    return planes


__all__ = ["PRESET", "SOUND_RATE_HZ", "Mp4Writer", "bt709"]
