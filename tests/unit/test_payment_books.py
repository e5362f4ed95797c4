"""The judge of the bench of payments: it finds everything that can go wrong with a wallet's money."""

from dataclasses import replace

import pytest
from harness.payment_books import Books, Buyer, faults_in

PRICE = 1_000_000
BOUGHT = Books(paid=PRICE, received=PRICE, credit=0, sold=PRICE, answered=PRICE)
NOTHING = Books(paid=0, received=0, credit=0, sold=0, answered=0)
UNOPENED = replace(BOUGHT, credit=PRICE, sold=0, answered=0)  # the client left, and did not come back


@pytest.mark.parametrize(
    ("books", "buyer"),
    [
        (BOUGHT, Buyer.STAYS),
        (Books(2 * PRICE, 2 * PRICE, 0, 2 * PRICE, 2 * PRICE), Buyer.STAYS),  # it has extended
        (NOTHING, Buyer.LEAVES),
        (UNOPENED, Buyer.LEAVES),
        (replace(BOUGHT, answered=0), Buyer.LEAVES),
        (NOTHING, Buyer.CHEATS),
    ],
)
def test_books_that_agree(books: Books, buyer: Buyer) -> None:
    assert faults_in(books, buyer, price=PRICE) == []


@pytest.mark.parametrize(
    ("books", "buyer", "fault"),
    [
        # A made payment was taken for none, and a second one was asked for.
        (replace(BOUGHT, paid=2 * PRICE), Buyer.STAYS, "paid for nothing"),
        (replace(BOUGHT, paid=2 * PRICE), Buyer.STAYS, "paid twice"),
        (replace(BOUGHT, paid=2 * PRICE, received=2 * PRICE, credit=PRICE), Buyer.STAYS, "paid twice"),
        (Books(2 * PRICE, 2 * PRICE, PRICE, PRICE, 0), Buyer.LEAVES, "paid twice"),
        # Its session was opened twice, or again for a payment that bought another one.
        (replace(BOUGHT, sold=2 * PRICE, credit=-PRICE), Buyer.STAYS, "time unpaid"),
        # A session runs that was never paid.
        (replace(BOUGHT, paid=0, received=0, credit=-PRICE), Buyer.STAYS, "time unpaid"),
        (replace(NOTHING, sold=PRICE), Buyer.LEAVES, "time unpaid"),
        (replace(NOTHING, sold=PRICE, received=PRICE), Buyer.CHEATS, "time unpaid"),
        # It paid and got neither a session nor credit.
        (replace(NOTHING, paid=PRICE), Buyer.LEAVES, "paid for nothing"),
        (replace(UNOPENED, credit=0), Buyer.LEAVES, "credit is 0"),
        (UNOPENED, Buyer.STAYS, "paid twice or not at all"),
        # It was told of a session that nobody opened.
        (replace(NOTHING, answered=PRICE), Buyer.STAYS, "paid twice or not at all"),
        # A session is credit as well.
        (replace(BOUGHT, credit=PRICE), Buyer.STAYS, "credit is 1000000"),
        (BOUGHT, Buyer.CHEATS, "cheated"),
        (UNOPENED, Buyer.CHEATS, "cheated"),
    ],
)
def test_books_that_do_not_agree(books: Books, buyer: Buyer, fault: str) -> None:
    assert any(each.startswith(fault) for each in faults_in(books, buyer, price=PRICE))
