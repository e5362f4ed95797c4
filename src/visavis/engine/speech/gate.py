"""Is somebody speaking: the network's opinion made steady, so that a mouth neither flutters nor lags."""

from typing import Final, NamedTuple

from visavis.engine.speech.motion import ROW_RATE_HZ

_ATTACK_S: Final = 0.015
_RELEASE_S: Final = 0.050
_FAINT_DB: Final = (-90.0, -80.0)
"""Below the first no sound opens the mouth, above the second level does not matter."""


class GateState(NamedTuple):
    """What the gate remembers: its last answer."""

    voice: float = 0.0


def voice(opinion: float, loudness_db: float, state: GateState) -> tuple[float, GateState]:
    """One row of the voice gate.

    A one-pole filter that opens faster than it closes, after a soft decision and a floor for sound
    too faint to be meant for anybody.

    Args:
        opinion: The network's probability that somebody speaks, 0..1.
        loudness_db: Level at that moment.
        state: From the row before.

    Returns:
        The gate, 0..1, and the state for the next row.
    """
    faint, clear = _FAINT_DB
    heard = min(1.0, max(0.0, (loudness_db - faint) / (clear - faint)))
    # Halfway opinions are decided: below 0.3 nobody speaks, above 0.7 somebody does.
    decided = min(1.0, max(0.0, (opinion - 0.3) / 0.4))
    wanted = heard * decided
    seconds = _ATTACK_S if wanted > state.voice else _RELEASE_S
    share = 1.0 / (1.0 + seconds * ROW_RATE_HZ)
    answer = state.voice + share * (wanted - state.voice)
    return answer, GateState(answer)
