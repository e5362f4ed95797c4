"""Names that settings had in the last version: they still work, with a warning, in this one."""

from collections.abc import MutableMapping
from typing import Final

from visavis.errors import SettingsError

RENAMED: Final = {
    "VISAVIS_UPLOAD_MOST_BYTES": "VISAVIS_MAX_UPLOAD_BYTES",
    "VISAVIS_FACE_MOST_BYTES": "VISAVIS_MAX_FACE_BYTES",
    "VISAVIS_TEXT_MOST_CHARS": "VISAVIS_MAX_TEXT_CHARS",
    "VISAVIS_LEAST_FREE_BYTES": "VISAVIS_MIN_FREE_BYTES",
    "VISAVIS_RESULT_LIFE_S": "VISAVIS_RESULT_TTL_S",
    "VISAVIS_RIG_LIFE_S": "VISAVIS_RIG_TTL_S",
    "VISAVIS_JOB_LIMIT_S": "VISAVIS_JOB_TIMEOUT_S",
    "VISAVIS_RENDER_CHILDREN": "VISAVIS_RENDER_PROCESSES",
    "VISAVIS_FACE_CHILDREN": "VISAVIS_FACE_PROCESSES",
    "VISAVIS_CHILD_MEMORY_BYTES": "VISAVIS_MAX_PROCESS_MEMORY_BYTES",
    "VISAVIS_LIVE_KBPS": "VISAVIS_LIVE_MAX_KBPS",
    "VISAVIS_LIVE_MOST_S": "VISAVIS_LIVE_MAX_DURATION_S",
    "VISAVIS_LIVE_EXTERNAL_IDLE_S": "VISAVIS_LIVE_EXTERNAL_IDLE_TIMEOUT_S",
    "VISAVIS_LIVE_SWAP_TAKES_URLS": "VISAVIS_LIVE_ALLOW_SWAP_URLS",
    "VISAVIS_WEBHOOK_RETRY_AFTER_S": "VISAVIS_WEBHOOK_RETRY_DELAYS_S",
}
"""Old name to new name."""


def replace_old_names(environment: MutableMapping[str, str]) -> dict[str, str]:
    """Give variables with an old name their new one, so that child processes inherit that.

    Args:
        environment: Changed in place.

    Returns:
        Old name to new name of each variable that had an old one.

    Raises:
        SettingsError: A variable is set under both names, to different values.
    """
    replaced = {}
    names = {name.upper(): name for name in environment}
    for old, new in RENAMED.items():
        if old not in names:
            continue
        value = environment[names[old]]
        if environment.get(names.get(new, new), value) != value:
            raise SettingsError(
                f"{old} and {new} are set to different values. {old} is the old name of {new}: unset it."
            )
        del environment[names[old]]
        environment[names.get(new, new)] = value
        replaced[old] = new
    return replaced
