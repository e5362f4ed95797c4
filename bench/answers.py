"""How well the responder answers: right, wrong or refused, over questions written for it.

    python -m bench.answers [--quick] [--show] [--keep FILE]

`harness/data/answers.yaml` says what is asked and what is right. Its split `tune` is for making rules;
`held_out` says how good they are. `invented_sentences` counts what is in no source, and must be 0. Beside the
responder stands the plain form of its search, BM25 over words alone.
"""

import argparse
import json
import statistics
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from harness.answers import Answered, Turn, ask, judge
from rank_bm25 import BM25Plus

from visavis.providers.llm.responder.language import language
from visavis.providers.llm.responder.sources import Statement, read_sources

KINDS: Final = ("known", "unknown", "talk", "command")
_MIN_BM25: Final = 2.0


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
