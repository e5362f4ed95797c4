"""What all errors have in common, and the way from a code back to its class."""

from typing import Any, ClassVar, Final

_BY_CODE: Final[dict[str, type["VisavisError"]]] = {}


class VisavisError(Exception):
    """Something went wrong that has a name.

    Attributes:
        code: Stable name of the error. Each class that defines one has one of its own.
        retryable: Whether the same request can succeed later, unchanged.
    """

    code: ClassVar[str] = "internal_error"
    retryable: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        _BY_CODE.setdefault(cls.code, cls)

    @property
    def message(self) -> str:
        """Text for the person who sent the input: what happened, and what to do."""
        return str(self)


def error_class(code: str) -> type[VisavisError]:
    """The class of a code; `VisavisError` itself for a code that no class has.

    A process that is told of an error by its code can raise the same error again.
    """
    return _BY_CODE.get(code, VisavisError)


class InputError(VisavisError):
    """The input cannot be used as it is."""

    code = "invalid_input"


class TryLaterError(VisavisError):
    """The request cannot be served now.

    Attributes:
        retry_after_s: Seconds after which to try again.
    """

    code = "try_later"
    retryable = True

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
