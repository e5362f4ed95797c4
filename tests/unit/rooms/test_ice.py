"""Routes, candidates, ports, and datagrams on a stream."""

import socket
import struct

import pytest
from aioice import stun as other_stun
from hypothesis import given
from hypothesis import strategies as st

from visavis.errors import AddressTakenError, SettingsError, WireError
from visavis.rooms.ice import Candidates, Ice, Route
from visavis.rooms.sockets import bind, parse_ports, port_of
from visavis.rooms.wire.framing import Frames, frame
from visavis.rooms.wire.stun import Address, build_binding_response, parse_binding_request

PASSWORD = "p" * 24


class Way:
    """A route that keeps what is sent."""

    def __init__(self, address: Address = ("192.0.2.1", 1000)) -> None:
        self.address = address
        self.sent: list[bytes] = []
        self.closed = False

    def send(self, datagram: bytes) -> bool:
        self.sent.append(datagram)
        return True

    def close(self) -> None:
        self.closed = True


class Listener:
    """A connection that keeps what comes."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.route: Route | None = None

    def password_of(self, ufrag: str) -> str | None:
        return PASSWORD if ufrag == "ours" else None

    def use_route(self, route: Route, *, nominated: bool) -> None:
        self.route = route

    def receive_dtls(self, datagram: bytes) -> None:
        self.got.append(datagram)

    def receive_media(self, datagram: bytes, arrival_s: float) -> None:
        self.got.append(datagram)


def check(user: str = "ours:theirs", password: str = PASSWORD) -> bytes:
    """A connectivity check as another implementation writes it."""
    request = other_stun.Message(other_stun.Method.BINDING, other_stun.Class.REQUEST)
    request.attributes["USERNAME"] = user
    request.attributes["USE-CANDIDATE"] = None
    request.add_message_integrity(password.encode())
    return bytes(request)


def make_ice(rate: int = 100) -> tuple[Ice, Listener]:
    ice, listener = Ice(Candidates(("127.0.0.1",), 1, 2), datagrams_a_second=rate), Listener()
    ice.register("ours", listener)
    return ice, listener


def test_packets_from_an_unproven_address_are_ignored() -> None:
    ice, listener = make_ice()
    way = Way()
    for datagram in (b"\x80media", b"\x16dtls", check("theirs:ours"), check(password=PASSWORD[::2]), b"\x00"):
        assert not ice.receive(datagram, way, 0.0)
    assert not listener.got
    assert not way.sent
    assert ice.dropped == 5


def test_packets_from_a_proven_address_are_accepted_until_it_is_forgotten() -> None:
    ice, listener = make_ice()
    way = Way()
    assert ice.receive(check(), way, 0.0)
    assert listener.route is way
    assert len(way.sent) == 1
    ice.receive(b"\x80media", way, 0.0)
    ice.receive(b"\x16dtls", way, 0.0)
    assert listener.got == [b"\x80media", b"\x16dtls"]
    ice.forget(listener)
    assert way.closed
    assert not ice.receive(b"\x80media", way, 0.0)


def test_a_flood_of_datagrams_is_limited() -> None:
    ice, listener = make_ice(rate=10)
    way = Way()
    ice.receive(check(), way, 0.0)
    for _ in range(1000):
        ice.receive(b"\x80media", way, 0.0)
    assert len(listener.got) < 500
    assert ice.dropped == 1000 - len(listener.got)


def test_the_routes_of_a_connection_are_limited_and_the_oldest_is_dropped() -> None:
    ice, _ = make_ice()
    ways = [Way(("192.0.2.1", port)) for port in range(1000, 1020)]
    for way in ways:
        ice.receive(check(), way, 0.0)
    assert [way.closed for way in ways] == [True] * 12 + [False] * 8


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        (("192.0.2.9", 1234), ("192.0.2.9", 1234)),
        (("2001:db8::7", 1234), ("2001:db8::7", 1234)),
        (("::ffff:192.0.2.9", 1234), ("192.0.2.9", 1234)),
        (("fe80::1%eth0", 1234), ("fe80::1", 1234)),
    ],
)
def test_a_client_gets_its_own_address(source: Address, seen: Address) -> None:
    request = parse_binding_request(check())
    answer = build_binding_response(request, source, PASSWORD)
    read = other_stun.parse_message(answer)
    assert read.check_message_integrity(PASSWORD.encode())
    assert read.attributes["XOR-MAPPED-ADDRESS"] == seen


def test_candidates_prefer_udp_and_name_every_address() -> None:
    lines = Candidates(("192.0.2.1", "2001:db8::1"), 10, 20).lines(tcp_only=False)
    words = [line.split(" ") for line in lines]
    assert [(each[2], each[4], each[5]) for each in words] == [
        ("udp", "192.0.2.1", "10"),
        ("udp", "2001:db8::1", "10"),
        ("tcp", "192.0.2.1", "20"),
        ("tcp", "2001:db8::1", "20"),
    ]
    priorities = [int(each[3]) for each in words]
    assert priorities == sorted(priorities, reverse=True)
    assert len({each[0] for each in words}) == 4
    tcp = Candidates(("192.0.2.1",), 10, 20).lines(tcp_only=True)
    assert [line.endswith("tcptype passive") for line in tcp] == [True]
    assert Candidates(("192.0.2.1",), 10, None).lines(tcp_only=True)[0].endswith("10 typ host")


def test_port_ranges_are_parsed() -> None:
    assert list(parse_ports("7882")) == [7882]
    assert list(parse_ports("7882-7884")) == [7882, 7883, 7884]
    for wrong in ("", "x", "-1", "70000", "5-4", "1-2-3", "1-", "²"):
        with pytest.raises(SettingsError):
            parse_ports(wrong)


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM], ids=["tcp", "udp"])
def test_the_first_free_port_is_used(kind: socket.SocketKind) -> None:
    with bind(kind, "127.0.0.1", [0]) as taken:
        port = port_of(taken)
        with bind(kind, "127.0.0.1", [port, 0]) as other:
            assert port_of(other) != port
        with pytest.raises(AddressTakenError, match=str(port)):
            bind(kind, "127.0.0.1", [port])


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=10), st.integers(1, 7))
def test_a_stream_gives_the_same_datagrams_however_it_is_split(sent: list[bytes], step: int) -> None:
    stream = b"".join(map(frame, sent))
    frames = Frames(50)
    read = [each for at in range(0, len(stream), step) for each in frames.feed(stream[at : at + step])]
    assert read == sent


def test_a_stream_cannot_fill_the_memory() -> None:
    frames = Frames(2048)
    assert list(frames.feed(frame(b""))) == []
    with pytest.raises(WireError):
        list(frames.feed(struct.pack("!H", 2049)))
