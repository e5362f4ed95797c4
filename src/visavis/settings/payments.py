"""Settings of payments."""

import re
from pathlib import Path
from typing import ClassVar, Final

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from visavis.settings.group import Group

IN_PROCESS: Final = "in-process"
_NETWORK: Final = re.compile(r"eip155:[0-9]{1,32}|solana:[1-9A-HJ-NP-Za-km-z]{32}")
_ADDRESS: Final = {
    "eip155": re.compile(r"0x[0-9a-fA-F]{40}"),
    "solana": re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}"),
}


class PaymentSettings(Group):
    """Live sessions that wallets pay for: at what price, and on which networks."""

    model_config = SettingsConfigDict(env_prefix="VISAVIS_PAYMENT_")
    title: ClassVar[str] = "Payments"

    required: bool = Field(
        default=True,
        description="Whether sessions without an API key must be paid. If not, anybody can open them.",
    )
    pay_to: dict[str, str] = Field(
        default={},
        description="Addresses that are paid, as a JSON object by network (CAIP-2), such as "
        '`{"eip155:8453": "0x…", "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp": "…"}` for Base and Solana. '
        "Without one, paid sessions are refused.",
    )
    assets: dict[str, str] = Field(
        default={},
        description="Addresses of the tokens that are paid with, as a JSON object by network. USDC if "
        "not set.",
    )
    rpc_urls: dict[str, str] = Field(
        default={},
        description="URLs of nodes that are asked what became of payments, as a JSON object by network. "
        "Public ones for Base and Solana if not set.",
    )
    facilitator: str = Field(
        default="https://x402.org/facilitator",
        pattern=rf"^({IN_PROCESS}|https?://.+)$",
        description="URL of the facilitator that verifies and settles payments, or `in-process` to do that "
        "here, with relayer keys. The default one serves test networks.",
    )
    facilitator_token: SecretStr | None = Field(
        default=None, description="Bearer token for the facilitator at a URL."
    )
    evm_relayer_key: SecretStr | None = Field(
        default=None,
        description="Private key, in hex, of the account that sends payments on EVM networks in-process. It "
        "pays their fees.",
    )
    solana_relayer_key: SecretStr | None = Field(
        default=None,
        description="Private key, in base 58, of the account that sends payments on Solana in-process. It "
        "pays their fees.",
    )
    price_per_minute_usd: float = Field(
        default=0.10, ge=0, le=1000, description="Price of a minute of a paid session, in US dollars."
    )
    free_minutes: int = Field(
        default=5, ge=0, description="Minutes at the beginning of a paid session that cost nothing."
    )
    min_minutes: int = Field(default=10, ge=1, description="Minimum duration of a paid session, in minutes.")
    default_minutes: int = Field(
        default=15, ge=1, description="Duration of a paid session whose request names none, in minutes."
    )
    max_minutes: int = Field(
        default=480, ge=1, description="Maximum duration of a paid session with its extensions, in minutes."
    )
    max_outputs: int = Field(
        default=3,
        ge=1,
        le=20,
        description="Maximum number of servers that the video of a paid session is sent to, besides its "
        "room. Each RTMP server takes the time of half a processor core.",
    )
    refunds_unused: bool = Field(
        default=True,
        description="Whether minutes that were paid and not used become credit of the wallet when the client "
        "ends the session. Minutes lost through a fault of this server always do.",
    )
    timeout_s: int = Field(
        default=120,
        ge=30,
        le=3600,
        description="Time for which a signed payment is valid, in seconds. A payment whose outcome nobody "
        "knows is decided after that time.",
    )
    tries_per_minute: int = Field(
        default=60,
        ge=1,
        description="Maximum number of requests for paid sessions from one address per minute.",
    )
    startup_estimate_s: int = Field(
        default=2,
        ge=0,
        description="Time until a new paid session is ready, as clients are told, in seconds.",
    )
    terms_file: Path | None = Field(
        default=None, description="Text file with the terms of service; a general text if not set."
    )

    @field_validator("pay_to", "assets")
    @classmethod
    def _are_addresses(cls, value: dict[str, str]) -> dict[str, str]:
        for network, address in value.items():
            if not _NETWORK.fullmatch(network):
                raise ValueError(f"{network} is not a network in CAIP-2 notation, such as eip155:8453")
            if not _ADDRESS[network.partition(":")[0]].fullmatch(address):
                raise ValueError(f"{address} is not an address of {network}")
        return value

    @property
    def is_possible(self) -> bool:
        """Whether there is an address to pay to."""
        return bool(self.pay_to)
