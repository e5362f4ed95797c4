"""Addresses of strangers: what any two programs could read differently is refused."""

from urllib.parse import urlsplit

import httpx
import hypothesis
import pytest
import yarl
from hypothesis import strategies as st

from visavis.core.urls import MAX_URL_CHARS, ROOMS, WEB, parse_url
from visavis.errors import UrlError

TAKEN = {
    "https://example.com": "https://example.com/",
    "HTTPS://EXAMPLE.com:443/a/b?c=d&e=%20%F0": "https://example.com/a/b?c=d&e=%20%F0",
    "https://example.com:8443/": "https://example.com:8443/",
    "https://93.184.216.34/": "https://93.184.216.34/",
    "https://[2606:4700:4700:0::1111]/x": "https://[2606:4700:4700::1111]/x",
    "https://xn--bcher-kva.example/": "https://xn--bcher-kva.example/",
    "https://my_host.example/;a=1,b:c@d/~x?y?z/": "https://my_host.example/;a=1,b:c@d/~x?y?z/",
}
REFUSED = (
    *(
        "",
        "x",
        "https:",
        "https://",
        "https:///x",
        "//example.com/",
        "https:example.com",
        "https:/example.com",
    ),
    *("http://example.com/", "ftp://example.com/", "javascript:alert(1)", "data:,x", "file:///etc/passwd"),
    *("https://user@example.com/", "https://u:p@example.com/", "https://@example.com/", "https://a@b@c/"),
    *("https://0177.0.0.1/", "https://127.000.000.001/", "https://0x7f.0.0.1/", "https://2130706433/"),
    *("https://127.1/", "https://1.2.3/", "https://1.2.3.4.5/", "https://256.1.1.1/", "https://a.0x1/"),
    *("https://1.2.3.4./", "https://[v1.a]/", "https://[::1%25eth0]/", "https://[::1", "https://::1/"),
    *("https://[1.2.3.4]/", "https://[]/", "https://[::g]/", "https://[::ffff:0177.0.0.1]/"),
    *("https://xn--/", "https://xn--a/", "https://ab--cd.com/", "https://xn--bcher-kva-.com/"),
    *("https://-a.com/", "https://a-.com/", "https://a..com/", "https://.com/", "https://a.com./"),
    *(f"https://{'a' * 64}.com/", f"https://{'a.' * 127}com/", f"https://example.com/{'a' * MAX_URL_CHARS}"),
    *("https://example.com:0/", "https://example.com:/", "https://example.com:99999/", "https://a:65536/"),
    *("https://example.com:0443/", "https://example.com:+443/", "https://example.com:4_4/"),
    *("https://example.com\\@evil.com/", "https://example.com/a\\b", "https://exa\\mple.com/"),
    *("https://a\0b/", "https://a\tb/", "https://a\nb/", "https://example.com/a b", " https://example.com/"),
    *(
        "https://example.com/\r\nX: y",
        "https://example.com/\x7f",
        "https://example.com/é",
        "https://bücher.de/",
    ),
    *(
        "https://example.com/\ud800",
        "https://exam\u2024ple.com/",
        "https://ⓔxample.com/",
        "https://a%2eb.com/",
    ),
    *("https://example.com/a/../b", "https://example.com/./a", "https://example.com/%2e%2E/", "https://a/.."),
    *("https://example.com/%", "https://example.com/%g0", 'https://example.com/"', "https://example.com/<>"),
    *("https://example.com/#fragment", "https://example.com#@evil.com/", "https://example.com?x#y"),
    *("https://example.com/|", "https://example.com/{}", "https://example.com/[x]", "https://example.com/`^"),
)


@pytest.mark.parametrize(("sent", "written"), TAKEN.items())
def test_accepted_urls_have_one_canonical_form(sent: str, written: str) -> None:
    assert parse_url(sent, "x").text == written
    assert parse_url(written, "x").text == written


@pytest.mark.parametrize("sent", REFUSED)
def test_refused_urls_name_the_field(sent: str) -> None:
    with pytest.raises(UrlError, match=r"^callback_url (must|has)"):
        parse_url(sent, "callback_url")


def test_rooms_have_schemes_of_their_own() -> None:
    assert parse_url("ws://rooms:7880", "x", schemes=ROOMS).authority == "rooms:7880"
    assert parse_url("wss://rooms.example/", "x", schemes=ROOMS).port == 443
    with pytest.raises(UrlError, match="wss:// or ws:// or https:// or http://"):
        parse_url("rtmp://rooms.example/", "x", schemes=ROOMS)


PIECES = st.sampled_from(
    [
        *"@\\/?#:.%[]-_ \t\0é0x",
        "https://",
        "example.com",
        "127.0.0.1",
        "0177",
        "[::1]",
        "xn--",
        "%2e",
        "443",
        "..",
    ]
)


@hypothesis.settings(max_examples=1500, deadline=None)
@hypothesis.given(st.lists(PIECES, max_size=9))
def test_every_parser_agrees_on_accepted_urls(pieces: list[str]) -> None:
    text = "https://" + "".join(pieces)
    try:
        url = parse_url(text, "x", schemes=WEB)
    except UrlError:
        return
    by_httpx, by_yarl, by_urlsplit = httpx.URL(url.text), yarl.URL(url.text), urlsplit(url.text)
    assert by_httpx.host == by_yarl.host == by_urlsplit.hostname == url.host
    assert (by_httpx.port or 443) == by_yarl.port == (by_urlsplit.port or 443) == url.port
    assert by_httpx.raw_path.decode() == url.target
    assert str(by_httpx) == url.text
