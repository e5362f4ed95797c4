"""The errors of the surface: what each error class becomes on the wire."""

from typing import Final

from visavis import errors
from visavis.surfaces.shared.errors import ErrorResponse, ErrorTable, render_flat

INVALID_INPUT: Final = ErrorResponse(400, "invalid_input", "No face was found.")
INVALID_OUTPUT: Final = ErrorResponse(
    400, "invalid_output_url", "output_url must begin with wss:// or rtmp://."
)
TERMS: Final = ErrorResponse(400, "tos_not_accepted", "Read GET /tos and send accept_tos=true.")
INVALID_PAYMENT: Final = ErrorResponse(
    400, "invalid_payment", "PAYMENT-SIGNATURE is not a payment of x402 in base64."
)
UNAUTHORIZED: Final = ErrorResponse(401, "unauthorized", "Send the session's token as Authorization: Bearer.")
PAYMENT_REQUIRED: Final = ErrorResponse(402, "payment_required", "Payment required: $1.00 for 15 minutes.")
OTHER_WALLET: Final = ErrorResponse(403, "wallet_mismatch", "Pay from the wallet that created the session.")
NOT_FOUND: Final = ErrorResponse(404, "not_found", "Session not found.")
_NO_ROUTE: Final = ErrorResponse(404, "not_found", "There is no endpoint {path}.")
_NO_METHOD: Final = ErrorResponse(405, "method_not_allowed", "{method} is not allowed here.")
PAYMENT_USED: Final = ErrorResponse(
    409, "payment_used", "This payment was already used for a different request."
)
ENDED: Final = ErrorResponse(409, "session_ended", "The session has ended.")
TOO_LARGE: Final = ErrorResponse(413, "payload_too_large", "The upload exceeds the limit of 10 MB.")
UNSUPPORTED: Final = ErrorResponse(
    415, "unsupported_media_type", "The format of the reference_image file is not supported."
)
VALIDATION: Final = ErrorResponse(422, "validation_error", "Missing required fields: reference_image.")
RATE_LIMITED: Final = ErrorResponse(429, "rate_limited", "Too many attempts. Wait a minute, then try again.")
INTERNAL: Final = ErrorResponse(500, "internal_error", "Unexpected server error.", is_fixed=True)
NO_CAPACITY: Final = ErrorResponse(503, "no_capacity", "All slots are busy. Retry after 30 seconds.")
PAYMENTS_UNAVAILABLE: Final = ErrorResponse(
    503, "payments_unavailable", "This server takes no payments: it has no address to be paid to."
)
SETTLEMENT_PENDING: Final = ErrorResponse(
    503,
    "settlement_pending",
    "It is not known yet whether your payment was settled. Retry with the same payment: do not sign another.",
)
FACILITATOR_UNAVAILABLE: Final = ErrorResponse(
    503, "facilitator_unavailable", "Payments cannot be checked at the moment. You have not been charged."
)
_UNAVAILABLE: Final = ErrorResponse(
    503,
    "temporarily_unavailable",
    "Service is temporarily unavailable. Please try again in a moment.",
    is_fixed=True,
)

TABLE: Final = ErrorTable(
    rows=(
        (errors.TermsNotAcceptedError, TERMS),
        (errors.PaymentMalformedError, INVALID_PAYMENT),
        (errors.UrlError, INVALID_OUTPUT),
        (errors.InputError, INVALID_INPUT),
        (errors.CredentialsMissingError, UNAUTHORIZED),
        (errors.KeyRefusedError, UNAUTHORIZED),
        (errors.PaymentRefusedError, PAYMENT_REQUIRED),
        (errors.WalletRefusedError, OTHER_WALLET),
        (errors.SessionMissingError, NOT_FOUND),
        (errors.ShareMissingError, NOT_FOUND),
        (errors.PaymentUsedError, PAYMENT_USED),
        (errors.SessionNotActiveError, ENDED),
        (errors.UploadTooLargeError, TOO_LARGE),
        (errors.MediaTypeError, UNSUPPORTED),
        (errors.RequestError, VALIDATION),
        (errors.RateLimitError, RATE_LIMITED),
        (errors.NoCapacityError, NO_CAPACITY),
        (errors.BusyError, NO_CAPACITY),
        (errors.PaymentsUnavailableError, PAYMENTS_UNAVAILABLE),
        (errors.SettlementPendingError, SETTLEMENT_PENDING),
        (errors.FacilitatorUnavailableError, FACILITATOR_UNAVAILABLE),
        (errors.StoreError, _UNAVAILABLE),
        (errors.DatabaseError, _UNAVAILABLE),
        (errors.ChildError, _UNAVAILABLE),
        (errors.VisavisError, INTERNAL),
    ),
    by_status={404: _NO_ROUTE, 405: _NO_METHOD, 413: TOO_LARGE, 415: UNSUPPORTED},
    malformed=INVALID_INPUT,
    invalid=VALIDATION,
    internal=INTERNAL,
    render=render_flat,
)
