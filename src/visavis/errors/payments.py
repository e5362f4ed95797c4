"""Errors of payments."""

from visavis.errors.base import InputError, TryLaterError, VisavisError


class PaymentsUnavailableError(VisavisError):
    """This installation takes no payments: it has no address to be paid to."""

    code = "payments_unavailable"


class PaymentMalformedError(InputError):
    """The signed payment cannot be read."""

    code = "invalid_payment"


class PaymentRefusedError(VisavisError):
    """The signed payment is not what was asked for, or its network would not accept it."""

    code = "payment_refused"


class PaymentUsedError(VisavisError):
    """The signed payment was used for a different request."""

    code = "payment_used"


class WalletRefusedError(VisavisError):
    """The payment or the signature comes from another wallet, or does not prove the wallet."""

    code = "wallet_refused"


class SettlementPendingError(TryLaterError):
    """Nobody knows yet whether a payment was settled. The same one must be sent again, not another."""

    code = "settlement_pending"


class FacilitatorUnavailableError(TryLaterError):
    """Whoever checks payments cannot be reached. No money has moved."""

    code = "facilitator_unavailable"


class TermsNotAcceptedError(InputError):
    """The terms of service were not accepted."""

    code = "terms_not_accepted"
