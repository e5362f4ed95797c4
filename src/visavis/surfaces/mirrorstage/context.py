"""What the surface is given."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from visavis.ports.payments import Payments, WalletProofs
from visavis.settings import PaymentSettings
from visavis.surfaces.shared.context import Context, context_of


@dataclass(frozen=True)
class PaidContext:
    """What the surface is given.

    Attributes:
        shared: What every surface is given.
        settings: Settings of payments: prices and durations.
        payments: Takes payments; `None` if there is no address to be paid to, or nothing is to be paid.
        proofs: Checks messages that wallets sign to spend their credit; `None` where there are no payments.
        terms: Terms of service.
    """

    shared: Context
    settings: PaymentSettings
    payments: Payments | None
    proofs: WalletProofs | None
    terms: str


Given = Annotated[PaidContext, Depends(context_of(PaidContext))]
