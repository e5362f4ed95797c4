"""Agents: a face, a voice, a manner and a prompt under one code."""

from visavis.core.agents import knowledge
from visavis.core.agents.codes import RESERVED, check_code, new_code
from visavis.core.agents.files import AGENTS, orphaned, path_of
from visavis.core.agents.lifecycle import (
    AgentEnded,
    AgentState,
    NewAgent,
    codes,
    create,
    delete,
    find,
    find_ready,
    page,
    settle,
    state,
    update_prompt,
    voice_of,
)
from visavis.core.agents.messages import count_taken, live_rooms, send
from visavis.core.schema import CONTEXT, SPEAK

__all__ = [
    "AGENTS",
    "CONTEXT",
    "RESERVED",
    "SPEAK",
    "AgentEnded",
    "AgentState",
    "NewAgent",
    "check_code",
    "codes",
    "count_taken",
    "create",
    "delete",
    "find",
    "find_ready",
    "knowledge",
    "live_rooms",
    "new_code",
    "orphaned",
    "page",
    "path_of",
    "send",
    "settle",
    "state",
    "update_prompt",
    "voice_of",
]
