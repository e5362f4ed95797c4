"""Captions as files: SubRip and WebVTT."""

from collections.abc import Iterable

from visavis.engine.captions.cues import Cue


def to_srt(cues: Iterable[Cue]) -> str:
    """Captions in the format SubRip."""
    blocks = [
        [str(number), f"{_time(cue.start_s, ',')} --> {_time(cue.end_s, ',')}", *cue.lines, ""]
        for number, cue in enumerate(cues, start=1)
    ]
    return "\n".join("\n".join(block) for block in blocks)


def to_vtt(cues: Iterable[Cue]) -> str:
    """Captions in the format WebVTT."""
    blocks = [
        [f"{_time(cue.start_s, '.')} --> {_time(cue.end_s, '.')}", *map(_escaped, cue.lines), ""]
        for cue in cues
    ]
    return "\n".join("\n".join(block) for block in [["WEBVTT", ""], *blocks])


def _escaped(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _time(seconds: float, point: str) -> str:
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}{point}{ms % 1000:03}"
