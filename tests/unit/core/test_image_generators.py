"""What makes a picture: the request counts most, then the account, then what the installation has."""

import pytest

from visavis.core.image_generators import GeneratorChoice
from visavis.errors import NotPermittedError, RequestError
from visavis.ports.images import Generator


@pytest.mark.parametrize(
    ("chosen", "wanted", "made_by"),
    [
        (None, None, "service"),
        ("painter", None, "painter"),
        ("painter", "service", "service"),
        ("service", "painter", "painter"),
    ],
)
def test_the_request_counts_most(
    chosen: Generator | None, wanted: Generator | None, made_by: Generator
) -> None:
    assert GeneratorChoice(chosen).resolve(wanted, has_service=True) == made_by


def test_without_a_service_the_painter_paints() -> None:
    assert GeneratorChoice("service").resolve(None, has_service=False) == "painter"
    with pytest.raises(RequestError, match="no image service"):
        GeneratorChoice().resolve("service", has_service=False)


def test_an_operator_can_fix_the_choice() -> None:
    fixed = GeneratorChoice("painter", may_choose=False)
    assert fixed.resolve("painter", has_service=True) == "painter"
    with pytest.raises(NotPermittedError, match="your account uses painter"):
        fixed.resolve("service", has_service=True)
