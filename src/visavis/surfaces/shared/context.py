"""What every surface is given."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request

from visavis.core.database import Database
from visavis.ports import ObjectStore, SpeechSynthesizer


@dataclass(frozen=True)
class Limits:
    """What the operator decided.

    Attributes:
        requests_per_minute: Of keys without a rate of their own.
        upload_most_bytes: All files of a request together.
        text_most_chars: Of text to be spoken.
        result_life_s: How long results, and links to them, last.
        public_url: How clients reach this server; nothing to take it from each request.
    """

    requests_per_minute: int
    upload_most_bytes: int
    text_most_chars: int
    result_life_s: int
    public_url: str | None


@dataclass(frozen=True)
class Context:
    """What every surface is given.

    Attributes:
        database: The state.
        store: The files.
        synthesizer: Says texts.
        check_media: Looks whether a photo and a sound can be used; raises `InputError`.
        check_callback: Looks whether an address can be notified; raises `CallbackError`.
        open_link: The file behind a link of ours (name, expires, signature); nothing where the store makes
            its own.
        folder: For uploads on their way.
        limits: What the operator decided.
    """

    database: Database
    store: ObjectStore
    synthesizer: SpeechSynthesizer
    check_media: Callable[[Path | None, Path | None], Awaitable[None]]
    check_callback: Callable[[str], Awaitable[None]]
    open_link: Callable[[str, str, str], Path | None] | None
    folder: Path
    limits: Limits

    def base_url(self, request: Request) -> str:
        """How the client of a request reaches this server, without a slash at the end."""
        return (self.limits.public_url or str(request.base_url)).rstrip("/")
