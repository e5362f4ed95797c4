"""A conversation with an agent in the terminal: typed questions, and answers that are read and heard."""

import asyncio
import contextlib
import sys
import threading
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

from livekit import rtc

from visavis.cli.api_client import Server
from visavis.cli.console import complain, doing, say
from visavis.errors import LiveRoomError

_AGENT: Final = "agent"
_CHAT, _TRANSCRIPT = "lk.chat", "lk.transcription"
_STATE, _FINAL, _SEGMENT = "lk.agent.state", "lk.transcription_final", "lk.segment_id"
_LISTENING: Final = "listening"
_IDLE_TIMEOUT_S: Final = 3600
_COME_S: Final = 60.0
_ANSWER_S: Final = 60.0
_PROMPT: Final = "> "
_ERASE: Final = "\r\x1b[K"


async def talk_in_terminal(server: Server, code: str, *, plays_sound: bool) -> None:
    """Talk to an agent until an empty line, the end of the input, or the end of its session.

    Args:
        server: The server.
        code: Code of the agent.
        plays_sound: Whether it is to be heard.

    Raises:
        InputError: The server refuses the session.
        LiveRoomError: Its room cannot be joined, or the agent does not come.
    """
    agent = (await server.ask("GET", f"/v1/agent/{quote(code, safe='')}"))["data"]
    wanted = {"agent_id": code, "idle_timeout": _IDLE_TIMEOUT_S}
    session = await server.ask("POST", "/v1/realtime/session", json=wanted)
    try:
        talk = _Talk(agent.get("name") or code, is_dialogue=sys.stdin.isatty(), plays_sound=plays_sound)
        await talk.run(session["livekit_url"], session["token"])
    finally:
        with contextlib.suppress(Exception):  # it may have ended by itself
            await server.ask("DELETE", f"/v1/realtime/session/{session['session_id']}")


class _Terminal:
    """Writes what is said, in step with the voice, and the prompt below it."""

    def __init__(self, name: str, *, has_prompt: bool) -> None:
        self._name, self._prompt = name, _PROMPT if has_prompt else ""
        self._segment, self._shown, self._is_at_prompt = "", "", False

    def show(self, segment: str, text: str, *, is_final: bool) -> None:
        """Show what the agent says; the text of a segment grows while it is heard."""
        if not text and segment != self._segment:
            return
        if segment != self._segment:
            self._write(f"{_ERASE if self._is_at_prompt else ''}{self._name}: ")
            self._segment, self._shown, self._is_at_prompt = segment, "", False
        if text.startswith(self._shown):
            self._write(text[len(self._shown) :])
            self._shown = text
        if is_final:
            self._write("\n" if text == self._shown else " …\n")  # cut off
            self._segment = ""
            self.prompt()

    def prompt(self) -> None:
        """Show that something can be typed."""
        if self._prompt and not self._is_at_prompt:
            self._write(self._prompt)
            self._is_at_prompt = True

    def typed(self) -> None:
        """A line was typed: the prompt is used up."""
        self._is_at_prompt = False

    def _write(self, text: str) -> None:
        say.file.write(text)
        say.file.flush()


