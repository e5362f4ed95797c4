"""A conversation, from joining the room to leaving it: ears, answers and voice around one `AgentSession`."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

import structlog
from livekit import rtc
from livekit.agents import Agent, AgentSession, AgentStateChangedEvent, llm
from livekit.agents.types import ATTRIBUTE_AGENT_STATE, APIConnectOptions
from livekit.agents.voice.agent_session import SessionConnectOptions
from livekit.agents.voice.transcription import TranscriptSynchronizer

from visavis.errors import LiveRoomError, VisavisError
from visavis.ports import (
    ConversationConfig,
    LanguageModel,
    SpeechRecognizer,
    SpeechSynthesizer,
    TranscriptSegment,
    Voice,
    VoiceActivityDetector,
)
from visavis.ports.knowledge import Embedder
from visavis.realtime.calls import LibraryCalls, leave_room, refreshed_token
from visavis.realtime.conversation.answers import Answers
from visavis.realtime.conversation.avatar_output import AvatarOutput
from visavis.realtime.conversation.chat import ChatInput
from visavis.realtime.conversation.documents import Documents
from visavis.realtime.conversation.ears import Ears
from visavis.realtime.conversation.fallback import default_fallback
from visavis.realtime.conversation.hearsay import RecentSpeech
from visavis.realtime.conversation.listener import Listener
from visavis.realtime.conversation.microphones import Microphones
from visavis.realtime.conversation.patience import Patience
from visavis.realtime.conversation.speaker import Speaker
from visavis.realtime.conversation.spoken_text import SpokenTextOutput
from visavis.realtime.conversation.texts import TextsToSay, TextToSay
from visavis.realtime.conversation.tools import CallAddress, make_tool
from visavis.realtime.conversation.transcript import Transcript
from visavis.realtime.conversation.voice import AvatarVoice
from visavis.realtime.sentences import Sentence
from visavis.realtime.speak_requests import SpeakRequests, is_interruption

_JOIN_S: Final = 10.0
_RESUME_S: Final = 0.1  # after what turned out to be no interruption
_ONCE: Final = APIConnectOptions(max_retry=0, timeout=30.0)

_SENT_AWAY: Final = {
    rtc.DisconnectReason.ROOM_DELETED,
    rtc.DisconnectReason.ROOM_CLOSED,
    rtc.DisconnectReason.PARTICIPANT_REMOVED,
    rtc.DisconnectReason.DUPLICATE_IDENTITY,
}

_log = structlog.get_logger()


@dataclass(frozen=True)
class Providers:
    """What a conversation is made with; loaded once.

    Attributes:
        synthesizer: Speaks.
        local: Speaks when that fails; needs neither network nor model.
        recognizer: Recognizes what users say.
        detector: Tells voice from everything else.
        create_model: Makes what answers in a language, a BCP 47 tag.
        prepare: Loads the models that a conversation needs, those that are not loaded.
        call_address: Calls the web addresses of tools.
        load_embedder: Gives what says what questions mean; `None` if its model is not on this machine.
        patience_for: How long to wait for these providers, when they speak with a voice.
    """

    synthesizer: SpeechSynthesizer
    local: SpeechSynthesizer
    recognizer: SpeechRecognizer
    detector: VoiceActivityDetector
    create_model: Callable[[str], LanguageModel]
    prepare: Callable[[ConversationConfig], Awaitable[None]]
    call_address: CallAddress
    load_embedder: Callable[[], Embedder | None] = lambda: None
    patience_for: Callable[[Voice], Patience] = lambda _: Patience()


@dataclass(frozen=True)
class Place:
    """Where a conversation is held.

    Attributes:
        url: Address of the room server.
        token: Token of the agent.
        avatar: Identity of the avatar that speaks for it.
        age_s: Seconds since it began, maybe in another process.
    """

    url: str
    token: str
    avatar: str
    age_s: float = 0.0


class ConversationObserver(Protocol):
    """Is told what happens in a conversation."""

    def joined(self) -> None:
        """The agent is in the room."""
        ...

    def said(self, segment: TranscriptSegment) -> None:
        """A segment of the transcript is final."""
        ...

    def spoken(self, sequence: int, position: int, is_done: bool) -> None:
        """So many sentences of a session message were spoken; whether nothing more of it will be."""
        ...

    def token_refreshed(self, token: str) -> None:
        """The room server gave a newer token."""
        ...


class Conversation:
    """One conversation."""

    def __init__(
        self,
        place: Place,
        config: ConversationConfig,
        providers: Providers,
        observer: ConversationObserver,
        *,
        documents: Documents | None = None,
    ) -> None:
        """Prepare; nothing is connected.

        Args:
            place: Where it is held.
            config: What it is to be like.
            providers: What it is made with.
            observer: Is told what happens.
            documents: What the agent knows; `None` if it has no documents.
        """
        self._documents = documents
        self._place, self._config, self._providers, self._observer = place, config, providers, observer
        self._room, self._calls = rtc.Room(), LibraryCalls()
        self._over = asyncio.Event()
        self._said = RecentSpeech()
        self._fallback = config.fallback or default_fallback(config.language)
        self._texts = TextsToSay(observer.spoken)
        self._learned: list[str] = []  # until there is something to answer with
        self._answers: Answers | None = None
        self._states: asyncio.Queue[AgentStateChangedEvent] = asyncio.Queue()
        self._session: AgentSession[None] | None = None
        self._transcript: Transcript | None = None
        self._is_leaving = self._was_sent_away = False

    def speak(self, text: str) -> None:
        """Have the avatar say a text, after what it says now.

        Raises:
            RequestError: Too many texts wait.
        """
        self._texts.add(TextToSay(text))

    def say(self, wanted: TextToSay) -> None:
        """Have the avatar say the text of a session message, and report how far it is."""
        self._texts.add(wanted)
        if wanted.now and self._session is not None:
            self._session.interrupt()

    def learn(self, text: str) -> None:
        """Let the avatar answer from a text too, from its next answer on."""
        if self._answers is None:
            self._learned.append(text)
        else:
            self._answers.learn(text)

    def answer(self, text: str) -> None:
        """Have the avatar answer a text."""
        if self._session is not None and self._transcript is not None:
            self._transcript.user_wrote(text)
            self._session.interrupt()
            self._session.generate_reply(user_input=text)

    def interrupt(self) -> None:
        """Stop what the avatar says, and drop what waits to be said."""
        self._texts.clear()
        if self._session is not None:
            with contextlib.suppress(RuntimeError):  # it does not run yet, so it says nothing
                self._session.interrupt()

    def end(self) -> None:
        """Let it be over."""
        self._over.set()

    async def run(self) -> bool:
        """Hold the conversation until it ends, or the room is lost.

        Returns:
            Whether the agent was sent away: the room was deleted, or another agent has taken its place.

        Raises:
            LiveRoomError: The room cannot be joined.
        """
        speaking, chatting = SpeakRequests(self._room, self.speak), ChatInput(self._room, self.answer)
        if self._config.hears:  # otherwise the avatar's own process takes texts
            speaking.listen()
            chatting.listen()
        self._room.on("data_received", self._interrupt_if_asked)
        self._room.on("disconnected", self._note_gone)
        self._room.on("token_refreshed", lambda: self._observer.token_refreshed(refreshed_token(self._room)))
        try:
            await self._join()
            await self._hold()
        finally:
            self._is_leaving = True
            await speaking.close()
            await chatting.close()
            await leave_room(self._room, self._calls)
        return self._was_sent_away

    def _interrupt_if_asked(self, packet: rtc.DataPacket) -> None:
        if is_interruption(packet):
            self.interrupt()

    def _note_gone(self, reason: Any) -> None:
        if not self._is_leaving:
            self._was_sent_away = reason in _SENT_AWAY
        self.end()

    async def _join(self) -> None:
        options = rtc.RoomOptions(auto_subscribe=False, dynacast=False, connect_timeout=_JOIN_S)
        try:
            async with asyncio.timeout(_JOIN_S):
                await self._calls.finish(self._room.connect(self._place.url, self._place.token, options))
        except (rtc.ConnectError, TimeoutError) as error:
            raise LiveRoomError(f"The room cannot be joined ({type(error).__name__}).") from error

    async def _hold(self) -> None:
        config, providers = self._config, self._providers
        transcript = self._transcript = Transcript(
            self._room,
            self._place.avatar,
            on_final=self._observer.said,
            sources_of=self._documents.sources_of if self._documents else lambda _: (),
            age_s=self._place.age_s,
        )
        spoken_with = Voice(config.language, config.voice, config.tempo, config.pitch)
        patience = providers.patience_for(spoken_with)
        voice = AvatarVoice(
            providers.synthesizer,
            spoken_with,
            local=providers.local,
            local_voice=Voice(config.language),
            first_s=patience.sound_s,
            on_sentence=self._said.add,
            upcoming=self._texts.upcoming,
        )
        output = AvatarOutput(self._room, self._place.avatar, voice.scripts, self._which_sentence)
        ears = Ears()
        synchronizer = TranscriptSynchronizer(
            next_in_chain_audio=output, next_in_chain_text=SpokenTextOutput(transcript, output)
        )
        tools: list[llm.Tool | llm.Toolset] = [
            make_tool(each, self._room, providers.call_address, self._find_user) for each in config.tools
        ]
        model = providers.create_model(config.language)
        answers = Answers(
            model,
            knowledge=config.knowledge,
            fallback=self._fallback,
            first_s=patience.answer_s,
            on_failure=lambda: voice.prepare(self._fallback),
            documents=self._documents,
        )
        self._answers = answers
        for text in self._learned:
            answers.learn(text)
        session = self._session = _session(ears, voice, answers, hears=config.hears)
        session.on("agent_state_changed", self._states.put_nowait)
        session.output.audio = synchronizer.audio_output
        session.output.transcription = synchronizer.text_output
        listener = Listener(
            ears,
            transcript,
            self._said,
            is_avatar_speaking=lambda: output.is_speaking,
            on_failure=lambda: self.speak(self._fallback),
        )

        def make_speaker(identity: str) -> Speaker:
            return Speaker(
                identity,
                providers.detector,
                providers.recognizer,
                config.language,
                listener,
                text_s=patience.text_s,
            )

        microphones = Microphones(self._room, self._place.avatar, listener.speakers, make_speaker)
        agent = Agent(instructions=config.instructions, tools=tools)
        say_all = self._texts.say_all(session, transcript.sentence_said)
        work: list[Any] = [output.run(), transcript.run(), say_all, self._show_states()]
        if config.hears:
            work.append(microphones.run())
        await self._warm_up(answers)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each) for each in work]
            await session.start(agent, record=False, session_host=False)
            self._observer.joined()
            if config.greeting:
                self.speak(config.greeting)
            await self._over.wait()
            with contextlib.suppress(RuntimeError):
                await session.aclose()
            await synchronizer.aclose()
            await voice.aclose()
            for task in tasks:
                task.cancel()
        await model.close()

    async def _warm_up(self, answers: Answers) -> None:
        """Load what is needed. What cannot be loaded now may work when it is needed, and says so if not."""
        try:
            await self._providers.prepare(self._config)
            if self._config.hears:
                chat = llm.ChatContext()
                chat.add_message(role="system", content=self._config.instructions)
                await answers.warm_up(chat)
        except VisavisError as error:
            _log.warning("not_prepared", code=error.code, reason=error.message)

    async def _show_states(self) -> None:
        """Tell clients, as an attribute of the agent, whether it listens, thinks or speaks."""
        while True:
            state = (await self._states.get()).new_state
            await self._room.local_participant.set_attributes({ATTRIBUTE_AGENT_STATE: state})

    def _which_sentence(self) -> Sentence | None:
        """Which sentence of a session message is said now."""
        return self._texts.sentence_of(self._session.current_speech) if self._session is not None else None

    def _find_user(self) -> str | None:
        """Identity of the user whose client offers tools: the first one who is not an agent."""
        return next(
            (
                identity
                for identity, person in self._room.remote_participants.items()
                if person.kind != rtc.ParticipantKind.PARTICIPANT_KIND_AGENT
            ),
            None,
        )


def _session(ears: Ears, voice: AvatarVoice, answers: Answers, *, hears: bool) -> AgentSession[None]:
    """A session that acts at once on what its ears tell."""
    heard: dict[str, Any] = {"stt": ears.recognition, "vad": ears.activity} if hears else {"vad": None}
    return AgentSession(
        **heard,
        llm=answers,
        tts=voice,
        turn_handling={
            "turn_detection": "vad" if hears else "manual",
            "endpointing": {"mode": "fixed", "min_delay": 0.0, "max_delay": 0.0},
            "interruption": {
                "enabled": True,
                "mode": "vad",
                "min_duration": 0.0,
                "min_words": 0,
                "resume_false_interruption": True,
                "false_interruption_timeout": _RESUME_S,
                "discard_audio_if_uninterruptible": False,
            },
            "preemptive_generation": {"enabled": True, "preemptive_tts": True, "max_retries": 10},
        },
        use_tts_aligned_transcript=True,
        aec_warmup_duration=None,
        user_away_timeout=None,
        conn_options=SessionConnectOptions(
            stt_conn_options=_ONCE, llm_conn_options=_ONCE, tts_conn_options=_ONCE
        ),
    )
