"""Choosing what takes payments: the networks, the nodes that are asked, and the facilitator."""

from typing import TYPE_CHECKING, Final

from visavis.core.database import Database
from visavis.core.secret import PROOFS, derived, shared_secret
from visavis.errors import SettingsError
from visavis.ports.payments import Payments, WalletProofs
from visavis.settings import PaymentSettings
from visavis.settings.payments import IN_PROCESS

if TYPE_CHECKING:
    from visavis.adapters.x402.facilitator import LocalFacilitator

_SOLANA: Final = "solana"
_TERMS: Final = """\
Terms of service

1. You may use a photo only if the person in it has agreed, or if you have the right to use it.
2. You may not deceive anybody about who speaks. Say that an avatar is made by a machine where people could
   be misled.
3. You may not use this service for anything that is against the law.
4. A session is paid in advance. Minutes that you do not use become credit of your wallet, if the operator of
   this server grants that. Payments on a chain cannot be reversed.
5. The service comes without any warranty.

The operator of this server can replace this text with terms of their own.
"""


def terms(settings: PaymentSettings) -> str:
    """The terms of service.

    Raises:
        SettingsError: The file of the settings cannot be read.
    """
    if settings.terms_file is None:
        return _TERMS
    try:
        return settings.terms_file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"VISAVIS_PAYMENT_TERMS_FILE: {settings.terms_file} cannot be read.") from error


def payments(settings: PaymentSettings) -> Payments | None:
    """What takes payments; `None` if there is no address to be paid to, or nothing is to be paid.

    Raises:
        SettingsError: A network, a key or the extra for payments is missing.
    """
    if not settings.required or not settings.is_possible:
        return None
    try:
        from visavis.adapters.x402.chain import Chain, JsonRpc
        from visavis.adapters.x402.evm import EvmChain
        from visavis.adapters.x402.facilitator import Facilitator, LocalFacilitator, hosted_facilitator
        from visavis.adapters.x402.networks import default_asset, default_node
        from visavis.adapters.x402.payments import X402Payments
        from visavis.adapters.x402.solana import SolanaChain
    except ImportError as error:
        raise SettingsError(
            "Payments need more packages. Install them with: pip install 'visavis[payments]'"
        ) from error
    chains: dict[str, Chain] = {}
    nodes: dict[str, str] = {}
    for network, pay_to in settings.pay_to.items():
        asset = settings.assets.get(network) or default_asset(network)
        node = settings.rpc_urls.get(network) or default_node(network)
        if asset is None:
            raise SettingsError(f"VISAVIS_PAYMENT_ASSETS names no token for {network}.")
        if node is None:
            raise SettingsError(f"VISAVIS_PAYMENT_RPC_URLS names no node for {network}.")
        nodes[network] = node
        is_solana = network.startswith(_SOLANA)
        rpc = JsonRpc(node)
        chains[network] = (
            SolanaChain(network, rpc, asset, pay_to) if is_solana else EvmChain(network, rpc, asset)
        )
    facilitator: Facilitator
    if settings.facilitator == IN_PROCESS:
        facilitator = LocalFacilitator()
        for network, node in nodes.items():
            _add(facilitator, settings, network, node)
    else:
        token = settings.facilitator_token
        facilitator = hosted_facilitator(settings.facilitator, token.get_secret_value() if token else None)
    return X402Payments(facilitator, chains, settings.pay_to, timeout_s=settings.timeout_s)


async def wallet_proofs(settings: PaymentSettings, database: Database) -> WalletProofs | None:
    """What checks messages of wallets; `None` where there are no payments."""
    if not settings.required or not settings.is_possible:
        return None
    from visavis.adapters.x402.wallet_proofs import SignedMessages

    async with database.transaction() as tx:
        secret = derived(await shared_secret(tx, PROOFS), "wallet-proof")
    return SignedMessages(secret, tuple(settings.pay_to))


def _add(facilitator: "LocalFacilitator", settings: PaymentSettings, network: str, node: str) -> None:
    is_solana = network.startswith(_SOLANA)
    key = settings.solana_relayer_key if is_solana else settings.evm_relayer_key
    if key is None:
        name = "SOLANA" if is_solana else "EVM"
        raise SettingsError(f"To settle in-process on {network}, set VISAVIS_PAYMENT_{name}_RELAYER_KEY.")
    add = facilitator.add_solana if is_solana else facilitator.add_evm
    add(network, rpc_url=node, key=key.get_secret_value())
