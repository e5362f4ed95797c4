"""Putting work into the queue, in the transaction of whatever it belongs to."""

from datetime import datetime
from typing import Final

import procrastinate
from procrastinate.exceptions import ConnectorException
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.database import driver_connection
from visavis.errors import DatabaseError

JOB_TASK: Final = "visavis.job"
DELIVER_TASK: Final = "visavis.deliver"
RENDERING: Final = "rendering"  # the queue of the pool of rendering processes
MAINTENANCE: Final = "maintenance"

# It only puts work in, on connections that it is given.
_app: Final = procrastinate.App(connector=procrastinate.PsycopgConnector())


async def enqueue(
    tx: AsyncSession, task: str, *, into: str, at: datetime | None = None, **values: str | int
) -> None:
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
