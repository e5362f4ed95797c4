"""What a rendering process does for recordings: it puts the fragments of an MP4 file in order."""

import av
from av.error import FFmpegError

from visavis.errors import VideoError
from visavis.worker.protocol import Remuxed, RemuxRequest


def remux(request: RemuxRequest) -> Remuxed:
    """Copy a fragmented MP4 file to one that begins with its index; see `RemuxRequest`.

    Raises:
        VideoError: The recording has no pictures, or cannot be read.
    """
    end_s = 0.0
    try:
        with (
            av.open(str(request.video)) as source,
            av.open(str(request.output), "w", format="mp4", options={"movflags": "+faststart"}) as target,
        ):
            streams = {
                stream.index: target.add_stream_from_template(stream)
                for stream in (*source.streams.video, *source.streams.audio)
            }
            for packet in source.demux(*source.streams.video, *source.streams.audio):
                if packet.dts is None or packet.pts is None or packet.time_base is None:
                    continue  # the last one of each stream is empty
                if packet.is_corrupt:
                    continue  # the file ends within it
                if packet.stream.type == "video":
                    end_s = max(end_s, float((packet.pts + (packet.duration or 0)) * packet.time_base))
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
    except FFmpegError as error:
        raise VideoError("The recording cannot be read.") from error
    if end_s <= 0:
        raise VideoError("The recording has no pictures.")
    return Remuxed(duration_s=end_s)
