"""RoomService, called by the official client."""

import json
from typing import Any

import aiohttp
import pytest
from harness.room_clients import Target, asynchronous, joined, new_room, within
from harness.room_media import TONE_HZ, read_pitch, sounding
from livekit import api, rtc


@asynchronous
async def test_rooms_are_created_listed_and_deleted(target: Target) -> None:
    name = new_room()
    async with target.service() as service:
        made = await service.room.create_room(
            api.CreateRoomRequest(name=name, metadata="m", empty_timeout=33, max_participants=2)
        )
        assert (made.name, made.metadata, made.empty_timeout, made.max_participants) == (name, "m", 33, 2)
        assert made.sid.startswith("RM_")
        again = await service.room.create_room(api.CreateRoomRequest(name=name))
        assert again.sid == made.sid
        listed = await service.room.list_rooms(api.ListRoomsRequest(names=[name]))
        assert [room.sid for room in listed.rooms] == [made.sid]
        async with joined(target, name, "ada") as ada:
            assert await ada.room.sid == made.sid
            await service.room.delete_room(api.DeleteRoomRequest(room=name))
            (reason,) = await ada.event("disconnected")
            assert reason == rtc.DisconnectReason.ROOM_DELETED
        listed = await service.room.list_rooms(api.ListRoomsRequest(names=[name]))
        assert not listed.rooms


@asynchronous
async def test_a_full_room_refuses_participants(target: Target) -> None:
    name = new_room()
    async with target.service() as service:
        await service.room.create_room(api.CreateRoomRequest(name=name, max_participants=1))
        async with joined(target, name, "ada"):
            with pytest.raises(rtc.ConnectError):
                async with joined(target, name, "bob"):
                    pass


@asynchronous
async def test_participants_are_listed_and_removed(target: Target) -> None:
    name = new_room()
    async with target.service() as service, joined(target, name, "ada") as ada:
        listed = await service.room.list_participants(api.ListParticipantsRequest(room=name))
        assert [each.identity for each in listed.participants] == ["ada"]
        who = api.RoomParticipantIdentity(room=name, identity="ada")
        assert (await service.room.get_participant(who)).sid == ada.me.sid
        await service.room.remove_participant(who)
        (reason,) = await ada.event("disconnected")
        assert reason == rtc.DisconnectReason.PARTICIPANT_REMOVED
        with pytest.raises(api.TwirpError) as missing:
            await service.room.get_participant(who)
        assert (missing.value.code, missing.value.status) == ("not_found", 404)


@asynchronous
async def test_changes_by_a_backend_are_seen(target: Target) -> None:
    name = new_room()
    async with (
        target.service() as service,
        joined(target, name, "ada") as ada,
        joined(target, name, "bob") as bob,
    ):
        await service.room.update_participant(
            api.UpdateParticipantRequest(
                room=name, identity="ada", name="Ada", metadata="m", attributes={"mood": "glad"}
            )
        )
        seen = bob.room.remote_participants
        await bob.until(lambda: seen["ada"].attributes == {"mood": "glad"})
        assert (seen["ada"].name, seen["ada"].metadata) == ("Ada", "m")
        await service.room.update_room_metadata(api.UpdateRoomMetadataRequest(room=name, metadata="night"))
        await ada.event("room_metadata_changed")
        assert ada.room.metadata == "night"


@asynchronous
async def test_permissions_can_be_revoked(target: Target) -> None:
    name = new_room()
    async with (
        target.service() as service,
        joined(target, name, "ada") as ada,
        joined(target, name, "bob") as bob,
        sounding(ada),
    ):
        await bob.event("track_subscribed")
        permission = api.ParticipantPermission(can_publish=False, can_subscribe=True, can_publish_data=True)
        await service.room.update_participant(
            api.UpdateParticipantRequest(room=name, identity="ada", permission=permission)
        )
        await bob.event("track_unpublished")
        await ada.event("participant_permissions_changed")


@asynchronous
async def test_a_backend_mutes_a_track(target: Target) -> None:
    name = new_room()
    async with (
        target.service() as service,
        joined(target, name, "ada") as ada,
        joined(target, name, "bob") as bob,
        sounding(ada) as published,
    ):
        await bob.event("track_subscribed")
        muted = await service.room.mute_published_track(
            api.MuteRoomTrackRequest(room=name, identity="ada", track_sid=published.sid, muted=True)
        )
        assert muted.track.muted
        who, _ = await bob.event("track_muted")
        assert who.identity == "ada"


