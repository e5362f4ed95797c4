"""Rigs, stored by content: the same picture is built once, whoever uploads it."""

from typing import Final

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.schema import RigFile

CONTENT_TYPE: Final = "application/octet-stream"
_BUILD: Final = 1  # incremented when building a rig gives a different result


def rig_id(picture_digest: bytes) -> str:
    """ID of the rig of a picture.

    Args:
        picture_digest: SHA-256 of the picture's file.
    """
    return f"{picture_digest.hex()}-{_BUILD}"


def rig_path(rig: str) -> str:
    """Path of a rig in the object store."""
    return f"rigs/{rig}.visavis"


async def is_kept(tx: AsyncSession, rig: str) -> bool:
    """Whether a rig is in the object store; if so, this counts as a use of it."""
    used = await tx.execute(
        update(RigFile).where(RigFile.id == rig).values(used_at=func.now()).returning(RigFile.id)
    )
    return used.scalar_one_or_none() is not None


async def keep(tx: AsyncSession, rig: str) -> None:
    """Record that a rig is in the object store."""
    row = {"id": rig, "path": rig_path(rig)}
    await tx.execute(insert(RigFile).values(row).on_conflict_do_nothing())


async def forget_unused(tx: AsyncSession, *, age_s: float, limit: int = 100) -> list[str]:
    """Forget rigs that were not used for a while, and are no agent's: they are people's faces.

    Sessions that ended before that time no longer know which face they had.

    Returns:
        Paths of the files to delete.
    """
    old = (
        select(RigFile.id)
        .where(
            RigFile.used_at < func.now() - func.make_interval(0, 0, 0, 0, 0, 0, age_s),
            text(
                "NOT EXISTS (SELECT FROM sessions s WHERE s.rig_id = rigs.id "
                "AND (s.status <> 'ended' OR s.ended_at > now() - make_interval(secs => :age))) "
                "AND NOT EXISTS (SELECT FROM agents a WHERE a.rig_id = rigs.id)"
            ).bindparams(age=age_s),
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    identifiers = list((await tx.execute(old)).scalars())
    if not identifiers:
        return []
    for statement in (
        "UPDATE sessions SET rig_id = NULL WHERE rig_id = ANY(:rigs)",
        "DELETE FROM session_messages WHERE rig_id = ANY(:rigs)",
        "DELETE FROM rigs WHERE id = ANY(:rigs)",
    ):
        await tx.execute(text(statement), {"rigs": identifiers})
    return [rig_path(rig) for rig in identifiers]


async def kept(tx: AsyncSession, paths: list[str]) -> set[str]:
    """Of these files, those that are known rigs."""
    query = select(RigFile.path).where(RigFile.path.in_(paths))
    return set((await tx.execute(query)).scalars())
