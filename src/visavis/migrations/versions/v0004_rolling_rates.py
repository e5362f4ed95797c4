"""Rates of a rolling window, exact to the request; tries to sign in, the slower the more of them fail."""

from alembic import op

revision = "0004"
down_revision: str | None = "0003"

_TABLES = """
DROP FUNCTION rate_take(text, bigint, double precision, bigint);
DROP TABLE rate_windows;

-- When each of the last requests was let in: a ring of as many marks as the limit, in order of their slots.
-- Unlogged: after a crash counting starts anew, and writing costs next to nothing.
CREATE UNLOGGED TABLE rate_rings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    taken bigint NOT NULL DEFAULT 0,
    last_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);
CREATE UNLOGGED TABLE rate_marks (
    ring bigint NOT NULL,
    slot bigint NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (ring, slot)
) WITH (fillfactor = 70);

-- Tries to sign in since the last that succeeded. The pause before another grows with them.
CREATE UNLOGGED TABLE sign_in_tries (
    name text PRIMARY KEY,
    tries bigint NOT NULL DEFAULT 0,
    last_at timestamptz NOT NULL DEFAULT now()
);
"""

_TAKE = """
-- Let one more in, if fewer than `most` were within the window: then the mark that would be overwritten is
-- older than that. Seconds to wait otherwise. The ring's lock makes replicas wait for each other; every
-- statement after it sees what the one before wrote. A mark of the future was made before the clock was set
-- back: it no longer counts.
CREATE FUNCTION rate_take(wanted text, most bigint, window_s double precision, at timestamptz DEFAULT NULL)
RETURNS double precision LANGUAGE plpgsql AS $body$
DECLARE
    found_ring rate_rings;
    instant timestamptz;
    oldest timestamptz;
BEGIN
    LOOP
        SELECT * INTO found_ring FROM rate_rings r WHERE r.name = wanted FOR UPDATE;
        EXIT WHEN FOUND;
        INSERT INTO rate_rings (name) VALUES (wanted) ON CONFLICT (name) DO NOTHING;
    END LOOP;
    instant := coalesce(at, clock_timestamp());
    SELECT m.at INTO oldest FROM rate_marks m
        WHERE m.ring = found_ring.id AND m.slot = found_ring.taken % most;
    IF oldest > instant - make_interval(secs => window_s) AND oldest <= instant THEN
        RETURN extract(epoch FROM oldest - instant) + window_s;
    END IF;
    INSERT INTO rate_marks (ring, slot, at) VALUES (found_ring.id, found_ring.taken % most, instant)
        ON CONFLICT (ring, slot) DO UPDATE SET at = excluded.at;
    UPDATE rate_rings r SET taken = r.taken + 1, last_at = instant WHERE r.id = found_ring.id;
    RETURN 0;
END
$body$;

-- How many were let in within the window, and the seconds until the first of them leaves it.
CREATE FUNCTION rate_stand(
    wanted text, window_s double precision, at timestamptz, OUT used bigint, OUT wait_s double precision
) LANGUAGE sql STABLE AS $body$
    SELECT count(*), coalesce(extract(epoch FROM min(m.at) - $3) + window_s, 0)
    FROM rate_rings r JOIN rate_marks m ON m.ring = r.id
    WHERE r.name = wanted AND m.at > $3 - make_interval(secs => window_s) AND m.at <= $3
$body$;

-- Let a try in, or say how many seconds are to be waited: none for the first `free` of them, then twice as
-- long each time, up to `max_s`. Those that are refused count for nothing. After `forget_s` all is forgotten.
CREATE FUNCTION sign_in_try(
    wanted text,
    free bigint,
    max_s double precision,
    forget_s double precision,
    at timestamptz DEFAULT NULL
) RETURNS double precision LANGUAGE plpgsql AS $body$
DECLARE
    past sign_in_tries;
    instant timestamptz;
    pause_s double precision := 0;
BEGIN
    LOOP
        SELECT * INTO past FROM sign_in_tries t WHERE t.name = wanted FOR UPDATE;
        EXIT WHEN FOUND;
        INSERT INTO sign_in_tries (name) VALUES (wanted) ON CONFLICT (name) DO NOTHING;
    END LOOP;
    instant := coalesce(at, clock_timestamp());
    IF past.last_at < instant - make_interval(secs => forget_s) OR past.last_at > instant THEN
        past.tries := 0;
    END IF;
    IF past.tries >= free THEN
        pause_s := least(max_s, power(2, least(past.tries - free, 30)));
    END IF;
    IF past.last_at + make_interval(secs => pause_s) > instant AND past.tries >= free THEN
        RETURN extract(epoch FROM past.last_at - instant) + pause_s;
    END IF;
    UPDATE sign_in_tries t SET tries = past.tries + 1, last_at = instant WHERE t.name = wanted;
    RETURN 0;
END
$body$;
"""


def upgrade() -> None:
    """Make everything."""
    # The driver's own connection: these are scripts of many statements, and hold % and : as they are.
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("There is no connection to migrate.")
    connection.execute(_TABLES + _TAKE)
