"""An output in a room besides the session's own, such as one on somebody else's LiveKit server."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

from visavis.engine.arrays import Pixels
from visavis.realtime.outputs.livekit import LiveKitOutput
from visavis.realtime.outputs.viewers import ViewersRoom
from visavis.realtime.ports import VideoSettings
from visavis.realtime.sound import Block


class OtherRoomOutput:
    """An `AvOutput` that publishes in a room, whenever it can be joined and somebody is there."""

    def __init__(
        self,
        url: str,
        token: str,
        video: VideoSettings,
        open_way: Callable[[str], AbstractAsyncContextManager[str]],
    ) -> None:
        """Prepare; `run` does the work.

        Args:
            url: URL of the room server.
            token: Token to join with.
            video: Video settings.
            open_way: Opens the way to a room server for the duration of a block; it yields the URL to
                connect to.
        """
        self._url, self._token, self._open_way = url, token, open_way
        self._output = LiveKitOutput(video)
        self._running: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Stay in the room until closed."""
        self._running = asyncio.create_task(self._stay())
        await asyncio.wait({self._running})

    async def play(self, blocks: Sequence[Block], time_s: float) -> None:
        """Play blocks."""
        await self._output.play(blocks, time_s)

    def show(self, rgb: Pixels, time_s: float) -> None:
        """Show a frame."""
        self._output.show(rgb, time_s)

    async def close(self) -> None:
        """Leave the room."""
        self._output.stop()
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        await self._output.close()

    async def _stay(self) -> None:
        async with self._open_way(self._url) as url:
            self._output.open()
            await ViewersRoom(url, self._token, self._output.publish).run()
