"""A chain like Base on this machine: anvil, with a token of EIP-3009 where Base has USDC."""

import json
import platform
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

import httpx
from eth_abi.abi import encode
from eth_account import Account
from eth_utils import keccak

NETWORK: Final = "eip155:8453"
USDC: Final = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913"
RELAYER_KEY: Final = (
    "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"  # anvil's first account
)
_MINTER: Final = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"  # anvil's second account, which it can sign for
_REPOSITORY: Final = Path(__file__).parents[1]
_TOKEN: Final = Path(__file__).parent / "data/eip3009_token.json"
_START_S: Final = 30.0
_CALL_BYTES: Final = 39  # of a program that calls once
_DOMAIN: Final = {"name": "USD Coin", "version": "2", "chainId": 8453, "verifyingContract": USDC}
_AUTHORIZATION: Final = {
    "from": "address",
    "to": "address",
    "value": "uint256",
    "validAfter": "uint256",
    "validBefore": "uint256",
    "nonce": "bytes32",
}


class NoNodeError(Exception):
    """Anvil is not installed: it comes with `npm ci`."""


@dataclass
class EvmNode:
    """A running chain.

    Attributes:
        url: URL of its node.
    """

    url: str
    _client: httpx.Client
    _numbers: Iterator[int]

    def call(self, method: str, *params: Any) -> Any:
        """Call a method of the node."""
        body = {"jsonrpc": "2.0", "id": next(self._numbers), "method": method, "params": params}
        answer = self._client.post(self.url, json=body).json()
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def mint(self, address: str, amount: int) -> None:
        """Give an address tokens, in the smallest units."""
        data = _selector("mint(address,uint256)") + _word(address) + f"{amount:064x}"
        self._send({"to": USDC, "data": data, "gas": hex(200_000)})

    def balance(self, address: str) -> int:
        """Tokens of an address, in the smallest units."""
        data = _selector("balanceOf(address)") + _word(address)
        return int(self.call("eth_call", {"to": USDC, "data": data}, "latest"), 16)

    def wallet(self, amount: int) -> Any:
        """A new wallet with tokens, as `eth_account` has it."""
        made = Account.create()
        self.mint(made.address, amount)
        return made

    def call_token(self, *calls: bytes) -> None:
        """Call the token, several times in one transaction."""
        receipt = self._send({"data": "0x" + _program_of(calls).hex(), "gas": hex(1_000_000)})
        if len(receipt["logs"]) < len(calls):
            raise RuntimeError("the token refused a call")

    def _send(self, transaction: dict[str, str]) -> dict[str, Any]:
        """Send a transaction, and give its receipt."""
        sent = self.call("eth_sendTransaction", {"from": _MINTER, **transaction})
        while (receipt := self.call("eth_getTransactionReceipt", sent)) is None:
            self.call("evm_mine")
        found: dict[str, Any] = receipt
        return found

    def hold_blocks(self, *, held: bool) -> None:
        """Stop making blocks for each transaction, or go on; going on makes one."""
        self.call("evm_setAutomine", not held)
        if not held:
            self.call("evm_mine")

    def pass_time(self, seconds: int) -> None:
        """Make a block that many seconds later."""
        self.call("evm_increaseTime", seconds)
        self.call("evm_mine")


def authorized(wallet: Any, terms: Mapping[str, str]) -> bytes:
    """The call of the token that moves what a wallet authorizes.

    Args:
        wallet: Wallet that signs.
        terms: `from`, `to`, `value`, `validAfter`, `validBefore` and `nonce`, as payments of x402 have them.
    """
    values = [
        *(terms["from"], terms["to"], *(int(terms[name]) for name in ("value", "validAfter", "validBefore"))),
        bytes.fromhex(terms["nonce"][2:]),
    ]
    fields = [{"name": name, "type": kind} for name, kind in _AUTHORIZATION.items()]
    message = dict(zip(_AUTHORIZATION, values, strict=True))
    signed = wallet.sign_typed_data(_DOMAIN, {"TransferWithAuthorization": fields}, message)
    kinds = [*_AUTHORIZATION.values(), "uint8", "bytes32", "bytes32"]
    name = f"transferWithAuthorization({','.join(kinds)})"
    halves = [number.to_bytes(32, "big") for number in (signed.r, signed.s)]
    return keccak(text=name)[:4] + encode(kinds, [*values, signed.v, *halves])


@contextmanager
def evm_node() -> Iterator[EvmNode]:
    """Start a chain, which ends with the block."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(_program()), "--host", "127.0.0.1", "--port", str(port), "--chain-id", "8453", "--silent"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        with httpx.Client(timeout=30) as client:
            node = EvmNode(f"http://127.0.0.1:{port}", client, count(1))
            _wait(node)
            node.call("anvil_setCode", USDC, json.loads(_TOKEN.read_text())["bytecode"])
            yield node
    finally:
        process.terminate()
        process.wait()


def _wait(node: EvmNode) -> None:
    until = time.monotonic() + _START_S
    while True:
        try:
            node.call("eth_chainId")
        except httpx.TransportError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _program() -> Path:
    machine = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
    package = f"anvil-{platform.system().lower()}-{machine.get(platform.machine().lower(), '')}"
    found = _REPOSITORY / "node_modules/@foundry-rs" / package / "bin/anvil"
    if not found.exists():
        raise NoNodeError("anvil is missing: run npm ci")
    return found


def _program_of(calls: Sequence[bytes]) -> bytes:
    """A program for the chain that makes calls of the token, one after the other."""
    push2, push20, zero = b"\x61", b"\x73", b"\x5f"
    copy, gas, call, drop, stop = b"\x39", b"\x5a", b"\xf1", b"\x50", b"\x00"
    offset = _CALL_BYTES * len(calls) + len(stop)
    program, data = b"", b""
    for each in calls:
        size, at = (push2 + number.to_bytes(2, "big") for number in (len(each), offset + len(data)))
        program += size + at + zero + copy
        program += zero + zero + size + zero + zero + push20 + bytes.fromhex(USDC[2:]) + gas + call + drop
        data += each
    return program + stop + data


def _selector(function: str) -> str:
    return "0x" + keccak(text=function)[:4].hex()


def _word(address: str) -> str:
    return address[2:].lower().rjust(64, "0")
