import os
import sys

import pytest

from visavis.providers.model_thread import model_thread


def _niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, 0)  # of the calling thread, on Linux


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no niceness of their own")
def test_a_model_gives_way_and_what_hears_the_user_does_not() -> None:
    before = _niceness()

    with model_thread("model") as thread:
        of_model = thread.submit(_niceness).result()

    assert of_model > before
    assert _niceness() == before
