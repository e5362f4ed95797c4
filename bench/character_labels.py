"""Compares labels of painted characters, given without sight of the prompts, with what was painted.

    python -m bench.character_labels TRUTH LABELS... [--keep FILE]
    python -m bench.character_labels --quick

Each file of labels has a line for each picture: `number,sex,age,hair,glasses,beard`.

sex      woman, man
age      child (under 13), young (13 to 34), middle (35 to 54), old (55 and older)
hair     bald, short, long (from the chin down), tied, covered (a scarf or a hat over most of it)
glasses  yes, no
beard    none, stubble, moustache, beard

`--quick` compares the right labels of one character with themselves.
"""

import argparse
import csv
import json
from pathlib import Path

from visavis.painter import Character
from visavis.painter.catalogue import CUTS, Length
from visavis.painter.hats import HATS
from visavis.painter.headwear import HIDING_HAIR

Answers = dict[str, dict[str, list[str]]]
"""The right labels of each picture, by question."""

QUESTIONS = ("sex", "age", "hair", "glasses", "beard")
_BANDS = {"child": (0, 13), "young": (13, 35), "middle": (35, 55), "old": (55, 200)}
_SPARE_YEARS = 4  # nobody sees on which side of a border such an age lies
_TIED = frozenset(("bun", "ponytail", "plaits", "pigtails"))
_BESIDE = {  # cuts between two words
    "balding": ["bald", "short"],
    "buzz": ["short", "bald"],
    "cornrows": ["short", "tied"],
    "afro": ["short", "long"],
    "curtains": ["short", "long"],
    "dread_short": ["short", "long"],
    "bob": ["long", "short"],
    "fringe_bob": ["long", "short"],
}


def truth_of(character: Character) -> dict[str, list[str]]:
    """The labels that are right for a character; the first is the best."""
    age = character.age_years
    bands = [name for name, (low, high) in _BANDS.items() if low <= age < high]
    near = [name for name, (low, high) in _BANDS.items() if low - _SPARE_YEARS <= age < high + _SPARE_YEARS]
    beard = {None: "none", "stubble": "stubble", "moustache": "moustache"}.get(character.beard, "beard")
    return {
        "sex": ["woman" if character.femininity > 0.5 else "man"],
        "age": list(dict.fromkeys(bands + near)),
        "hair": _hair(character),
        "glasses": ["yes" if character.glasses else "no"],
        "beard": [beard, "beard"] if character.beard == "stubble" else [beard],
    }


def _hair(character: Character) -> list[str]:
    cut = character.hair.cut
    if character.headwear in HIDING_HAIR:
        return ["covered"]
    if cut in _TIED:
        said = ["tied"]
    elif cut == "bald":
        said = ["bald"]
    else:
        said = _BESIDE.get(cut) or ["short" if CUTS[cut].length is Length.SHORT else "long"]
    return [*said, "covered"] if character.headwear in HATS else said


def main() -> None:
    """Print how many labels of each question are right, by file; keep the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("truth", type=Path, nargs="?")
    parser.add_argument("labels", type=Path, nargs="*")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--keep", type=Path, help="file of the result")
    wanted = parser.parse_args()
    if wanted.quick or wanted.truth is None:
        right = truth_of(Character())
        _compare({"1": right}, {"1": [right[question][0] for question in QUESTIONS]})
        return
    truth: Answers = json.loads(wanted.truth.read_text())
    shares = []
    for path in wanted.labels:
        with path.open(newline="") as file:
            rows = {row[0].strip(): [each.strip().lower() for each in row[1:]] for row in csv.reader(file)}
        print(f"{path}: {len(rows.keys() & truth)} of {len(truth)} pictures")
        shares.append(_compare(truth, {number: row for number, row in rows.items() if number in truth}))
    if wanted.keep:
        found = {"pictures": len(truth), "right_percent": shares}
        wanted.keep.write_text(json.dumps(found, indent=1) + "\n")


def _compare(truth: Answers, rows: dict[str, list[str]]) -> dict[str, float]:
    """Percentage of right labels, by question; those that are missing are wrong."""
    right: dict[str, float] = {}
    for place, question in enumerate(QUESTIONS):
        wrong = [number for number, row in rows.items() if row[place] not in truth[number][question]]
        shown = "; ".join(f"{n}: {rows[n][place]}, was {truth[n][question][0]}" for n in wrong)
        right[question] = round(100 * (len(rows) - len(wrong)) / len(truth), 1)
        print(f"  {question:8} {right[question]:5.1f} %  {shown}")
    return right


if __name__ == "__main__":
    main()
