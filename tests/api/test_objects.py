"""Checks for every object store, run on each kind that works on one machine."""

import asyncio
from pathlib import Path

import pytest

from visavis.adapters.objects import CloudObjects, LocalObjects
from visavis.errors import LinkError, StoredFileMissingError, StoreError, StoreFullError
from visavis.ports import ObjectStore


async def check_object_store(store: ObjectStore, folder: Path) -> None:
    """The conformance suite of the port."""
    source, target = folder / "source", folder / "target"
    source.write_bytes(b"first" * 1000)
    await store.check_room()
    await store.put("results/a1/1.mp4", source, content_type="video/mp4")
    await store.fetch("results/a1/1.mp4", target)
    assert target.read_bytes() == source.read_bytes()
    source.write_bytes(b"second")
    await store.put("results/a1/1.mp4", source, content_type="video/mp4")
    await store.fetch("results/a1/1.mp4", target)
    assert target.read_bytes() == b"second"
    assert await store.older_than("results", -60) == ["results/a1/1.mp4"]
    assert await store.older_than("results", 60) == []
    assert await store.older_than("uploads", -60) == []
    await store.delete(["results/a1/1.mp4", "results/a1/never.mp4"])
    with pytest.raises(StoredFileMissingError):
        await store.fetch("results/a1/1.mp4", target)
    with pytest.raises(StoreError):
        await store.put("results/a2/1.mp4", folder / "nothing", content_type="video/mp4")


def test_a_folder(tmp_path: Path) -> None:
    store = LocalObjects(tmp_path / "objects", secret=b"s", min_free_bytes=0)
    asyncio.run(check_object_store(store, tmp_path))


def test_a_bucket_in_memory(tmp_path: Path) -> None:
    asyncio.run(check_object_store(CloudObjects("memory:///"), tmp_path))


def test_links_to_a_folder(tmp_path: Path) -> None:
    store = LocalObjects(tmp_path / "objects", secret=b"s", min_free_bytes=0)
    (tmp_path / "source").write_bytes(b"x")

    async def links() -> list[str]:
        await store.put("results/a/1.mp4", tmp_path / "source", content_type="video/mp4")
        return [await store.link("results/a/1.mp4", ttl_s=ttl_s) for ttl_s in (60, -1)]

    for link, is_good in zip(asyncio.run(links()), (True, False), strict=True):
        name, _, query = link.removeprefix("/v1/files/").partition("?")
        expires, signature = (part.partition("=")[2] for part in query.split("&"))
        assert (store.open_link(name, expires, signature) is not None) == is_good
        assert store.open_link(name, expires, signature[:-1] + "é") is None
        assert store.open_link("../secret", expires, signature) is None


def test_a_store_without_signed_links_raises_our_error() -> None:
    with pytest.raises(LinkError):
        asyncio.run(CloudObjects("memory:///").link("x", ttl_s=60))


def test_a_missing_store_raises_our_error() -> None:
    with pytest.raises(StoreError):
        CloudObjects("gopher://nowhere")


def test_a_nearly_full_disk_is_refused(tmp_path: Path) -> None:
    store = LocalObjects(tmp_path / "objects", secret=b"s", min_free_bytes=2**62)
    with pytest.raises(StoreFullError):
        asyncio.run(store.check_room())
