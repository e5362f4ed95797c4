"""Access to the database: transactions, and our errors for its failures."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, TypeAlias, cast

import psycopg
from alembic import command
from alembic.config import Config
from psycopg.errors import ForeignKeyViolation
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm.exc import StaleDataError

import visavis.migrations
from visavis.errors import DatabaseError, DeletedMeanwhileError

Tx: TypeAlias = AsyncSession
"""A transaction."""

_MIGRATION_LOCK: Final = 0x7615A715  # any number, the same in every process
_POOL, _POOL_MORE = 8, 24
_POOL_WAIT_S: Final = 5.0
_CONNECT_S: Final = 5
_DELETED: Final = "Something that the request names was deleted in the meantime. Try again."


class Database:
    """Creates transactions. A process has one; close it at the end."""

    def __init__(self, url: str) -> None:
        """Prepare; this connects to nothing yet.

        Args:
            url: `postgresql://…`
        """
        self._engine = create_async_engine(
            _driver_url(url),
            pool_size=_POOL,
            max_overflow=_POOL_MORE,
            pool_timeout=_POOL_WAIT_S,
            pool_pre_ping=True,  # a restart of the database leaves dead connections in the pool
            connect_args={"connect_timeout": _CONNECT_S},
        )
        self._transactions = async_sessionmaker(self._engine, expire_on_commit=False)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """Open a transaction: it is committed when the block ends and rolled back when the block raises.

        Raises:
            DatabaseError: The database cannot be reached, or failed during the transaction.
            DeletedMeanwhileError: Another transaction has deleted a row that this one changes or refers to.
        """
        try:
            async with self._transactions.begin() as tx:
                yield tx
        except (OperationalError, InterfaceError, PoolTimeoutError) as error:
            raise DatabaseError("The database cannot be reached. Try again in a moment.") from error
        except StaleDataError as error:
            raise DeletedMeanwhileError(_DELETED) from error
        except DBAPIError as error:
            if isinstance(error, IntegrityError) and isinstance(error.orig, ForeignKeyViolation):
                raise DeletedMeanwhileError(_DELETED) from error
            if error.connection_invalidated:
                raise DatabaseError("The connection to the database was lost. Try again.") from error
            raise

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


async def driver_connection(tx: Tx) -> psycopg.AsyncConnection:
    """The driver's connection of a transaction, for libraries that must share the transaction."""
    raw = await (await tx.connection()).get_raw_connection()
    return cast("psycopg.AsyncConnection", raw.driver_connection)


def migrate(url: str) -> None:
    """Migrate the schema to this version. Of several processes, one migrates and the others wait.

    Raises:
        DatabaseError: The database cannot be reached.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(visavis.migrations.__file__).parent))
    engine = create_engine(_driver_url(url), connect_args={"connect_timeout": _CONNECT_S})
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except OperationalError as error:
        raise DatabaseError(
            "The database cannot be reached. Check that it is running and that DATABASE_URL is right."
        ) from error
    finally:
        engine.dispose()


def _driver_url(url: str) -> str:
    parsed = make_url(url)
    return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