@asynchronous
async def test_a_backend_sends_data(target: Target) -> None:
    name = new_room()
    async with (
        target.service() as service,
        joined(target, name, "ada") as ada,
        joined(target, name, "bob") as bob,
    ):
        await ada.until(lambda: "bob" in ada.room.remote_participants)
        await service.room.send_data(
            api.SendDataRequest(
                room=name,
                data=b"for bob",
                kind=api.DataPacket.RELIABLE,
                destination_identities=["bob"],
                topic="news",
            )
        )
        (packet,) = await bob.event("data_received")
        assert (packet.data, packet.topic, packet.participant) == (b"for bob", "news", None)
        assert ada.count("data_received") == 0


@asynchronous
async def test_a_backend_changes_subscriptions(target: Target) -> None:
    name = new_room()
    async with (
        target.service() as service,
        joined(target, name, "ada") as ada,
        joined(target, name, "bob", auto_subscribe=False) as bob,
        sounding(ada) as published,
    ):
        await bob.event("track_published")
        assert bob.count("track_subscribed") == 0
        wish = api.UpdateSubscriptionsRequest(
            room=name, identity="bob", track_sids=[published.sid], subscribe=True
        )
        await service.room.update_subscriptions(wish)
        track, _, _ = await bob.event("track_subscribed")
        assert await within(read_pitch(track)) == pytest.approx(TONE_HZ, abs=5)
        wish.subscribe = False
        await service.room.update_subscriptions(wish)
        wish.identity = "nobody"
        with pytest.raises(api.TwirpError):
            await service.room.update_subscriptions(wish)


@asynchronous
async def test_json_is_answered_in_json(target: Target) -> None:
    name = new_room()
    token = target.token("backend", name, room_create=True, room_list=True, room_admin=True)

    async def call(method: str, body: str, kind: str = "application/json") -> tuple[int, dict[str, Any]]:
        address = f"{target.http_url}/twirp/livekit.RoomService/{method}"
        headers = {"Content-Type": kind, "Authorization": f"Bearer {token}"}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.post(address, data=body) as answer,
        ):
            assert answer.content_type == "application/json"
            return answer.status, await answer.json()

    async with joined(target, name, "ada"):
        for wish in ({"name": name}, {"name": name, "emptyTimeout": 7}, {"name": name, "empty_timeout": 7}):
            status, room = await call("CreateRoom", json.dumps(wish))
            assert (status, room["name"], room["departure_timeout"]) == (200, name, 20)
            assert room["max_participants"] == 0
        status, listed = await call("ListRooms", json.dumps({"names": [name, "another"]}))
        assert [(room["name"], room["creation_time"].isdecimal()) for room in listed["rooms"]] == [
            (name, True)
        ]
        status, found = await call("GetParticipant", json.dumps({"room": name, "identity": "ada"}))
        assert (found["identity"], found["state"], found["tracks"]) == ("ada", "ACTIVE", [])
        assert found["permission"]["can_publish"] is True
        assert found["permission"]["hidden"] is False
    for method, body, kind, status, code in (
        ("CreateRoom", json.dumps({"name": "x" * 300}), "application/json", 400, "invalid_argument"),
        ("ListRooms", "{", "application/json", 400, "malformed"),
        ("ListRooms", "{}", "text/plain", 404, "bad_route"),
        ("Explode", "{}", "application/json", 404, "bad_route"),
        (
            "GetParticipant",
            json.dumps({"room": name, "identity": "eve"}),
            "application/json",
            404,
            "not_found",
        ),
        (
            "GetParticipant",
            json.dumps({"room": "z", "identity": "a"}),
            "application/json",
            401,
            "unauthenticated",
        ),
    ):
        answered = await call(method, body, kind)
        assert (answered[0], answered[1]["code"]) == (status, code)
        assert answered[1]["msg"]


@asynchronous
async def test_requests_need_their_grants(target: Target) -> None:
    name = new_room()
    async with target.service() as service:
        forged = api.LiveKitAPI(target.http_url, target.key, new_room() * 3)
        async with forged:
            with pytest.raises(api.TwirpError) as refused:
                await within(forged.room.list_rooms(api.ListRoomsRequest()))
            assert refused.value.status == 401
        with pytest.raises(api.TwirpError) as missing:
            await service.room.delete_room(api.DeleteRoomRequest(room=name))
        assert (missing.value.code, missing.value.status) == ("not_found", 404)
