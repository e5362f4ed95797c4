"""Money is counted in whole micro-dollars."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visavis.core.billing import money
from visavis.core.billing.prices import cost_micros


@given(st.integers(0, 10**7), st.integers(0, 10**9))
def test_a_cost_is_the_nearest_micro_dollar(seconds: int, per_hour_micros: int) -> None:
    exact = Fraction(seconds * per_hour_micros, 3600)
    assert abs(cost_micros(seconds=seconds, per_hour_micros=per_hour_micros) - exact) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("seconds", "cents"),
    # At seven dollars an hour: 18 s are 3.5 cents, 54 s are 10.5, 126 s are 24.5.
    [(0, 0), (1, 0), (3, 1), (18, 4), (54, 10), (126, 24), (322, 63), (3600, 700)],
)
def test_cents_of_seven_dollars_an_hour(seconds: int, cents: int) -> None:
    assert money.to_cents(cost_micros(seconds=seconds, per_hour_micros=money.from_usd(7.0))) == cents


@pytest.mark.parametrize("usd", [0, 7.0, 10.5, 0.1, 12.34, 3.3333])
def test_prices_come_back_as_they_were_set(usd: float) -> None:
    assert money.to_usd(money.from_usd(usd)) == usd
