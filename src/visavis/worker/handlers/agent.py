"""Agents: a prompt, and a photo, a video or a voice in; a face that moves and speaks out."""

import asyncio
import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Final

from visavis.core import agents, jobs, rigs
from visavis.core.agents.personas import Persona, persona, seed_of
from visavis.engine.agent_file import AgentProfile, AgentVoice, with_profile
from visavis.engine.performer import Manners
from visavis.errors import CallbackError, InputError, SoundError
from visavis.worker.attempt import Attempt
from visavis.worker.protocol import ClipRequest, RigRequest, VoiceRequest, WatchRequest
from visavis.worker.rendering_requests import run_request

PAYMENT, PERSONA, VOICE_IMAGE, VIDEO, LIP_SYNC, DONE = (
    *("payment", "persona", "voice_image", "video", "lip_sync", "done"),
)
# Progress of the job when a stage begins; rendering the clip takes nearly all of the time.
_BEGINS: Final = {PAYMENT: 0.0, PERSONA: 0.02, VOICE_IMAGE: 0.05, VIDEO: 0.3, LIP_SYNC: 0.9, DONE: 0.97}


async def handle(attempt: Attempt, wanted: jobs.AgentInput) -> jobs.AgentOutput:
    """Make an agent; see `Handler`. It was paid for when the job was accepted."""
    begin_stage(attempt, PERSONA)
    person = persona(wanted.text or "", wanted.code)
    begin_stage(attempt, VOICE_IMAGE)
    face, manners, sound = await _appearance(attempt, wanted, person)
    voice = await _voice(attempt, sound)
    profile = AgentProfile(
        code=wanted.code,
        name=person.name,
        system_prompt=person.system_prompt,
        voice=voice,
        manners=manners,
    )
    agent_file = await _agent_file(attempt, face, profile)
    begin_stage(attempt, VIDEO)
    picture, clip = attempt.folder / "picture.jpg", attempt.folder / "clip.mp4"
    await run_request(
        attempt.context.render_pool,
        ClipRequest(
            agent=agent_file,
            texts=person.introductions,
            duration_s=wanted.duration_s,
            aspect_ratio=wanted.aspect_ratio,
            video_aspect_ratio=wanted.video_aspect_ratio,
            picture=picture,
            output=clip,
        ),
        limit_s=attempt.context.agents.timeout_s,
        on_progress=lambda share: attempt.progress.report(
            VIDEO, _BEGINS[VIDEO] + share * (_BEGINS[LIP_SYNC] - _BEGINS[VIDEO])
        ),
    )
    begin_stage(attempt, LIP_SYNC)
    marked = await attempt.mark(clip)
    rig_id = await _keep_rig(attempt, agent_file)
    begin_stage(attempt, DONE)
    return jobs.AgentOutput(
        size_bytes=sum(path.stat().st_size for path in (agent_file, picture, marked)),
        duration_s=wanted.duration_s,
        name=person.name,
        system_prompt=person.system_prompt,
        voice=voice.model_dump(mode="json"),
        manner=profile.model_dump(mode="json")["manners"],
        picture_path=await _store(attempt, picture, jobs.JPEG),
        clip_path=await _store(attempt, marked, jobs.MP4),
        rig_id=rig_id,
    )


def begin_stage(attempt: Attempt, stage: str) -> None:
    """Set the stage of an agent."""
    attempt.progress.report(stage, _BEGINS[stage])


async def _appearance(
    attempt: Attempt, wanted: jobs.AgentInput, person: Persona
) -> tuple[Path, Manners, Path | None]:
    """The photo of the face, how it moves, and the sound of its voice if there is one."""
    context = attempt.context
    image = await _file(attempt, wanted.image, wanted.image_url, "image")
    video = await _file(attempt, wanted.video, wanted.video_url, "video")
    audio = await _file(attempt, wanted.audio, wanted.audio_url, "audio")
    manners = Manners(seed=seed_of(wanted.code))
    if video is not None:
        watched = await run_request(
            context.render_pool,
            WatchRequest(video=video, face=attempt.folder / "face.png"),
            limit_s=context.agents.timeout_s,
        )
        manners = replace(watched.manners, seed=manners.seed)
        image = image or attempt.folder / "face.png"
    if image is None:
        image = attempt.folder / "portrait.png"
        await asyncio.to_thread(context.write_portrait, person.system_prompt, manners.seed, image)
    return image, manners, audio or video


async def _voice(attempt: Attempt, sound: Path | None) -> AgentVoice:
    if sound is None:
        return AgentVoice()
    context = attempt.context
    try:
        matched = await run_request(
            context.render_pool,
            VoiceRequest(sound=sound, language="", max_rtf=context.agents.max_voice_rtf),
            limit_s=context.agents.timeout_s,
        )
    except SoundError:
        if sound.name == "audio":
            raise
        return AgentVoice()  # a video without sound
    return matched.voice


async def _agent_file(attempt: Attempt, face: Path, profile: AgentProfile) -> Path:
    rig, path = attempt.folder / "rig.visavis", attempt.folder / "agent.visavis"
    request = RigRequest(image=face, output=rig)
    await run_request(attempt.context.render_pool, request, limit_s=attempt.context.agents.timeout_s)

    def write() -> None:
        path.write_bytes(with_profile(rig.read_bytes(), profile))

    await asyncio.to_thread(write)
    return path


async def _keep_rig(attempt: Attempt, agent_file: Path) -> str:
    """Store the agent file where live sessions find rigs. Returns the rig's ID."""
    content = await asyncio.to_thread(agent_file.read_bytes)
    rig_id = rigs.rig_id(hashlib.sha256(content).digest())
    await attempt.context.store.put(rigs.rig_path(rig_id), agent_file, content_type=rigs.CONTENT_TYPE)
    async with attempt.context.database.transaction() as tx:
        await rigs.keep(tx, rig_id)
    return rig_id


async def _store(attempt: Attempt, made: Path, content_type: str) -> str:
    path = agents.path_of(attempt.job.id, attempt.job.attempt, content_type)
    await attempt.context.store.put(path, made, content_type=content_type)
    return path


async def _file(attempt: Attempt, stored: jobs.StoredFile | None, url: str | None, name: str) -> Path | None:
    """A file that the client sent, or that lies at its URL.

    Raises:
        InputError: The URL leads to no public file of an allowed size.
    """
    if stored is not None:
        return await attempt.fetch(stored, name)
    if url is None:
        return None
    try:
        content = await attempt.context.fetch(url, attempt.context.agents.max_file_bytes)
    except CallbackError as error:
        raise InputError(f"{name}: the file cannot be fetched from its URL. {error.message}") from error
    path = attempt.folder / name
    await asyncio.to_thread(path.write_bytes, content)
    return path
