"""What a rendering process does for recordings: it puts what workers recorded together, in one MP4 file."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import structlog
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Stream

from visavis.errors import VideoError
from visavis.realtime.outputs.mp4_recorder import Mp4Recorder
from visavis.realtime.outputs.recording_wire import RecordingSettings
from visavis.realtime.outputs.tracks import US
from visavis.realtime.sound import RATE_HZ
from visavis.worker.protocol import Remuxed, RemuxRequest

_USUAL_FPS: Final = 25

_log = structlog.get_logger()


def remux(request: RemuxRequest) -> Remuxed:
    """Put fragmented MP4 files together, in one that begins with its index; see `RemuxRequest`.

    What can be copied is copied. Only if workers recorded pictures of different kinds, because their settings
    differ, all are encoded again like the first ones.

    Raises:
        VideoError: The recording has no pictures, or cannot be read.
    """
    kinds = {video: kind for video in request.videos if (kind := _kind(video)) is not None}
    if not kinds:
        raise VideoError("The recording has no pictures.")
    videos = list(kinds)
    try:
        if len(set(kinds.values())) > 1:
            videos = [_encode(videos, request.output.with_stem("encoded"))]
        return Remuxed(duration_s=_copy(videos, request.output))
    except FFmpegError as error:
        raise VideoError("The recording cannot be read.") from error


def _kind(video: Path) -> tuple[object, ...] | None:
    """What pictures that can be joined have in common; `None` if a file has no pictures."""
    try:
        with av.open(str(video)) as source:
            if not any(packet.size for packet in _packets(source, source.streams.video)):
                return None
            context = source.streams.video[0].codec_context
            return context.width, context.height, context.extradata
    except (FFmpegError, IndexError) as error:
        _log.warning("recording_unreadable", reason=type(error).__name__)
        return None


def _copy(videos: Sequence[Path], output: Path) -> float:
    """Copy the packets of files, one file after the other. Returns the length of the video, in seconds."""
    ends_s = {"video": 0.0, "audio": 0.0}
    newest: dict[str, int] = {}
    with av.open(str(output), "w", format="mp4", options={"movflags": "+faststart"}) as target:
        tracks: dict[str, Stream] = {}
        for video in videos:
            begin_s = max(ends_s.values())
            with av.open(str(video)) as source:
                streams = (*source.streams.video, *source.streams.audio)
                for stream in streams:
                    if stream.type not in tracks:
                        tracks[stream.type] = target.add_stream_from_template(stream)
                for packet in _packets(source, streams):
                    kind, base = packet.stream.type, packet.time_base or Fraction(1)
                    moved = round(begin_s / base)
                    packet.pts, packet.dts = (packet.pts or 0) + moved, (packet.dts or 0) + moved
                    if kind in newest:  # a file's first packets are decoded before it begins
                        packet.dts = max(packet.dts, newest[kind] + 1)
                    newest[kind] = packet.dts
                    ends_s[kind] = max(ends_s[kind], float((packet.pts + (packet.duration or 0)) * base))
                    packet.stream = tracks[kind]
                    target.mux(packet)
    return ends_s["video"]


def _encode(videos: Sequence[Path], output: Path) -> Path:
    """Encode files again, like the first one. Returns the file that holds them all; it is fragmented."""
    with av.open(str(videos[0])) as first:
        stream = first.streams.video[0]
        fps = round(stream.average_rate or _USUAL_FPS)
        settings = RecordingSettings(path=output, side_px=stream.width, fps=fps)
    recorder, side, end_us = Mp4Recorder(settings), settings.side_px, 0
    for video in videos:
        begin_us = end_us
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
        with av.open(str(video)) as source:
            for frame in source.decode(*source.streams.video, *source.streams.audio):
                if not isinstance(frame, av.VideoFrame | av.AudioFrame):
                    continue
                at_us = begin_us + round((frame.time or 0.0) * US)
                end_us = max(end_us, at_us)
                if isinstance(frame, av.VideoFrame):
                    planes = frame.reformat(side, side, format="yuv420p").to_ndarray()
                    recorder.picture(at_us, planes.tobytes())
                else:
                    for part in resampler.resample(frame):
                        recorder.sound(at_us, part.to_ndarray().tobytes())
    recorder.close()
    return output


def _packets(source: InputContainer, streams: Sequence[Stream]) -> "Iterator[Packet[Stream]]":
    """The whole packets of a file. The last one of each stream is empty, and the file may end within one."""
    for packet in source.demux(*streams):
        if packet.dts is not None and packet.pts is not None and not packet.is_corrupt:
            yield packet
