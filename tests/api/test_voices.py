"""The list of voices."""

import httpx

from tests.support.server import Server


def test_the_list_of_voices(client: httpx.Client) -> None:
    listed = client.get("/v1/voices").json()["voices"]
    first = listed[0]
    assert list(first) == ["id", "name", "languages", "sex", "provider", "licence", "rtf", "model", "ready"]
    assert (first["id"], first["sex"], first["ready"]) == ("hibari", "female", True)
    assert len({voice["id"] for voice in listed}) == len(listed)
    german = client.get("/v1/voices", params={"language": "de-AT"}).json()["voices"]
    assert {voice["provider"] for voice in german} == {"espeak"}


def test_the_list_needs_a_key(server: Server) -> None:
    assert httpx.get(f"{server.url}/v1/voices").status_code == 401
