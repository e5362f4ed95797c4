"""Tables of agents, of what they know, and of the tokens with which visitors of web pages talk to them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, REAL, REGCONFIG, TEXT, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from visavis.core.schema.table import Table, now

GENERATING, READY = "generating", "ready"  # or failed


class Agent(Table):
    """An agent: a face, a voice, a manner and a prompt, made by a job.

    What the job makes is there once the status is `READY`.

    Attributes:
        key_id: ID of the key that asked for it.
        code: Code by which its account names it.
        job_id: ID of the job that makes it.
        status: `GENERATING`, `READY` or `failed`.
        name: Name of the person.
        system_prompt: How it is to be, and what it knows.
        voice: Voice that it speaks with, as `visavis.ports.Voice`.
        manner: How it moves, as `visavis.engine.performer.Manners`.
        picture_path: Path of its picture in the object store.
        clip_path: Path of the clip in which it introduces itself.
        rig_id: ID of its rig, whose file is the agent's own file.
        duration_s: Length of the clip.
        aspect_ratio: Aspect ratio of the picture, such as `16:9`.
        video_aspect_ratio: Aspect ratio of the clip.
    """

    __tablename__ = "agents"
    __table_args__ = (
        UniqueConstraint("account_id", "code"),
        Index("agents_generating", "job_id", postgresql_where=sql("status = 'generating'")),
        Index("agents_of_rig", "rig_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    code: Mapped[str]
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"))
    status: Mapped[str] = mapped_column(server_default=sql("'generating'"))
    name: Mapped[str | None]
    system_prompt: Mapped[str]
    voice: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    manner: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    picture_path: Mapped[str | None]
    clip_path: Mapped[str | None]
    rig_id: Mapped[str | None] = mapped_column(ForeignKey("rigs.id"))
    duration_s: Mapped[float]
    aspect_ratio: Mapped[str]
    video_aspect_ratio: Mapped[str]
    created_at: Mapped[datetime] = now()
    updated_at: Mapped[datetime] = now()


class EmbedToken(Table):
    """A token with which visitors of web pages talk to an agent; of the token only a digest is kept.

    Attributes:
        id: ID, by which its account names it.
        key_id: ID of the key that asked for it. What visitors do counts as its work.
        visitor: Digest of what its client calls the visitor; `None` if it may be anybody.
        domains: Origins of pages that may show the agent, such as `https://*.example.com`; all if empty.
        expires_at: Time from which no session is opened with it.
        max_sessions: Number of sessions that may be opened with it.
        max_concurrent_sessions: Number of them that may be active at a time.
        sessions: Number of sessions that were opened with it.
    """

    __tablename__ = "embed_tokens"
    __table_args__ = (
        Index("embed_tokens_of_account", "account_id", "created_at"),
        Index("embed_tokens_of_agent", "agent_id"),
        Index("embed_tokens_by_expiry", "expires_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"))
    visitor: Mapped[bytes | None]
    domains: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    expires_at: Mapped[datetime]
    max_sessions: Mapped[int]
    max_concurrent_sessions: Mapped[int]
    sessions: Mapped[int] = mapped_column(server_default=sql("0"))
    created_at: Mapped[datetime] = now()


class AgentDocument(Table):
    """A document that an agent takes answers from. It ends with the agent.

    Attributes:
        id: ID of the document.
        name: Name by which answers name it as their source.
        kind: `visavis.ports.knowledge.DocumentKind`.
        digest: SHA-256 of its content.
        chars: Number of characters of its passages.
        passages: Number of its passages.
    """

    __tablename__ = "agent_documents"
    __table_args__ = (UniqueConstraint("agent_id", "digest"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"))
    name: Mapped[str]
    kind: Mapped[str]
    digest: Mapped[bytes]
    chars: Mapped[int]
    passages: Mapped[int]
    created_at: Mapped[datetime] = now()


class AgentPassage(Table):
    """A passage of a document.

    Attributes:
        heading: Headings above it.
        text: Its text.
        language: Rules by which its words are found, a text search configuration.
        words: Its words and those of its headings, as they are found.
        vector: What it means; `None` if no embedding model was there when it was read.
    """

    __tablename__ = "agent_passages"
    __table_args__ = (
        Index("agent_passages_of_agent", "agent_id"),
        Index("agent_passages_of_document", "document_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("agent_documents.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"))
    heading: Mapped[str]
    text: Mapped[str]
    language: Mapped[str] = mapped_column(REGCONFIG)
    words: Mapped[Any] = mapped_column(TSVECTOR)
    vector: Mapped[list[float] | None] = mapped_column(ARRAY(REAL))
