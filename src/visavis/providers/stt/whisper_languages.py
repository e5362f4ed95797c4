"""The languages that Whisper knows."""

from typing import Final

from visavis.providers.tts.languages import find_language

# fmt: off
_CODES: Final = (
    "af", "am", "ar", "as", "az", "ba", "be", "bg", "bn", "bo", "br", "bs", "ca", "cs", "cy", "da",
    "de", "el", "en", "es", "et", "eu", "fa", "fi", "fo", "fr", "gl", "gu", "ha", "haw", "he", "hi",
    "hr", "ht", "hu", "hy", "id", "is", "it", "ja", "jw", "ka", "kk", "km", "kn", "ko", "la", "lb",
    "ln", "lo", "lt", "lv", "mg", "mi", "mk", "ml", "mn", "mr", "ms", "mt", "my", "ne", "nl", "nn",
    "no", "oc", "pa", "pl", "ps", "pt", "ro", "ru", "sa", "sd", "si", "sk", "sl", "sn", "so", "sq",
    "sr", "su", "sv", "sw", "ta", "te", "tg", "th", "tk", "tl", "tr", "tt", "uk", "ur", "uz", "vi",
    "yi", "yo", "zh",
)
# fmt: on
# Tags that Whisper writes differently.
_OTHER_CODES: Final = {"fil": "tl", "jv": "jw", "nb": "no", "yue": "zh"}
_CODE_BY_TAG: Final = {code: code for code in _CODES} | _OTHER_CODES


def whisper_language(tag: str) -> str | None:
    """Whisper's code of a language.

    Args:
        tag: BCP 47 tag.

    Returns:
        The code, such as `de`; `None` if Whisper does not know the language.
    """
    found = find_language(tag, _CODE_BY_TAG.keys())
    return None if found is None else _CODE_BY_TAG[found]
