"""The sentence that an avatar says when a provider fails twice, if the client has given none."""

from typing import Final

_SENTENCES: Final = {
    "en": "I am sorry, something went wrong on my side. Please say that again.",
    "de": "Entschuldigung, bei mir ist etwas schiefgegangen. Bitte sagen Sie das noch einmal.",
    "es": "Lo siento, algo ha fallado por mi parte. Por favor, repítalo.",
    "fr": "Je suis désolé, quelque chose n'a pas marché de mon côté. Pouvez-vous répéter ?",
    "it": "Mi dispiace, qualcosa non ha funzionato da parte mia. Può ripetere?",
    "pt": "Desculpe, algo correu mal do meu lado. Pode repetir, por favor?",
}


def default_fallback(language: str) -> str:
    """The sentence in a language, in English if it is not known; `language` is a BCP 47 tag."""
    return _SENTENCES.get(language.lower().partition("-")[0], _SENTENCES["en"])
