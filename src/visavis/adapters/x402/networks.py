"""What is known of networks without any setting: their dollar token, and public nodes."""

from typing import Final

from x402.mechanisms.evm.default_assets import DEFAULT_ASSETS as EVM_ASSETS
from x402.mechanisms.svm.constants import NETWORK_CONFIGS
from x402.mechanisms.svm.default_assets import DEFAULT_ASSETS as SOLANA_ASSETS

_EVM_NODES: Final = {
    "eip155:8453": "https://mainnet.base.org",
    "eip155:84532": "https://sepolia.base.org",
}


def default_asset(network: str) -> str | None:
    """Address of a network's dollar token, USDC on most; `None` if none is known."""
    known = [*EVM_ASSETS.get(network, ()), *SOLANA_ASSETS.get(network, ())]
    return known[0]["asset"] if known else None


def default_node(network: str) -> str | None:
    """URL of a public node of a network; `None` if none is known."""
    if network in NETWORK_CONFIGS:
        return NETWORK_CONFIGS[network]["rpc_url"]
    return _EVM_NODES.get(network)