class _Talk:
    """A user in the room of the agent, without a microphone."""

    def __init__(self, name: str, *, is_dialogue: bool, plays_sound: bool) -> None:
        self._terminal = _Terminal(name, has_prompt=is_dialogue)
        self._is_dialogue, self._plays_sound = is_dialogue, plays_sound
        self._room = rtc.Room()
        self._lines: asyncio.Queue[tuple[rtc.TextStreamReader, str]] = asyncio.Queue()
        self._changed, self._over = asyncio.Event(), asyncio.Event()
        self._answers = 0
        self._player: Any = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, url: str, token: str) -> None:
        room = self._room
        for event in ("participant_connected", "participant_attributes_changed"):
            room.on(event, lambda *_: self._changed.set())
        room.on("disconnected", lambda *_: self._end())
        room.on("track_published", lambda publication, _person: self._subscribe(publication))
        room.on("track_subscribed", lambda track, _publication, _person: self._play(track))
        room.register_text_stream_handler(_TRANSCRIPT, lambda *line: self._lines.put_nowait(line))
        if self._plays_sound:
            self._player = _open_player()
        try:
            with doing("Waiting for the agent"):
                await room.connect(url, token, rtc.RoomOptions(auto_subscribe=False))
                for person in room.remote_participants.values():
                    for publication in person.track_publications.values():
                        self._subscribe(publication)
                await self._until(self._is_listening, _COME_S)
            await self._talk()
        except (rtc.ConnectError, TimeoutError) as error:
            raise LiveRoomError("The agent did not come. Look into the log of the server.") from error
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            if self._player is not None:
                await self._player.aclose()
            await room.disconnect()

    async def _talk(self) -> None:
        self._spawn(self._read_lines())
        self._terminal.prompt()
        lines, over = _typed_lines(), asyncio.create_task(self._over.wait())
        reading = asyncio.create_task(lines.get())
        try:
            while True:
                await asyncio.wait((reading, over), return_when=asyncio.FIRST_COMPLETED)
                if over.done():
                    complain.print("visavis: the session has ended.")
                    return
                line = (reading.result() or "").strip()
                if not line:
                    return
                self._terminal.typed()
                await self._ask(line)
                reading = asyncio.create_task(lines.get())
        finally:
            over.cancel()
            reading.cancel()

    async def _ask(self, text: str) -> None:
        """Send what was typed. Who types may interrupt the answer; what comes from a file waits for it."""
        answers = self._answers
        await self._room.local_participant.send_text(text, topic=_CHAT)
        if not self._is_dialogue:
            await self._until(lambda: self._answers > answers and self._is_listening(), _ANSWER_S)

    async def _read_lines(self) -> None:
        while True:
            reader, speaker = await self._lines.get()
            text, said = await reader.read_all(), reader.info.attributes or {}
            if speaker == self._room.local_participant.identity:
                continue
            is_final = said.get(_FINAL) == "true"
            self._terminal.show(said.get(_SEGMENT, ""), text.strip(), is_final=is_final)
            if is_final and text.strip():
                self._answers += 1
                self._changed.set()

    async def _until(self, condition: Callable[[], bool], within_s: float) -> None:
        async with asyncio.timeout(within_s):
            while not condition() and not self._over.is_set():
                self._changed.clear()
                await self._changed.wait()

    def _is_listening(self) -> bool:
        agent = self._room.remote_participants.get(_AGENT)
        return agent is not None and agent.attributes.get(_STATE) == _LISTENING

    def _end(self) -> None:
        self._over.set()
        self._changed.set()

    def _subscribe(self, publication: rtc.RemoteTrackPublication) -> None:
        if self._player is not None and publication.kind == rtc.TrackKind.KIND_AUDIO:
            publication.set_subscribed(True)

    def _play(self, track: rtc.Track) -> None:
        async def play() -> None:
            await self._player.add_track(track)
            await self._player.start()

        self._spawn(play())

    def _spawn(self, work: Any) -> None:
        self._tasks.add(asyncio.create_task(work))


def _open_player() -> Any:
    """What plays sound; `None` where there is no sound device, or the system has no PortAudio."""
    try:
        return rtc.MediaDevices().open_output()
    except Exception as error:  # noqa: BLE001 - PortAudio's own errors are only there where PortAudio is
        complain.print(f"visavis: there is no sound ({error}). The answers are shown.", markup=False)
        return None


def _typed_lines() -> asyncio.Queue[str | None]:
    """The lines of the standard input, and `None` at its end. A thread reads them: terminals block."""
    loop, lines = asyncio.get_running_loop(), asyncio.Queue[str | None]()

    def read() -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            for line in sys.stdin:
                loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, None)

    # A daemon: it does not keep the command from ending while nobody types.
    threading.Thread(target=read, daemon=True).start()
    return lines
