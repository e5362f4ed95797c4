"""What is kept of conversations: how they are to be, and what was said."""

import pytest
from tests.support.sessions import add_worker, change, empty_sessions, open_one, opening, run

from visavis.core import leases, sessions, transcripts
from visavis.core.database import Tx
from visavis.core.identity.principals import Principal
from visavis.core.schema import Session
from visavis.ports.conversation import ConversationConfig, ConversationTool, TranscriptSegment


@pytest.fixture(autouse=True)
def empty(postgres: str) -> None:
    empty_sessions(postgres)


def test_a_session_keeps_its_conversation(postgres: str) -> None:
    add_worker(postgres, "one", 2)
    config = ConversationConfig(
        instructions="Be brief.",
        knowledge=("We open at nine.",),
        tools=(ConversationTool(name="book", parameters={"type": "object"}),),
        keeps_transcript=True,
    )

    async def open_both(tx: Tx, key: Principal) -> list[Session]:
        return [
            await sessions.open_session(tx, key, opening(mode=sessions.CONVERSATION, conversation=config)),
            await sessions.open_session(tx, key, opening()),
        ]

    run(postgres, open_both)

    async def held(tx: Tx, _key: Principal) -> list[ConversationConfig | None]:
        rows = sorted(await leases.renew(tx, "one"), key=lambda row: row.mode)
        return [sessions.conversation_of(row) for row in rows]

    assert run(postgres, held) == [config, None]


def test_a_transcript_is_kept_for_its_session_and_for_a_time(postgres: str) -> None:
    add_worker(postgres, "one", 2)
    first = TranscriptSegment(id="a", role="user", text="What time", start_s=1.0, end_s=2.0)
    answer = TranscriptSegment(id="a", role="avatar", text="Nine.", start_s=2.5, end_s=3, is_interrupted=True)
    better = first.model_copy(update={"text": "What time is it?"})

    async def keep(tx: Tx, key: Principal) -> tuple[Session, Session]:
        row, other = await open_one(tx, key), await open_one(tx, key)
        for segment in (answer, first, better):
            await transcripts.add(tx, "one", row.id, segment)
        await transcripts.add(tx, "two", other.id, first)
        return row, other

    row, other = run(postgres, keep)

    async def read(tx: Tx, _key: Principal) -> list[list[TranscriptSegment]]:
        return [await transcripts.of_session(tx, each) for each in (row, other)]

    async def forget(tx: Tx, _key: Principal) -> None:
        await transcripts.forget(tx, age_s=3600)

    assert run(postgres, read) == [[better, answer], []]
    run(postgres, forget)
    assert run(postgres, read) == [[better, answer], []]
    change(
        postgres, "UPDATE transcript_segments SET created_at = now() - interval '2 hours' WHERE role = 'user'"
    )
    run(postgres, forget)
    assert run(postgres, read) == [[answer], []]
    change(postgres, "DELETE FROM sessions WHERE id = %s", row.id)
    assert run(postgres, read) == [[], []]


def test_no_transcript_grows_without_end(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    add_worker(postgres, "one", 1)
    monkeypatch.setattr(transcripts, "MAX_SEGMENTS", 2)

    async def keep(tx: Tx, key: Principal) -> list[str]:
        row = await open_one(tx, key)
        for at in range(4):
            said = TranscriptSegment(id=f"{at}", role="user", text="a" * 11_000, start_s=at, end_s=at + 1)
            await transcripts.add(tx, "one", row.id, said)
        return [each.text for each in await transcripts.of_session(tx, row)]

    assert run(postgres, keep) == ["a" * 10_000] * 2
