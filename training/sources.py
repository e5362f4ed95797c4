"""Which speech is trained on, which is kept for measuring, and how much of each.

What is trained on is free of share-alike terms: the licences are listed in docs/speech-model.md. Voices under
the GPL or LGPL only measure.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from training import espeak, festival, flite, russian
from training.corpus import Utterance, load, minutes, save


@dataclass(frozen=True, slots=True)
class Source:
    """One file of speech.

    Attributes:
        name: Of the file.
        make: Makes it anew.
        trained: Whether the shipped model hears it.
    """

    name: str
    make: Callable[[], list[Utterance]]
    trained: bool

    def file(self, folder: Path) -> Path:
        """Where it is kept."""
        return folder / f"{self.name}.npz"


def _festival(key: str, length_minutes: float, *, trained: bool) -> Source:
    return Source(f"festival_{key}", lambda: festival.generate(key, length_minutes, 5), trained)


def _flite(voice: str, length_minutes: float, *, trained: bool) -> Source:
    return Source(f"flite_{voice}", lambda: flite.generate(voice, length_minutes, 7), trained)


def _hibari() -> list[Utterance]:
    from training import kokoro  # needs packages that only training installs

    return kokoro.generate_hibari(45, 21)


def _kokoro_trained() -> list[Utterance]:
    from training import kokoro

    return kokoro.generate_kokoro(KOKORO, kokoro.TRAINED, 30, 31)


def _kokoro_measured() -> list[Utterance]:
    from training import kokoro

    return kokoro.generate_kokoro(KOKORO, kokoro.MEASURED, 3, 51)


KOKORO = Path(__file__).parent / "build" / "kokoro"
"""Where its model and voices are kept."""

SOURCES: tuple[Source, ...] = (
    Source("espeak_english", lambda: espeak.generate(espeak.ENGLISH, 70, 1), trained=True),
    Source("espeak_others", lambda: espeak.generate(espeak.OTHERS, 70, 2), trained=True),
    Source(
        "russian", lambda: [item for at, item in enumerate(russian.recordings()) if at % 10], trained=True
    ),
    Source("hibari", _hibari, trained=True),
    Source("kokoro_trained", _kokoro_trained, trained=True),
    *(_festival(key, 20, trained=True) for key in ("slt", "ked", "kal")),
    *(_flite(voice, 25, trained=True) for voice in ("awb", "rms")),
    *(_flite(voice, 15, trained=True) for voice in ("slt", "kal16")),
    *(
        _festival(key, 3, trained=False)
        for key in (
            "lp",
            "pc",
            "mv",
            "lj",
            "dita",
            "krb",
            "machac",
            "ph",
            "hindi",
            "telugu",
            "ona",
        )
    ),
    Source("kokoro", _kokoro_measured, trained=False),
    Source("russian_test", lambda: russian.recordings()[::10], trained=False),
)


NATURAL = ("kokoro_trained",)
"""Of which the refined networks hear more, as real speech is more like them."""

FLITE = ("flite_awb", "flite_rms", "flite_slt", "flite_kal16")
FLITE_STRANGERS = ("flite/awb", "flite/rms")
"""Those of its voices whose speakers festival does not have."""

HELD_OUT: dict[str, tuple[str, ...]] = {
    "diphone voices never heard, five languages": tuple(
        f"festival_{key}"
        for key in ("lp", "pc", "mv", "lj", "dita", "krb", "machac", "ph", "hindi", "telugu")
    ),
    "natural voices never heard, three languages": ("kokoro",),
    "HTS voice never heard (Catalan)": ("festival_ona",),
    "Russian man, recordings kept back": ("russian_test",),
}
"""What is measured on: a title, and the sources under it."""


def collect(folder: Path, sources: Iterable[Source] = SOURCES) -> None:
    """Make the files that are missing."""
    for source in sources:
        if not source.file(folder).exists():
            made = source.make()
            save(source.file(folder), made)
            print(f"{source.name}: {len(made)} recordings, {minutes(made):.1f} minutes", flush=True)


def read(folder: Path, names: Iterable[str]) -> list[Utterance]:
    """The recordings of the named sources."""
    by_name = {source.name: source for source in SOURCES}
    return load(by_name[name].file(folder) for name in names)
