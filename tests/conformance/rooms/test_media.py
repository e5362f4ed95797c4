"""Publishing and subscribing; what arrives is compared with what was sent."""

import asyncio
from contextlib import AbstractAsyncContextManager
from itertools import pairwise

import pytest
from harness.room_clients import DEADLINE_S, Client, Target, asynchronous, joined, new_room, within
from harness.room_media import LEVELS, TONE_HZ, read_levels, read_pitch, showing, sounding
from livekit import rtc
from livekit.rtc.participant import PublishTrackError

ROUNDS = 4
BOTH_WAYS = pytest.mark.parametrize("single", [True, False], ids=["one-connection", "two-connections"])


def follows(levels: list[int]) -> bool:
    """Whether greys come in the order in which they were shown. A sender that is late may leave one out."""
    places = [LEVELS.index(level) for level in levels]
    steps = [(after - before) % len(LEVELS) for before, after in pairwise(places)]
    return steps.count(1) >= len(steps) - 1 and max(steps) <= 2


def is_video(track: rtc.Track, *_: object) -> bool:
    return track.kind == rtc.TrackKind.KIND_VIDEO


@BOTH_WAYS
@pytest.mark.parametrize("codec", [rtc.VideoCodec.VP8, rtc.VideoCodec.H264], ids=["vp8", "h264"])
@asynchronous
async def test_video_arrives_unchanged(target: Target, single: bool, codec: int) -> None:
    room = new_room()
    async with (
        joined(target, room, "ada", single=single) as ada,
        joined(target, room, "bob", single=single) as bob,
        showing(ada, codec=codec) as published,
    ):
        track, publication, who = await bob.event("track_subscribed")
        assert (publication.sid, who.identity) == (published.sid, "ada")
        assert publication.source == rtc.TrackSource.SOURCE_CAMERA
        assert follows(await within(read_levels(track, 8)))
        await ada.event("local_track_subscribed")


@BOTH_WAYS
@asynchronous
async def test_audio_arrives_unchanged(target: Target, single: bool) -> None:
    room = new_room()
    async with (
        joined(target, room, "ada", single=single) as ada,
        joined(target, room, "bob", single=single) as bob,
        sounding(ada),
    ):
        track, _, _ = await bob.event("track_subscribed")
        assert await within(read_pitch(track)) == pytest.approx(TONE_HZ, abs=5)


@BOTH_WAYS
@asynchronous
async def test_a_late_participant_gets_all_tracks_with_one_and_two_connections(
    target: Target, single: bool
) -> None:
    room = new_room()
    async with (
        joined(target, room, "ada", single=not single) as ada,
        showing(ada),
        sounding(ada),
        joined(target, room, "bob", single=single) as bob,
    ):
        video, _, _ = await bob.event("track_subscribed", is_video)
        audio, _, _ = await bob.event("track_subscribed", lambda *seen: not is_video(*seen))
        assert follows(await within(read_levels(video, 4)))
        assert await within(read_pitch(audio)) == pytest.approx(TONE_HZ, abs=5)


@BOTH_WAYS
@asynchronous
async def test_simulcast_forwards_the_best_layer(target: Target, single: bool) -> None:
    room = new_room()
    async with (
        joined(target, room, "ada", single=single) as ada,
        joined(target, room, "bob", single=single) as bob,
        showing(ada, simulcast=True),
    ):
        track, publication, _ = await bob.event("track_subscribed")
        assert publication.simulcasted
        assert follows(await within(read_levels(track, 8)))


@BOTH_WAYS
@asynchronous
async def test_unpublishing_a_track_and_publishing_again(target: Target, single: bool) -> None:
    room = new_room()
    async with (
        joined(target, room, "ada", single=single) as ada,
        joined(target, room, "bob", single=single) as bob,
    ):
        async with showing(ada) as first:
            await bob.event("track_subscribed")
            await ada.me.unpublish_track(first.sid)
            gone, _ = await bob.event("track_unpublished")
            assert gone.sid == first.sid
        async with showing(ada) as second:
            track, _, _ = await bob.event(
                "track_subscribed", lambda _, publication, __: publication.sid == second.sid
            )
            assert follows(await within(read_levels(track, 4)))


