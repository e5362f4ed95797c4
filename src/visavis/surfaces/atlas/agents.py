"""Agents in live sessions: what a request leaves open is the agent's."""

from dataclasses import dataclass

from visavis.core import agents, sessions
from visavis.core.identity.principals import Principal
from visavis.ports import Voice
from visavis.ports.conversation import ConversationConfig
from visavis.surfaces.atlas.live_wire import SessionRequest
from visavis.surfaces.shared.context import Context


@dataclass(frozen=True)
class SessionAgent:
    """An agent that a session is to show.

    Attributes:
        id: ID of its row.
        rig_id: ID of its rig.
        system_prompt: Its prompt.
        voice: Its voice.
        has_own_voice: Whether the session is to have its voice.
    """

    id: int
    rig_id: str | None
    system_prompt: str
    voice: Voice
    has_own_voice: bool

    def completed(self, body: SessionRequest) -> SessionRequest:
        """A request with the agent's prompt, voice and mode where it names none."""
        given = body.model_fields_set
        more: dict[str, str] = {}
        if "mode" not in given:
            more["mode"] = sessions.CONVERSATION
        has_prompt = bool(body.system_prompt or body.instructions)
        if more.get("mode", body.mode) == sessions.CONVERSATION and not has_prompt:
            more["system_prompt"] = self.system_prompt
        if self.has_own_voice:
            more |= {"voice": self.voice.name, "language": self.voice.language}
        return body.model_copy(update=more)

    def spoken(self, config: ConversationConfig | None) -> ConversationConfig | None:
        """A conversation with the tempo and the pitch of the agent's voice."""
        if not self.has_own_voice:
            return config
        wanted = config or ConversationConfig(hears=False)
        return wanted.model_copy(update={"tempo": self.voice.tempo, "pitch": self.voice.pitch})


async def agent_of(context: Context, principal: Principal, body: SessionRequest) -> SessionAgent:
    """The agent that a request names.

    Raises:
        AgentMissingError: The account has none with that code.
        AgentNotReadyError: It is still being made, or could not be made.
    """
    async with context.database.transaction() as tx:
        agent = await agents.find_ready(tx, principal, body.agent_id)
    return SessionAgent(
        id=agent.id,
        rig_id=agent.rig_id,
        system_prompt=agent.system_prompt,
        voice=agents.voice_of(agent),
        has_own_voice=not body.voice and not body.language,
    )
