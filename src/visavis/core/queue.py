"""The queue: tasks are added in the transaction that needs them."""

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

# The table of the library, as far as we use it.
_entries: Final = table("procrastinate_jobs", column("task_name"), column("args", JSONB))
_IS_OPEN: Final = text("procrastinate_jobs.status IN ('todo', 'doing')")

# This app only adds tasks, on connections that it is given.
_app: Final = procrastinate.App(connector=procrastinate.PsycopgConnector())


async def enqueue(tx: Tx, task: str, *, into: str, at: datetime | None = None, **values: str | int) -> None:
    """Add a task to a queue; a worker runs it after the commit.

    Args:
        tx: The transaction.
        task: Name of the task.
        into: Name of the queue.
        at: Earliest time.
        values: Arguments of the task.

    Raises:
        DatabaseError: The task could not be added.
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
    """Matches rows whose task is in the queue or in progress.

    Args:
        task: Name of the task.
        argument: Name of the argument of the task that identifies the row.
        value: Value of that argument, as text.
    """
    names_it = _entries.c.args[argument].astext == value
    return exists().where(_entries.c.task_name == task, _IS_OPEN, names_it)