@BOTH_WAYS
@asynchronous
async def test_choosing_subscriptions(target: Target, single: bool) -> None:
    room = new_room()
    async with (
        joined(target, room, "ada", single=single) as ada,
        joined(target, room, "bob", single=single, auto_subscribe=False) as bob,
        showing(ada),
    ):
        publication, _ = await bob.event("track_published")
        assert bob.count("track_subscribed") == 0
        publication.set_subscribed(True)
        track, _, _ = await bob.event("track_subscribed")
        assert follows(await within(read_levels(track, 3)))
        publication.set_subscribed(False)
        await bob.event("track_unsubscribed")


async def until_nothing_comes(client: Client) -> None:
    """Wait until it has been agreed that a client gets no stream."""
    async with asyncio.timeout(DEADLINE_S):
        while True:
            both = await within(client.room.get_rtc_stats())
            kinds = {each.WhichOneof("stats") for each in (*both.publisher_stats, *both.subscriber_stats)}
            if "inbound_rtp" not in kinds:
                return
            await asyncio.sleep(0.05)


@asynchronous
async def test_a_track_can_be_subscribed_to_repeatedly(target: Target) -> None:
    """With one connection; with two, Python clients show a track that comes back on neither server."""
    room = new_room()
    async with (
        joined(target, room, "ada") as ada,
        joined(target, room, "bob") as bob,
        showing(ada),
    ):
        for turn in range(1, ROUNDS + 1):
            await bob.until(lambda turn=turn: bob.count("track_subscribed") == turn)
            track, publication, _ = bob.last("track_subscribed")
            assert follows(await within(read_levels(track, 3)))
            publication.set_subscribed(False)
            await bob.until(lambda turn=turn: bob.count("track_unsubscribed") == turn)
            await until_nothing_comes(bob)
            publication.set_subscribed(True)
        await bob.until(lambda: bob.count("track_subscribed") == ROUNDS + 1)


@asynchronous
async def test_muting_is_seen(target: Target) -> None:
    room = new_room()
    async with (
        joined(target, room, "ada") as ada,
        joined(target, room, "bob") as bob,
        sounding(ada) as published,
    ):
        await bob.event("track_subscribed")
        assert published.track is not None
        published.track.mute()
        who, publication = await bob.event("track_muted")
        assert (who.identity, publication.sid) == ("ada", published.sid)
        published.track.unmute()
        await bob.event("track_unmuted")


@asynchronous
async def test_active_speakers_are_reported(target: Target) -> None:
    room = new_room()
    async with (
        joined(target, room, "ada") as ada,
        joined(target, room, "bob") as bob,
        sounding(ada) as published,
    ):
        (speaking,) = await bob.event("active_speakers_changed", bool)
        assert [who.identity for who in speaking] == ["ada"]
        assert published.track is not None
        published.track.mute()
        await bob.event("active_speakers_changed", lambda now: not now)


@asynchronous
async def test_publishing_without_permission_is_refused(target: Target) -> None:
    """Clients give up after ten seconds, so all that is refused is tried at once."""
    room = new_room()
    async with (
        joined(target, room, "eve", single=True, can_publish=False) as eve,
        joined(target, room, "mallory", single=False, can_publish=False) as mallory,
        joined(target, room, "ada", can_publish_sources=["microphone"]) as ada,
        joined(target, room, "bob") as bob,
        sounding(ada),
    ):
        await bob.event("track_subscribed")
        await asyncio.gather(refused(sounding(eve)), refused(sounding(mallory)), refused(showing(ada)))
        assert bob.count("track_subscribed") == 1


async def refused(publishing: AbstractAsyncContextManager[object]) -> None:
    """Expect that nothing can be published."""
    with pytest.raises(PublishTrackError):
        async with publishing:
            pass


@BOTH_WAYS
@asynchronous
async def test_without_permission_to_subscribe_no_tracks_arrive(target: Target, single: bool) -> None:
    room = new_room()
    async with (
        joined(target, room, "ada") as ada,
        joined(target, room, "eve", single=single, can_subscribe=False) as eve,
        joined(target, room, "bob") as bob,
        sounding(ada),
    ):
        await bob.event("track_subscribed")
        await eve.event("track_published")
        assert eve.count("track_subscribed") == 0
