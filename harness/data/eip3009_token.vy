# pragma version 0.4.3
# A dollar token with transfers by signed authorization (EIP-3009), for tests. Anybody can mint.
# eip3009_token.json holds what `vyper -f bytecode_runtime` makes of it.

event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    amount: uint256

event AuthorizationUsed:
    authorizer: indexed(address)
    nonce: indexed(bytes32)

event AuthorizationCanceled:
    authorizer: indexed(address)
    nonce: indexed(bytes32)

NAME: constant(String[8]) = "USD Coin"
VERSION: constant(String[1]) = "2"
DOMAIN_TYPE: constant(bytes32) = keccak256(
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
TRANSFER_TYPE: constant(bytes32) = keccak256(
    "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
)
CANCEL_TYPE: constant(bytes32) = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)")

balanceOf: public(HashMap[address, uint256])
authorizationState: public(HashMap[address, HashMap[bytes32, bool]])


@view
@external
def name() -> String[8]:
    return NAME


@view
@external
def version() -> String[1]:
    return VERSION


@view
@external
def decimals() -> uint8:
    return 6


@external
def mint(receiver: address, amount: uint256):
    self.balanceOf[receiver] += amount
    log Transfer(sender=empty(address), receiver=receiver, amount=amount)


@external
def transfer(receiver: address, amount: uint256) -> bool:
    self._move(msg.sender, receiver, amount)
    return True


@external
def transferWithAuthorization(
    payer: address,
    receiver: address,
    amount: uint256,
    valid_after: uint256,
    valid_before: uint256,
    nonce: bytes32,
    v: uint8,
    r: bytes32,
    s: bytes32,
):
    assert block.timestamp > valid_after, "FiatTokenV2: authorization is not yet valid"
    assert block.timestamp < valid_before, "FiatTokenV2: authorization is expired"
    said: bytes32 = keccak256(abi_encode(TRANSFER_TYPE, payer, receiver, amount, valid_after, valid_before, nonce))
    self._use(payer, nonce, said, v, r, s)
    log AuthorizationUsed(authorizer=payer, nonce=nonce)
    self._move(payer, receiver, amount)


@external
def cancelAuthorization(authorizer: address, nonce: bytes32, v: uint8, r: bytes32, s: bytes32):
    self._use(authorizer, nonce, keccak256(abi_encode(CANCEL_TYPE, authorizer, nonce)), v, r, s)
    log AuthorizationCanceled(authorizer=authorizer, nonce=nonce)


@internal
def _use(authorizer: address, nonce: bytes32, said: bytes32, v: uint8, r: bytes32, s: bytes32):
    assert not self.authorizationState[authorizer][nonce], "FiatTokenV2: authorization is used or canceled"
    domain: bytes32 = keccak256(
        abi_encode(DOMAIN_TYPE, keccak256(NAME), keccak256(VERSION), chain.id, self)
    )
    digest: bytes32 = keccak256(concat(b"\x19\x01", domain, said))
    signer: address = ecrecover(digest, convert(v, uint256), convert(r, uint256), convert(s, uint256))
    assert signer != empty(address) and signer == authorizer, "FiatTokenV2: invalid signature"
    self.authorizationState[authorizer][nonce] = True


@internal
def _move(payer: address, receiver: address, amount: uint256):
    assert self.balanceOf[payer] >= amount, "ERC20: transfer amount exceeds balance"
    self.balanceOf[payer] -= amount
    self.balanceOf[receiver] += amount
    log Transfer(sender=payer, receiver=receiver, amount=amount)
