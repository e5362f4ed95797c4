"""Wallets: each has an account, which owns the sessions that it paid for and the credit that it has left."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from visavis.core.database import Tx
from visavis.core.identity import accounts
from visavis.core.identity.principals import Credential, CredentialKind, Principal
from visavis.core.schema import WALLET, Account, Wallet

_EVM: Final = "eip155"


@dataclass(frozen=True)
class WalletAddress:
    """An address on a network.

    Attributes:
        network: Network as CAIP-2 writes it, such as `eip155:8453`.
        address: Address as the network writes it.
    """

    network: str
    address: str

    @property
    def text(self) -> str:
        """The address as CAIP-10 writes it. EVM addresses differ in case only for their checksum."""
        is_evm = self.network.partition(":")[0] == _EVM
        return f"{self.network}:{self.address.lower() if is_evm else self.address}"

    def is_same_as(self, address: str) -> bool:
        """Whether an address of the same network is this one."""
        return WalletAddress(self.network, address).text == self.text


ANYBODY: Final = ""
"""Address of the account that owns sessions which nobody pays for."""


async def account_of(tx: Tx, address: str) -> int:
    """ID of the account of a wallet, which is created on first use.

    Args:
        tx: The transaction.
        address: `WalletAddress.text`, or `ANYBODY`.
    """
    found = await _find(tx, address)
    if found is not None:
        return found
    account_id = await accounts.create(tx, WALLET)
    # Of two requests that do this at once, the second waits here for the first one.
    made = insert(Wallet).values(account_id=account_id, address=address).on_conflict_do_nothing()
    await tx.execute(made)
    first = await _find(tx, address)
    if first is None:
        raise RuntimeError("A wallet was deleted while it was created.")
    if first != account_id:
        await tx.delete(await tx.get_one(Account, account_id))
    return first


async def lock(tx: Tx, account_id: int) -> None:
    """Wait for other transactions that spend the credit of the same wallet."""
    query = select(Wallet.account_id).where(Wallet.account_id == account_id).with_for_update()
    await tx.execute(query)


def principal_of(account_id: int) -> Principal:
    """The principal of whoever pays from a wallet."""
    return Principal(account_id, Credential(CredentialKind.WALLET, account_id))


async def address_of(tx: Tx, account_id: int) -> WalletAddress | None:
    """Address of an account's wallet; `None` if it has none."""
    query = select(Wallet.address).where(Wallet.account_id == account_id)
    found = (await tx.execute(query)).scalar_one_or_none()
    if not found:
        return None
    network, _, address = found.rpartition(":")
    return WalletAddress(network, address)


async def _find(tx: Tx, address: str) -> int | None:
    query = select(Wallet.account_id).where(Wallet.address == address)
    return (await tx.execute(query)).scalar_one_or_none()
