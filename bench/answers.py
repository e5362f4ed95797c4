"""How well the responder answers: right, wrong or refused, over questions written for it.

    python -m bench.answers [--quick] [--show] [--keep FILE]

`bench/data/answers.yaml` says what is asked and what is right. Its split `tune` is for making rules;
`held_out` says how good they are. `invented_sentences` counts what is in no source, and must be 0. Beside the
responder stands the plain form of its search, BM25 over words alone.
"""

import argparse
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from rank_bm25 import BM25Plus

from visavis.ports import ChatMessage
from visavis.providers.llm.responder import Responder
from visavis.providers.llm.responder.language import language
from visavis.providers.llm.responder.sources import Statement, read_sources

DATA: Final = Path(__file__).parent / "data/answers.yaml"
KINDS: Final = ("known", "unknown", "talk", "command")
_MIN_BM25: Final = 2.0


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


def plain_bm25(turns: Sequence[Turn]) -> list[str]:
    """The results of BM25 over words alone, with one threshold, for comparison."""
    results = []
    for turn in turns:
        texts = [message.content for message in turn.messages if message.role == "system"]
        statements = read_sources(texts, turn.tongue)
        results.append(judge(turn.wanted, _best_by_words(statements, turn), turn.tongue))
    return results


def _best_by_words(statements: Sequence[Statement], turn: Turn) -> list[str]:
    tongue = language(turn.tongue)
    index = BM25Plus([tongue.words(statement.text) for statement in statements])
    scores = index.get_scores([word for word in tongue.words(turn.question) if word not in tongue.stopwords])
    best = int(scores.argmax())
    return [statements[best].spoken] if scores[best] >= _MIN_BM25 else [tongue.replies["unknown"]]


def figures(answered: Sequence[Answered]) -> dict[str, Any]:
    """Results by split and kind, with the speed."""
    table: dict[str, Any] = {}
    for split in ("tune", "held_out"):
        of_split = [each for each in answered if each.turn.split == split]
        plain = plain_bm25([each.turn for each in of_split])
        table[split] = {"questions": len(of_split)}
        for kind in KINDS:
            chosen = [number for number, each in enumerate(of_split) if each.turn.kind == kind]
            counts = Counter(of_split[number].result for number in chosen)
            table[split][kind] = {name: counts[name] for name in ("right", "wrong", "refused")}
            words = Counter(plain[number] for number in chosen)
            if kind in ("known", "unknown"):
                table[split][kind]["bm25_of_words"] = {
                    name: words[name] for name in ("right", "wrong", "refused")
                }
    times = sorted(each.ms for each in answered)
    return {
        **table,
        "invented_sentences": sum(each.invented for each in answered),
        "processor_ms_p50": round(statistics.median(times), 2),
        "processor_ms_p95": round(times[int(0.95 * len(times))], 2),
        "processor_ms_max": round(times[-1], 2),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table, and keep it where asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help="the whole takes a few seconds, so it is the same"
    )
    parser.add_argument(
        "--show", choices=("tune", "held_out"), help="also print what was not right in this split"
    )
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args(arguments)
    answered = ask()
    for each in answered:
        if options.show == each.turn.split and each.result != "right":
            print(
                f"{each.turn.prompt:10s} {each.result:8s} {each.turn.question!r}: {' '.join(each.sentences)}"
            )
    table = figures(answered)
    print(json.dumps(table, indent=1))
    if options.keep:
        options.keep.write_text(json.dumps(table, indent=1) + "\n")


if __name__ == "__main__":
    main()
