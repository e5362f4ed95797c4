"""Putting work into the queue, in the transaction of whatever it belongs to."""

from datetime import datetime
from typing import Final

import procrastinate
from procrastinate.exceptions import ConnectorException
from sqlalchemy import ColumnElement, column, exists, table, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import InstrumentedAttribute

from visavis.core.database import Tx, driver_connection
from visavis.errors import DatabaseError

JOB_TASK: Final = "visavis.job"
DELIVER_TASK: Final = "visavis.deliver"
RENDERING: Final = "rendering"  # the queue of the pool of rendering processes
MAINTENANCE: Final = "maintenance"

# The table of the library, as far as we read it.
_entries: Final = table("procrastinate_jobs", column("task_name"), column("args", JSONB))
_IS_OPEN: Final = text("procrastinate_jobs.status IN ('todo', 'doing')")

# It only puts work in, on connections that it is given.
_app: Final = procrastinate.App(connector=procrastinate.PsycopgConnector())


async def enqueue(tx: Tx, task: str, *, into: str, at: datetime | None = None, **values: str | int) -> None:
    """Let a worker do something, if and when the transaction is committed.

    Args:
        tx: The transaction.
        task: Name of the task.
        into: Name of the queue.
        at: Not before.
        values: What the task needs to know.

    Raises:
        DatabaseError: It could not be written down.
    """
    connection = await driver_connection(tx)
    task_deferrer = _app.configure_task(
        task, queue=into, schedule_at=at, connection=connection, allow_unknown=True
    )
    try:
        await task_deferrer.defer_async(**values)
    except ConnectorException as error:
        raise DatabaseError("The queue cannot be reached. Try again in a moment.") from error


def is_queued(
    task: str, argument: str, value: ColumnElement[str] | InstrumentedAttribute[str]
) -> ColumnElement[bool]:
    """Holds for rows whose task waits in the queue or is being done.

    Args:
        task: Name of the task.
        argument: Name of the task's argument that names the row.
        value: What that argument is, as text.
    """
    names_it = _entries.c.args[argument].astext == value
    return exists().where(_entries.c.task_name == task, _IS_OPEN, names_it)
