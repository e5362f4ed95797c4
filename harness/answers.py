"""Questions to the responder, its answers, and whether they are right."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from visavis.ports import ChatMessage
from visavis.providers.llm.responder import Responder
from visavis.providers.llm.responder.language import language
from visavis.providers.llm.responder.sources import read_sources

DATA: Final = Path(__file__).parent / "data/answers.yaml"


@dataclass(frozen=True)
class Turn:
    """A question in its conversation.

    Attributes:
        prompt: Name of the prompt.
        split: `tune` or `held_out`.
        tongue: Code of the language.
        messages: The conversation, up to and with the question.
        wanted: What is right, as the data say it; `None` for a refusal.
    """

    prompt: str
    split: str
    tongue: str
    messages: tuple[ChatMessage, ...]
    wanted: str | None

    @property
    def question(self) -> str:
        """The question."""
        return self.messages[-1].content

    @property
    def kind(self) -> str:
        """`known`, `unknown`, `talk` or `command`."""
        if self.wanted is None:
            return "unknown"
        if self.wanted == "(not)":
            return "command"
        return "talk" if self.wanted.startswith("(") else "known"


@dataclass(frozen=True)
class Answered:
    """A turn and its answer.

    Attributes:
        turn: Turn.
        sentences: Sentences of the answer.
        result: `right`, `wrong` or `refused`.
        ms: Processor time, in milliseconds.
        invented: Sentences that are in no source and no fixed phrase.
    """

    turn: Turn
    sentences: tuple[str, ...]
    result: str
    ms: float
    invented: int


def fixed_phrases(tongue: str) -> set[str]:
    """The phrases that are no statements."""
    return set(language(tongue).replies.values())


def is_fixed(sentence: str) -> bool:
    """Whether a sentence is a fixed phrase, an offer included."""
    for code in ("en", "de", "es", "fr", "it", "pt"):
        tongue = language(code)
        begin = tongue.replies["offer"].partition("{")[0]
        if sentence in fixed_phrases(code) or sentence.startswith(begin):
            return True
    return False


def judge(wanted: str | None, sentences: Sequence[str], tongue: str) -> str:
    """Whether an answer is right."""
    replies = language(tongue).replies
    stated = [sentence for sentence in sentences if not is_fixed(sentence)]
    if wanted is None or wanted == "(not)":
        return "wrong" if stated else "right"
    if wanted.startswith("("):
        return "right" if sentences == [replies[wanted[1:-1]]] else "wrong"
    if not stated:
        return "refused"
    parts = [part.strip() for part in wanted.split("|")]
    return "right" if all(any(part in sentence for part in parts) for sentence in stated) else "wrong"


def dialogues(path: Path = DATA) -> Iterator[tuple[dict[str, Any], list[Any]]]:
    """The prompts and their dialogues."""
    for prompt in yaml.safe_load(path.read_text("utf-8")):
        for dialogue in prompt["dialogues"]:
            yield prompt, dialogue


def ask(path: Path = DATA) -> list[Answered]:
    """Hold all dialogues with the responder."""
    answered = []
    responders: dict[str, Responder] = {}
    for prompt, dialogue in dialogues(path):
        responder = responders.setdefault(prompt["prompt"], Responder(prompt["language"]))
        texts = [prompt["system"], *prompt.get("knowledge", ())]
        sources = {each.spoken for each in read_sources(texts, prompt["language"])}
        messages = [ChatMessage("system", text) for text in texts]
        for question, wanted in dialogue:
            said = {message.content for message in messages if message.role == "assistant"}
            messages.append(ChatMessage("user", question))
            turn = Turn(prompt["prompt"], prompt["split"], prompt["language"], tuple(messages), wanted)
            responder.answer([*messages[: len(texts)], ChatMessage("user", "")])
            begun = time.thread_time()
            sentences = responder.answer(messages)
            ms = (time.thread_time() - begun) * 1000
            invented = sum(each not in sources | said and not is_fixed(each) for each in sentences)
            result = judge(wanted, sentences, prompt["language"])
            answered.append(Answered(turn, tuple(sentences), result, ms, invented))
            messages.append(ChatMessage("assistant", " ".join(sentences)))
    return answered
