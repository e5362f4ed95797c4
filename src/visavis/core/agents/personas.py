"""Who an agent is, from its prompt: its name, and what it says when it introduces itself."""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

_NAMED: Final = re.compile(
    r"\b(?:[Yy]our name is|you are named|you are called|named|called|[Mm]y name is)\s+"
    r"(?P<name>[A-Z][\w'-]{1,39}(?:\s[A-Z][\w'-]{1,39})?)(?![\w'-])"
)
_YOU_ARE: Final = re.compile(
    r"\b(?:[Yy]ou are|[Yy]ou're|I am|I'm)\s+(?P<name>[A-Z][a-z'-]{1,39}(?:\s[A-Z][\w'-]{1,39})?)"
    r"(?=[,.;]|\s(?:and|from|the|who)\b)"
)
_NAMES: Final = (
    *("Alex", "Robin", "Sam", "Charlie", "Jamie", "Kim", "Morgan", "Noel", "Quinn", "Sky"),
    *("Taylor", "Toni", "Val", "Ariel", "Jules", "Marlo"),
)
_PERSONAS: Final = (
    "You are {name}, a friendly AI assistant. You answer in one or two short sentences.",
    "You are {name}, a patient language teacher. You correct mistakes kindly and ask questions back.",
    "You are {name}, a cheerful travel guide. You know many places and suggest one thing at a time.",
    "You are {name}, a calm fitness coach. You encourage people and never judge them.",
    "You are {name}, a curious storyteller. You tell short stories and ask how they should go on.",
    "You are {name}, a helpful receptionist. You greet visitors and ask what brings them here.",
)


@dataclass(frozen=True)
class Persona:
    """Who an agent is.

    Attributes:
        name: Name of the person.
        system_prompt: How it is to be.
        introductions: What it says when it introduces itself, the longest first.
    """

    name: str
    system_prompt: str
    introductions: tuple[str, ...]


def persona(prompt: str, code: str) -> Persona:
    """The persona of an agent: what its prompt says, and the same for the same code where it says nothing.

    Args:
        prompt: Prompt of the client; may be empty.
        code: Code of the agent.
    """
    draw = seed_of(code)
    name = _name_in(prompt) or _NAMES[draw % len(_NAMES)]
    written = prompt.strip() or _PERSONAS[draw // len(_NAMES) % len(_PERSONAS)].format(name=name)
    hello = f"Hello! My name is {name}."
    return Persona(
        name,
        written,
        (
            f"{hello} It is nice to meet you. Ask me anything you like, and I will do my best to help you.",
            f"{hello} It is nice to meet you. How can I help you today?",
            f"{hello} How can I help you?",
            f"Hello, I am {name}.",
            "Hello!",
        ),
    )


def seed_of(code: str) -> int:
    """A number that is the same for the same code."""
    return int.from_bytes(hashlib.sha256(code.encode()).digest()[:6], "big")


def _name_in(prompt: str) -> str:
    found = _NAMED.search(prompt) or _YOU_ARE.search(prompt)
    return found["name"].strip() if found else ""
