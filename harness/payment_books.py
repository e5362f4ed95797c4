"""Whether the books of a wallet agree: its chain, the ledger, its sessions, and what it was told."""

from dataclasses import dataclass
from enum import StrEnum


class Buyer(StrEnum):
    """What a wallet does. That decides what it may have paid in the end."""

    STAYS = "stays"  # until it is answered
    LEAVES = "leaves"  # before it is answered
    CHEATS = "cheats"  # with a payment that must buy nothing


@dataclass(frozen=True)
class Books:
    """What is known of a wallet, in micro-dollars.

    Attributes:
        paid: What has left it on its chain.
        received: Its payments in the ledger.
        credit: Its balance in the ledger.
        sold: Price of the time of all its sessions.
        answered: Sum of the prices in the answers that it got.
    """

    paid: int
    received: int
    credit: int
    sold: int
    answered: int


def faults_in(books: Books, buyer: Buyer, *, price: int) -> list[str]:
    """What is wrong with the books of a wallet.

    Args:
        books: The books.
        buyer: What the wallet did.
        price: Price of one purchase, in micro-dollars.
    """
    paid, sold = books.paid, books.sold
    faults = []
    if books.received != paid:
        faults.append(f"paid for nothing: {paid} on the chain, {books.received} in the ledger")
    if sold > paid:
        faults.append(f"time unpaid: {sold} sold, {paid} paid")
    if books.credit != paid - sold:
        faults.append(f"credit is {books.credit}, with {paid} paid and {sold} sold")
    match buyer:
        case Buyer.STAYS if paid != books.answered or sold != books.answered:
            faults.append(f"paid twice or not at all: {paid} paid, {sold} sold, {books.answered} answered")
        case Buyer.LEAVES if paid > price:
            faults.append(f"paid twice: {paid}")
        case Buyer.CHEATS if paid or sold:
            faults.append(f"cheated: {paid} paid, {sold} sold")
    return faults
