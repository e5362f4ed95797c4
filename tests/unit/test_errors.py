"""The tree of errors, and the way from a code back to its class."""

import inspect

import pytest

from visavis import errors
from visavis.errors import DatabaseError, NoFaceError, VisavisError, error_class

CLASSES = [each for each in vars(errors).values() if inspect.isclass(each) and issubclass(each, VisavisError)]


@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)
def test_each_class_has_a_code_of_its_own(error: type[VisavisError]) -> None:
    assert [each for each in CLASSES if each.code == error.code] == [error]


@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)
def test_a_code_leads_back_to_its_class(error: type[VisavisError]) -> None:
    assert error_class(error.code) is error


def test_a_class_outside_the_package_does_not_replace_a_code() -> None:
    class ReplicaError(DatabaseError):
        """A replica cannot be reached."""

    assert ReplicaError.code == DatabaseError.code
    assert error_class(DatabaseError.code) is DatabaseError


def test_an_unknown_code_is_an_error_without_a_name() -> None:
    assert error_class("no_such_code") is VisavisError


def test_the_message_is_what_was_given() -> None:
    assert NoFaceError("No face was found.").message == "No face was found."
