SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE TYPE public.procrastinate_job_event_type AS ENUM (
    'deferred',
    'started',
    'deferred_for_retry',
    'failed',
    'succeeded',
    'cancelled',
    'abort_requested',
    'aborted',
    'scheduled',
    'retried'
);
CREATE TYPE public.procrastinate_job_status AS ENUM (
    'todo',
    'doing',
    'succeeded',
    'failed',
    'cancelled',
    'aborting',
    'aborted'
);
CREATE TYPE public.procrastinate_job_to_defer_v1 AS (
	queue_name character varying,
	task_name character varying,
	priority integer,
	lock text,
	queueing_lock text,
	args jsonb,
	scheduled_at timestamp with time zone
);
CREATE FUNCTION public.procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status = 'todo'
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        IF abort THEN
            UPDATE procrastinate_jobs
            SET abort_requested = true,
                status = CASE status
                    WHEN 'todo' THEN 'cancelled'::procrastinate_job_status ELSE status
                END
            WHERE id = job_id AND status IN ('todo', 'doing')
            RETURNING id INTO _job_id;
        ELSE
            UPDATE procrastinate_jobs
            SET status = 'cancelled'::procrastinate_job_status
            WHERE id = job_id AND status = 'todo'
            RETURNING id INTO _job_id;
        END IF;
    END IF;
    RETURN _job_id;
END;
$$;
CREATE FUNCTION public.procrastinate_defer_jobs_v1(jobs public.procrastinate_job_to_defer_v1[]) RETURNS bigint[]
    LANGUAGE plpgsql
    AS $$
DECLARE
    job_ids bigint[];
BEGIN
    WITH inserted_jobs AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
        SELECT (job).queue_name,
               (job).task_name,
               (job).priority,
               (job).lock,
               (job).queueing_lock,
               (job).args,
               (job).scheduled_at
        FROM unnest(jobs) AS job
        RETURNING id
    )
    SELECT array_agg(id) FROM inserted_jobs INTO job_ids;
    RETURN job_ids;
END;
$$;
CREATE FUNCTION public.procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
	_job_id bigint;
	_defer_id bigint;
BEGIN
    INSERT
        INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)
        VALUES (_task_name, _periodic_id, _defer_timestamp)
        ON CONFLICT DO NOTHING
        RETURNING id into _defer_id;
    IF _defer_id IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE procrastinate_periodic_defers
        SET job_id = (
            SELECT COALESCE((
                SELECT unnest(procrastinate_defer_jobs_v1(
                    ARRAY[
                        ROW(
                            _queue_name,
                            _task_name,
                            _priority,
                            _lock,
                            _queueing_lock,
                            _args,
                            NULL::timestamptz
                        )
                    ]::procrastinate_job_to_defer_v1[]
                ))
            ), NULL)
        )
        WHERE id = _defer_id
        RETURNING job_id INTO _job_id;
    DELETE
        FROM procrastinate_periodic_defers
        USING (
            SELECT id
            FROM procrastinate_periodic_defers
            WHERE procrastinate_periodic_defers.task_name = _task_name
            AND procrastinate_periodic_defers.periodic_id = _periodic_id
            AND procrastinate_periodic_defers.defer_timestamp < _defer_timestamp
            ORDER BY id
            FOR UPDATE
        ) to_delete
        WHERE procrastinate_periodic_defers.id = to_delete.id;
    RETURN _job_id;
END;
$$;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.procrastinate_jobs (
    id bigint NOT NULL,
    queue_name character varying(128) NOT NULL,
    task_name character varying(128) NOT NULL,
    priority integer DEFAULT 0 NOT NULL,
    lock text,
    queueing_lock text,
    args jsonb DEFAULT '{}'::jsonb NOT NULL,
    status public.procrastinate_job_status DEFAULT 'todo'::public.procrastinate_job_status NOT NULL,
    scheduled_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    abort_requested boolean DEFAULT false NOT NULL,
    worker_id bigint,
    CONSTRAINT check_not_todo_abort_requested CHECK ((NOT ((status = 'todo'::public.procrastinate_job_status) AND (abort_requested = true))))
);
CREATE FUNCTION public.procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) RETURNS public.procrastinate_jobs
    LANGUAGE plpgsql
    AS $$
DECLARE
	found_jobs procrastinate_jobs;
BEGIN
    WITH candidate AS (
        SELECT jobs.*
            FROM procrastinate_jobs AS jobs
            WHERE
                -- reject the job if its lock has earlier or higher priority jobs
                NOT EXISTS (
                    SELECT 1
                        FROM procrastinate_jobs AS other_jobs
                        WHERE
                            jobs.lock IS NOT NULL
                            AND other_jobs.lock = jobs.lock
                            AND (
                                -- job with same lock is already running
                                other_jobs.status = 'doing'
                                OR
                                -- job with same lock is waiting and has higher priority (or same priority but was queued first)
                                (
                                    other_jobs.status = 'todo'
                                    AND (
                                        other_jobs.priority > jobs.priority
                                        OR (
                                        other_jobs.priority = jobs.priority
                                        AND other_jobs.id < jobs.id
                                        )
                                    )
                                )
                            )
                )
                AND jobs.status = 'todo'
                AND (target_queue_names IS NULL OR jobs.queue_name = ANY( target_queue_names ))
                AND (jobs.scheduled_at IS NULL OR jobs.scheduled_at <= now())
            ORDER BY jobs.priority DESC, jobs.id ASC LIMIT 1
            FOR UPDATE OF jobs SKIP LOCKED
    )
    UPDATE procrastinate_jobs
        SET status = 'doing', worker_id = p_worker_id
        FROM candidate
        WHERE procrastinate_jobs.id = candidate.id
        RETURNING procrastinate_jobs.* INTO found_jobs;
 RETURN found_jobs;
END;
$$;
CREATE FUNCTION public.procrastinate_finish_job_v1(job_id bigint, end_status public.procrastinate_job_status, delete_job boolean) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF end_status NOT IN ('succeeded', 'failed', 'aborted') THEN
        RAISE 'End status should be either "succeeded", "failed" or "aborted" (job id: %)', job_id;
    END IF;
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = end_status,
            abort_requested = false,
            attempts = CASE status
                WHEN 'doing' THEN attempts + 1 ELSE attempts
            END
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" or "todo" status (job id: %)', job_id;
    END IF;
END;
$$;
CREATE FUNCTION public.procrastinate_notify_queue_abort_job_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'abort_job_requested', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_notify_queue_job_inserted_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'job_inserted', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    DELETE FROM procrastinate_workers
    WHERE last_heartbeat < NOW() - (seconds_since_heartbeat || 'SECOND')::INTERVAL
    RETURNING procrastinate_workers.id;
END;
$$;
CREATE FUNCTION public.procrastinate_register_worker_v1() RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    INSERT INTO procrastinate_workers DEFAULT VALUES
    RETURNING procrastinate_workers.id;
END;
$$;
CREATE FUNCTION public.procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
BEGIN
    SELECT abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status = 'doing'
    FOR UPDATE
    INTO _abort_requested;
    IF _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" status (job id: %)', job_id;
    END IF;
END;
$$;
CREATE FUNCTION public.procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
    _current_status procrastinate_job_status;
BEGIN
    SELECT status, abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status IN ('doing', 'failed')
    FOR UPDATE
    INTO _current_status, _abort_requested;
    IF _current_status = 'doing' AND _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status IN ('doing', 'failed')
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or has an invalid status to retry (job id: %)', job_id;
    END IF;
END;
$$;
CREATE FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'abort_requested'::procrastinate_job_event_type);
    RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_trigger_function_scheduled_events_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type, at)
        VALUES (NEW.id, 'scheduled'::procrastinate_job_event_type, NEW.scheduled_at);
	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_trigger_function_status_events_insert_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'deferred'::procrastinate_job_event_type);
	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_trigger_function_status_events_update_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    WITH t AS (
        SELECT CASE
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND NEW.status = 'doing'::procrastinate_job_status
                THEN 'started'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'deferred_for_retry'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'failed'::procrastinate_job_status
                THEN 'failed'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'succeeded'::procrastinate_job_status
                THEN 'succeeded'::procrastinate_job_event_type
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND (
                    NEW.status = 'cancelled'::procrastinate_job_status
                    OR NEW.status = 'failed'::procrastinate_job_status
                    OR NEW.status = 'succeeded'::procrastinate_job_status
                )
                THEN 'cancelled'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'aborted'::procrastinate_job_status
                THEN 'aborted'::procrastinate_job_event_type
            WHEN OLD.status = 'failed'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'retried'::procrastinate_job_event_type
            ELSE NULL
        END as event_type
    )
    INSERT INTO procrastinate_events(job_id, type)
        SELECT NEW.id, t.event_type
        FROM t
        WHERE t.event_type IS NOT NULL;
	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_unlink_periodic_defers_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_periodic_defers
    SET job_id = NULL
    WHERE job_id = OLD.id;
    RETURN OLD;
END;
$$;
CREATE FUNCTION public.procrastinate_unregister_worker_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM procrastinate_workers
    WHERE id = worker_id;
END;
$$;
CREATE FUNCTION public.procrastinate_update_heartbeat_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_workers
    SET last_heartbeat = NOW()
    WHERE id = worker_id;
END;
$$;
CREATE FUNCTION public.rate_stand(wanted text, window_s double precision, at timestamp with time zone, OUT used bigint, OUT wait_s double precision) RETURNS record
    LANGUAGE sql STABLE
    AS $_$
    SELECT count(*), coalesce(extract(epoch FROM min(m.at) - $3) + window_s, 0)
    FROM rate_rings r JOIN rate_marks m ON m.ring = r.id
    WHERE r.name = wanted AND m.at > $3 - make_interval(secs => window_s) AND m.at <= $3
$_$;
CREATE FUNCTION public.rate_take(wanted text, most bigint, window_s double precision, at timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS double precision
    LANGUAGE plpgsql
    AS $$
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
$$;
CREATE FUNCTION public.sign_in_try(wanted text, free bigint, max_s double precision, forget_s double precision, at timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS double precision
    LANGUAGE plpgsql
    AS $$
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
$$;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.api_keys (
    id bigint NOT NULL,
    prefix text NOT NULL,
    digest bytea NOT NULL,
    name text NOT NULL,
    tier text NOT NULL,
    user_id bigint,
    requests_per_minute bigint,
    monthly_cap bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    revoked_at timestamp with time zone
);
ALTER TABLE public.api_keys ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.api_keys_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.deliveries (
    id bigint NOT NULL,
    job_id text NOT NULL,
    key_id bigint NOT NULL,
    url text NOT NULL,
    attempts bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    delivered_at timestamp with time zone,
    given_up_at timestamp with time zone,
    outcome text
);
ALTER TABLE public.deliveries ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.deliveries_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE SEQUENCE public.jobs_sequence
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE TABLE public.jobs (
    id text NOT NULL,
    sequence bigint DEFAULT nextval('public.jobs_sequence'::regclass) NOT NULL,
    key_id bigint NOT NULL,
    type text NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    attempt bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    completed_at timestamp with time zone,
    expires_at timestamp with time zone,
    image_path text,
    image_bytes bigint,
    audio_path text,
    audio_bytes bigint,
    text text,
    chars bigint,
    language text,
    voice text,
    content_type text NOT NULL,
    result_path text,
    result_bytes bigint,
    duration_s double precision,
    sample_rate_hz bigint,
    error_code text,
    error text,
    callback_url text,
    base_url text NOT NULL,
    idempotency_key text,
    fingerprint bytea,
    CONSTRAINT jobs_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'processing'::text, 'completed'::text, 'failed'::text])))
);
CREATE TABLE public.key_months (
    key_id bigint NOT NULL,
    month text NOT NULL,
    requests bigint NOT NULL
);
CREATE TABLE public.procrastinate_events (
    id bigint NOT NULL,
    job_id bigint NOT NULL,
    type public.procrastinate_job_event_type,
    at timestamp with time zone DEFAULT now()
);
CREATE SEQUENCE public.procrastinate_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.procrastinate_events_id_seq OWNED BY public.procrastinate_events.id;
CREATE SEQUENCE public.procrastinate_jobs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.procrastinate_jobs_id_seq OWNED BY public.procrastinate_jobs.id;
CREATE TABLE public.procrastinate_periodic_defers (
    id bigint NOT NULL,
    task_name character varying(128) NOT NULL,
    defer_timestamp bigint,
    job_id bigint,
    periodic_id character varying(128) DEFAULT ''::character varying NOT NULL
);
CREATE SEQUENCE public.procrastinate_periodic_defers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.procrastinate_periodic_defers_id_seq OWNED BY public.procrastinate_periodic_defers.id;
CREATE TABLE public.procrastinate_workers (
    id bigint NOT NULL,
    last_heartbeat timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.procrastinate_workers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.procrastinate_workers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE UNLOGGED TABLE public.rate_marks (
    ring bigint NOT NULL,
    slot bigint NOT NULL,
    at timestamp with time zone NOT NULL
)
WITH (fillfactor='70');
CREATE UNLOGGED TABLE public.rate_rings (
    id bigint NOT NULL,
    name text NOT NULL,
    taken bigint DEFAULT 0 NOT NULL,
    last_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (fillfactor='50');
ALTER TABLE public.rate_rings ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.rate_rings_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.rigs (
    id text NOT NULL,
    path text NOT NULL,
    used_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.secrets (
    name text NOT NULL,
    value bytea NOT NULL
);
CREATE TABLE public.session_messages (
    sequence bigint NOT NULL,
    session_id text NOT NULL,
    kind text NOT NULL,
    rig_id text,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.session_messages ALTER COLUMN sequence ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.session_messages_sequence_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sessions (
    id text NOT NULL,
    key_id bigint NOT NULL,
    mode text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    reason text,
    room text NOT NULL,
    livekit_url text NOT NULL,
    sealed_token bytea,
    rig_id text,
    idle_timeout_s bigint NOT NULL,
    most_s bigint,
    price_per_hour_usd double precision NOT NULL,
    worker_id text,
    lease_until timestamp with time zone NOT NULL,
    placements bigint DEFAULT 1 NOT NULL,
    applied bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    joined_at timestamp with time zone,
    ended_at timestamp with time zone,
    room_closed boolean DEFAULT false NOT NULL,
    CONSTRAINT sessions_check CHECK (((reason IS NULL) = (status = 'active'::text))),
    CONSTRAINT sessions_check1 CHECK (((rig_id IS NOT NULL) OR (status = 'ended'::text))),
    CONSTRAINT sessions_status_check CHECK ((status = ANY (ARRAY['active'::text, 'ended'::text])))
);
CREATE TABLE public.shares (
    digest bytea NOT NULL,
    session_id text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.sign_in_links (
    digest bytea NOT NULL,
    user_id bigint,
    expires_at timestamp with time zone NOT NULL
);
CREATE UNLOGGED TABLE public.sign_in_tries (
    name text NOT NULL,
    tries bigint DEFAULT 0 NOT NULL,
    last_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.sign_ins (
    id bigint NOT NULL,
    digest bytea NOT NULL,
    user_id bigint,
    key_id bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT sign_ins_check CHECK ((num_nonnulls(user_id, key_id) = 1))
);
ALTER TABLE public.sign_ins ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sign_ins_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.usage (
    job_id text NOT NULL,
    key_id bigint NOT NULL,
    type text NOT NULL,
    seconds double precision NOT NULL,
    cost_usd double precision NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.users (
    id bigint NOT NULL,
    email text NOT NULL,
    password_hash text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    is_operator boolean DEFAULT false NOT NULL
);
ALTER TABLE public.users ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.users_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.workers (
    id text NOT NULL,
    slots bigint NOT NULL,
    busy bigint NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    live_slots bigint DEFAULT 0 NOT NULL
);
ALTER TABLE ONLY public.procrastinate_events ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_events_id_seq'::regclass);
ALTER TABLE ONLY public.procrastinate_jobs ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_jobs_id_seq'::regclass);
ALTER TABLE ONLY public.procrastinate_periodic_defers ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_periodic_defers_id_seq'::regclass);
INSERT INTO public.alembic_version VALUES ('0004');
INSERT INTO public.api_keys VALUES (1, 'sk_live_MQKa', '\x12983e7f7257f1dee626dfe36387f1d3b4c8bda7693b00ffa6fe46ea6db46dc8', 'First key', 'starter', NULL, NULL, NULL, '2026-11-27 17:48:58.707941+00', NULL);
INSERT INTO public.api_keys VALUES (2, 'sk_live_d4XI', '\xc20283b758896a952cdc7599899584c50a693a5d2c056e920146a05a35b58625', 'Bob''s laptop', 'starter', 2, NULL, NULL, '2026-11-27 17:48:59.567163+00', NULL);
INSERT INTO public.api_keys VALUES (3, 'sk_live_D1bq', '\x86461b024ca461658e212af07da280e6297dd638e77afa23cde25585824ea9ba', 'Bob''s server', 'starter', 2, NULL, 500, '2026-11-27 17:48:59.567163+00', NULL);
INSERT INTO public.api_keys VALUES (5, 'sk_live_Eo87', '\x32e8a2ca20fa8a10c90f3a6e644801a346f4dc0e4c50a45fa10423d60050c121', 'Shop', 'production', NULL, NULL, NULL, '2026-11-27 17:48:59.567163+00', NULL);
INSERT INTO public.api_keys VALUES (6, 'sk_live_cg3l', '\x4a11640153c812922f9dc77adb8f02729540dc0a5a02779b103ff0a495eb7b08', 'Ada''s', 'starter', 1, NULL, NULL, '2026-11-27 17:48:59.567163+00', NULL);
INSERT INTO public.api_keys VALUES (7, 'sk_live_vWb3', '\xfb59a0392719f0e2a7fcd7f5b08fe0cd7220c9d0d4efbc17bb45d1f20648ad15', 'Console', 'console', 1, 4000, NULL, '2026-11-27 17:49:29.344128+00', NULL);
INSERT INTO public.api_keys VALUES (4, 'sk_live_Jugh', '\x931feb204474498cd466b0cb753ab77fa5ef23618eb28dfdfec64a574d6d2266', 'Old shop', 'starter', NULL, 90, NULL, '2026-11-27 17:48:59.567163+00', '2026-11-27 17:49:34.14417+00');
INSERT INTO public.deliveries VALUES (1, 'eb52ec492e23', 2, 'https://localhost:33853/done', 1, '2026-11-27 17:49:04.547379+00', '2026-11-27 17:49:04.698738+00', NULL, '200');
INSERT INTO public.deliveries VALUES (2, 'ce190e8297fe', 5, 'https://localhost:33853/never', 2, '2026-11-27 17:49:06.883284+00', NULL, NULL, '500');
INSERT INTO public.jobs VALUES ('eb52ec492e23', 1, 2, 'video', 'completed', 1, '2026-11-27 17:49:01.337476+00', '2026-11-27 17:49:01.39831+00', '2026-11-27 17:49:04.547379+00', '2121-12-21 23:09:04.547379+00', NULL, 883094, NULL, NULL, 'A short film of mine.', 21, NULL, NULL, 'video/mp4', 'results/eb52ec492e23/1.mp4', 75389, 1.28, NULL, NULL, NULL, 'https://localhost:33853/done', 'http://127.0.0.1:41113', 'film-1', '\x34b33fd261da286e9df75b03ed3d0b3f44921f83724cc5be1c8fc11359a7b219');
INSERT INTO public.jobs VALUES ('1899ae16c038', 2, 3, 'tts', 'completed', 1, '2026-11-27 17:49:01.580594+00', '2026-11-27 17:49:04.5938+00', '2026-11-27 17:49:04.669931+00', '2121-12-21 23:09:04.669931+00', NULL, NULL, NULL, NULL, 'Only spoken.', 12, NULL, NULL, 'audio/wav', 'results/1899ae16c038/1.wav', 36318, 0.8217687074829932, 22050, NULL, NULL, NULL, 'http://127.0.0.1:41113', NULL, '\x0f18b2c7b6e97ab0265db3b76787329cbddf9b46f93612281b7034a9ff611fcb');
INSERT INTO public.jobs VALUES ('8bfa6098e291', 3, 4, 'tts', 'completed', 1, '2026-11-27 17:49:01.735963+00', '2026-11-27 17:49:04.707676+00', '2026-11-27 17:49:04.877223+00', '2121-12-21 23:09:04.877223+00', NULL, NULL, NULL, NULL, 'From the shop that had another key.', 35, NULL, NULL, 'audio/mpeg', 'results/8bfa6098e291/1.mp3', 29301, 1.7555555555555555, 44100, NULL, NULL, NULL, 'http://127.0.0.1:41113', NULL, '\x26b69af7035ac2997ef7f7d93158e810b556d80381a90ced5c76e5617e6cc9df');
INSERT INTO public.jobs VALUES ('ce190e8297fe', 4, 5, 'video', 'completed', 1, '2026-11-27 17:49:02.643247+00', '2026-11-27 17:49:04.91924+00', '2026-11-27 17:49:06.883284+00', '2121-12-21 23:09:06.883284+00', NULL, 883094, NULL, NULL, 'Welcome to the shop.', 20, NULL, NULL, 'video/mp4', 'results/ce190e8297fe/1.mp4', 68454, 1.12, NULL, NULL, NULL, 'https://localhost:33853/never', 'http://127.0.0.1:41113', NULL, '\x7f9d97d9595b3c65352c1dee9ac1bda12e1168b589f757faa5d6164b230ffd5d');
INSERT INTO public.jobs VALUES ('ffb20eb2e57c', 5, 1, 'video', 'completed', 1, '2026-11-27 17:49:03.031868+00', '2026-11-27 17:49:06.943768+00', '2026-11-27 17:49:08.845155+00', '2121-12-21 23:09:08.845155+00', NULL, 883094, NULL, NULL, 'The first of all.', 17, NULL, NULL, 'video/mp4', 'results/ffb20eb2e57c/1.mp4', 57734, 0.96, NULL, NULL, NULL, NULL, 'http://127.0.0.1:41113', NULL, '\x3c428ee5a7ece5aa1c4be386b922ac41c88b0a2f874e7afbf9082e03964b1b16');
INSERT INTO public.jobs VALUES ('4f2fc8448958', 6, 3, 'tts', 'pending', 0, '2026-11-27 17:49:33.791301+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'Still to be said.', 17, NULL, NULL, 'audio/wav', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'http://127.0.0.1:41113', NULL, NULL);
INSERT INTO public.jobs VALUES ('7445becb4897', 7, 5, 'tts', 'processing', 1, '2026-11-27 17:49:33.791301+00', '2026-11-27 17:49:33.791301+00', NULL, NULL, NULL, NULL, NULL, NULL, 'Being said.', 11, NULL, NULL, 'audio/wav', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'http://127.0.0.1:41113', NULL, NULL);
INSERT INTO public.jobs VALUES ('28bf4bf15787', 8, 4, 'tts', 'failed', 1, '2026-11-27 17:49:33.791301+00', '2026-11-27 17:49:33.791301+00', '2026-11-27 17:49:33.791301+00', '2026-11-28 17:49:33.791301+00', NULL, NULL, NULL, NULL, 'Never said.', 11, NULL, NULL, 'audio/wav', NULL, NULL, NULL, NULL, 'generation_failed', 'Processing failed. Please try again.', NULL, 'http://127.0.0.1:41113', NULL, NULL);
INSERT INTO public.key_months VALUES (3, '2026-11', 1);
INSERT INTO public.key_months VALUES (4, '2026-11', 1);
INSERT INTO public.key_months VALUES (1, '2026-11', 1);
INSERT INTO public.key_months VALUES (5, '2026-11', 2);
INSERT INTO public.key_months VALUES (2, '2026-11', 3);
INSERT INTO public.procrastinate_events VALUES (18, 9, 'scheduled', '2026-11-28 17:49:08.053379+00');
INSERT INTO public.procrastinate_events VALUES (19, 9, 'deferred', '2026-11-27 17:49:08.054954+00');
INSERT INTO public.procrastinate_events VALUES (20, 10, 'deferred', '2026-11-27 17:49:33.791301+00');
INSERT INTO public.procrastinate_events VALUES (21, 11, 'deferred', '2026-11-27 17:49:33.791301+00');
INSERT INTO public.procrastinate_events VALUES (22, 12, 'deferred', '2026-11-27 17:49:33.791301+00');
INSERT INTO public.procrastinate_jobs VALUES (9, 'errands', 'visavis.deliver', 0, NULL, NULL, '{"delivery_id": 2}', 'todo', '2026-11-28 17:49:08.053379+00', 0, false, NULL);
INSERT INTO public.procrastinate_jobs VALUES (10, 'rendering', 'visavis.render', 0, NULL, NULL, '{"job_id": "4f2fc8448958"}', 'todo', NULL, 0, false, NULL);
INSERT INTO public.procrastinate_jobs VALUES (11, 'rendering', 'visavis.render', 0, NULL, NULL, '{"job_id": "7445becb4897"}', 'todo', NULL, 0, false, NULL);
INSERT INTO public.procrastinate_jobs VALUES (12, 'rendering', 'visavis.render', 0, NULL, NULL, '{"job_id": "28bf4bf15787"}', 'todo', NULL, 0, false, NULL);
INSERT INTO public.procrastinate_workers OVERRIDING SYSTEM VALUE VALUES (1, '2026-11-27 17:49:29.159345+00');
INSERT INTO public.procrastinate_workers OVERRIDING SYSTEM VALUE VALUES (2, '2026-11-27 17:49:29.205132+00');
INSERT INTO public.rate_marks VALUES (1, 0, '2026-11-27 17:49:00.370237+00');
INSERT INTO public.rate_marks VALUES (2, 0, '2026-11-27 17:49:01.566698+00');
INSERT INTO public.rate_marks VALUES (3, 0, '2026-11-27 17:49:01.717346+00');
INSERT INTO public.rate_marks VALUES (4, 0, '2026-11-27 17:49:01.860663+00');
INSERT INTO public.rate_marks VALUES (5, 0, '2026-11-27 17:49:02.720001+00');
INSERT INTO public.rate_marks VALUES (1, 1, '2026-11-27 17:49:09.12802+00');
INSERT INTO public.rate_marks VALUES (4, 1, '2026-11-27 17:49:18.654585+00');
INSERT INTO public.rate_marks VALUES (1, 2, '2026-11-27 17:49:18.887988+00');
INSERT INTO public.rate_marks VALUES (11, 0, '2026-11-27 17:49:27.527915+00');
INSERT INTO public.rate_marks VALUES (11, 1, '2026-11-27 17:49:30.453252+00');
INSERT INTO public.rate_rings OVERRIDING SYSTEM VALUE VALUES (2, 'key:3:all:1000', 1, '2026-11-27 17:49:01.566698+00');
INSERT INTO public.rate_rings OVERRIDING SYSTEM VALUE VALUES (3, 'key:4:all:90', 1, '2026-11-27 17:49:01.717346+00');
INSERT INTO public.rate_rings OVERRIDING SYSTEM VALUE VALUES (5, 'key:1:all:1000', 1, '2026-11-27 17:49:02.720001+00');
INSERT INTO public.rate_rings OVERRIDING SYSTEM VALUE VALUES (4, 'key:5:all:1000', 2, '2026-11-27 17:49:18.654585+00');
INSERT INTO public.rate_rings OVERRIDING SYSTEM VALUE VALUES (1, 'key:2:all:1000', 3, '2026-11-27 17:49:18.887988+00');
INSERT INTO public.rate_rings OVERRIDING SYSTEM VALUE VALUES (11, 'sign-in:127.0.0.1:60', 2, '2026-11-27 17:49:30.453252+00');
INSERT INTO public.rigs VALUES ('ae7a84525fa01b93fd1ffd15a961b699f42a55308b4701f79bba97461ffd9687-1', 'rigs/ae7a84525fa01b93fd1ffd15a961b699f42a55308b4701f79bba97461ffd9687-1.visavis', '2026-11-27 17:49:18.906062+00');
INSERT INTO public.secrets VALUES ('rooms', '\x616040428aa22e899a4bda4c7840305871e76f42d98c9970c5a5873e0a1e0ab2');
INSERT INTO public.secrets VALUES ('links', '\xf42b83bd3b1788f3a7655853ffacf103d3bce453306b3a47b1710fcadf35062d');
INSERT INTO public.secrets VALUES ('webhooks', '\x29bb9a6ab89891e16a645ec1d794507be2a6f00c390a58967300ac8df5f2fcc5');
INSERT INTO public.secrets VALUES ('access', '\xd1f6394d8ba8b34e53bca63a24d34869db80e4ae1f965808d8e8152965acceda');
INSERT INTO public.sessions VALUES ('ses_5061841f0df835f2c868', 2, 'passthrough', 'ended', 'deleted', 'atlas-rt-ses_5061841f0df835f2c868', 'ws://127.0.0.1:32967', NULL, 'ae7a84525fa01b93fd1ffd15a961b699f42a55308b4701f79bba97461ffd9687-1', 300, NULL, 10.5, 'a-worker', '2026-11-27 17:49:23.21177+00', 1, 0, '2026-11-27 17:49:10.579043+00', '2026-11-27 17:49:10.579043+00', '2026-11-27 17:49:11.170562+00', '2026-11-27 17:49:18.411559+00', true);
INSERT INTO public.sessions VALUES ('ses_d9fe7a4b7c26d1aa0b32', 5, 'passthrough', 'active', NULL, 'atlas-rt-ses_d9fe7a4b7c26d1aa0b32', 'ws://127.0.0.1:32967', NULL, 'ae7a84525fa01b93fd1ffd15a961b699f42a55308b4701f79bba97461ffd9687-1', 300, NULL, 10.5, 'a-worker', '2026-11-27 17:49:34.590575+00', 1, 0, '2026-11-27 17:49:18.718467+00', '2026-11-27 17:49:18.718467+00', '2026-11-27 17:49:19.851801+00', NULL, false);
INSERT INTO public.sessions VALUES ('ses_4110427d21de4820688a', 2, 'passthrough', 'active', NULL, 'atlas-rt-ses_4110427d21de4820688a', 'ws://127.0.0.1:32967', NULL, 'ae7a84525fa01b93fd1ffd15a961b699f42a55308b4701f79bba97461ffd9687-1', 300, NULL, 10.5, 'a-worker', '2026-11-27 17:49:34.590575+00', 1, 0, '2026-11-27 17:49:18.92339+00', '2026-11-27 17:49:18.92339+00', '2026-11-27 17:49:20.17288+00', NULL, false);
INSERT INTO public.shares VALUES ('\x98fb115c4561cace9c21d842955758fc89ebd1a221888fac66213a83553391c6', 'ses_d9fe7a4b7c26d1aa0b32', '2026-11-27 17:49:29.544318+00');
INSERT INTO public.sign_in_links VALUES ('\x0663b34cfb0229540637989eb8c85b62d5e080afdb94095b71e9710c368a4f90', NULL, '2026-11-28 17:48:58.707941+00');
INSERT INTO public.sign_in_links VALUES ('\xfa63404339d0e751ff5c6b87706b62b9af36d599aec15adeade7a853cd69b156', 2, '2026-11-28 17:49:34.143426+00');
INSERT INTO public.sign_ins VALUES (1, '\x551821823bd9ccf202157797003dbbb6b5bf8448e7ad1efcbe6ac7e98e6c96f1', 1, NULL, '2026-11-27 17:49:27.544968+00', '2026-12-11 17:49:27.544968+00');
INSERT INTO public.sign_ins VALUES (2, '\xd7093a8136f0d480f626fb3378333b06cb86331a1d03e651df08064eb9c4a77f', NULL, 5, '2026-11-27 17:49:30.455018+00', '2026-12-11 17:49:30.455018+00');
INSERT INTO public.usage VALUES ('eb52ec492e23', 2, 'video', 1.28, 0.002488888888888889, '2026-11-27 17:49:04.547379+00');
INSERT INTO public.usage VALUES ('1899ae16c038', 3, 'tts', 0.8217687074829932, 0, '2026-11-27 17:49:04.669931+00');
INSERT INTO public.usage VALUES ('8bfa6098e291', 4, 'tts', 1.7555555555555555, 0, '2026-11-27 17:49:04.877223+00');
INSERT INTO public.usage VALUES ('ce190e8297fe', 5, 'video', 1.12, 0.002177777777777778, '2026-11-27 17:49:06.883284+00');
INSERT INTO public.usage VALUES ('ffb20eb2e57c', 1, 'video', 0.96, 0.0018666666666666666, '2026-11-27 17:49:08.845155+00');
INSERT INTO public.usage VALUES ('ses_5061841f0df835f2c868', 2, 'realtime', 7, 0.020416666666666666, '2026-11-27 17:49:18.411559+00');
INSERT INTO public.users VALUES (1, 'ada@example.com', '$argon2id$v=19$m=65536,t=3,p=4$Vi7vkno5RrC93nFjotceaA$lwMZzhb4vaxPetBMxU1cbW5nYAkFlih+JEn7teersSg', '2026-11-27 17:48:59.567163+00', true);
INSERT INTO public.users VALUES (2, 'bob@example.com', '$argon2id$v=19$m=65536,t=3,p=4$tS/7U5ePEgJ7QS0qBZ/6PQ$MQE5SHJOsEfREzsDlU9mVk/yQGIVfpYlliSBIascs0g', '2026-11-27 17:48:59.567163+00', false);
INSERT INTO public.workers VALUES ('a-worker', 1, 0, '2026-11-27 17:49:29.746256+00', 2);
SELECT pg_catalog.setval('public.api_keys_id_seq', 7, true);
SELECT pg_catalog.setval('public.deliveries_id_seq', 2, true);
SELECT pg_catalog.setval('public.jobs_sequence', 8, true);
SELECT pg_catalog.setval('public.procrastinate_events_id_seq', 22, true);
SELECT pg_catalog.setval('public.procrastinate_jobs_id_seq', 12, true);
SELECT pg_catalog.setval('public.procrastinate_periodic_defers_id_seq', 1, false);
SELECT pg_catalog.setval('public.procrastinate_workers_id_seq', 2, true);
SELECT pg_catalog.setval('public.rate_rings_id_seq', 11, true);
SELECT pg_catalog.setval('public.session_messages_sequence_seq', 1, false);
SELECT pg_catalog.setval('public.sign_ins_id_seq', 2, true);
SELECT pg_catalog.setval('public.users_id_seq', 2, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_digest_key UNIQUE (digest);
ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT deliveries_job_id_key UNIQUE (job_id);
ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT deliveries_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_sequence_key UNIQUE (sequence);
ALTER TABLE ONLY public.key_months
    ADD CONSTRAINT key_months_pkey PRIMARY KEY (key_id, month);
ALTER TABLE ONLY public.procrastinate_events
    ADD CONSTRAINT procrastinate_events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_unique UNIQUE (task_name, periodic_id, defer_timestamp);
ALTER TABLE ONLY public.procrastinate_workers
    ADD CONSTRAINT procrastinate_workers_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.rate_marks
    ADD CONSTRAINT rate_marks_pkey PRIMARY KEY (ring, slot);
ALTER TABLE ONLY public.rate_rings
    ADD CONSTRAINT rate_rings_name_key UNIQUE (name);
ALTER TABLE ONLY public.rate_rings
    ADD CONSTRAINT rate_rings_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.rigs
    ADD CONSTRAINT rigs_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.secrets
    ADD CONSTRAINT secrets_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.session_messages
    ADD CONSTRAINT session_messages_pkey PRIMARY KEY (sequence);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.shares
    ADD CONSTRAINT shares_pkey PRIMARY KEY (digest);
ALTER TABLE ONLY public.sign_in_links
    ADD CONSTRAINT sign_in_links_pkey PRIMARY KEY (digest);
ALTER TABLE ONLY public.sign_in_tries
    ADD CONSTRAINT sign_in_tries_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.sign_ins
    ADD CONSTRAINT sign_ins_digest_key UNIQUE (digest);
ALTER TABLE ONLY public.sign_ins
    ADD CONSTRAINT sign_ins_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.usage
    ADD CONSTRAINT usage_pkey PRIMARY KEY (job_id);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key UNIQUE (email);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.workers
    ADD CONSTRAINT workers_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX console_keys ON public.api_keys USING btree (user_id) WHERE ((tier = 'console'::text) AND (revoked_at IS NULL));
CREATE INDEX deliveries_open ON public.deliveries USING btree (id) WHERE ((delivered_at IS NULL) AND (given_up_at IS NULL));
CREATE INDEX idx_procrastinate_jobs_worker_not_null ON public.procrastinate_jobs USING btree (worker_id) WHERE ((worker_id IS NOT NULL) AND (status = 'doing'::public.procrastinate_job_status));
CREATE INDEX idx_procrastinate_workers_last_heartbeat ON public.procrastinate_workers USING btree (last_heartbeat);
CREATE INDEX jobs_expiring ON public.jobs USING btree (expires_at) WHERE (expires_at IS NOT NULL);
CREATE UNIQUE INDEX jobs_idempotent ON public.jobs USING btree (key_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);
CREATE INDEX jobs_of_key ON public.jobs USING btree (key_id, sequence);
CREATE INDEX jobs_open ON public.jobs USING btree (status, sequence) WHERE (status = ANY (ARRAY['pending'::text, 'processing'::text]));
CREATE INDEX procrastinate_events_job_id_fkey_v1 ON public.procrastinate_events USING btree (job_id);
CREATE INDEX procrastinate_jobs_id_lock_idx_v1 ON public.procrastinate_jobs USING btree (id, lock) WHERE (status = ANY (ARRAY['todo'::public.procrastinate_job_status, 'doing'::public.procrastinate_job_status]));
CREATE UNIQUE INDEX procrastinate_jobs_lock_idx_v1 ON public.procrastinate_jobs USING btree (lock) WHERE (status = 'doing'::public.procrastinate_job_status);
CREATE INDEX procrastinate_jobs_priority_idx_v1 ON public.procrastinate_jobs USING btree (priority DESC, id) WHERE (status = 'todo'::public.procrastinate_job_status);
CREATE INDEX procrastinate_jobs_queue_name_idx_v1 ON public.procrastinate_jobs USING btree (queue_name);
CREATE UNIQUE INDEX procrastinate_jobs_queueing_lock_idx_v1 ON public.procrastinate_jobs USING btree (queueing_lock) WHERE (status = 'todo'::public.procrastinate_job_status);
CREATE INDEX procrastinate_periodic_defers_job_id_fkey_v1 ON public.procrastinate_periodic_defers USING btree (job_id);
CREATE INDEX rigs_by_use ON public.rigs USING btree (used_at);
CREATE INDEX session_messages_of ON public.session_messages USING btree (session_id, sequence);
CREATE INDEX sessions_active ON public.sessions USING btree (worker_id, lease_until) WHERE (status = 'active'::text);
CREATE INDEX sessions_of_key ON public.sessions USING btree (key_id, created_at);
CREATE INDEX sessions_of_rig ON public.sessions USING btree (rig_id);
CREATE INDEX sessions_to_close ON public.sessions USING btree (ended_at) WHERE ((status = 'ended'::text) AND (NOT room_closed));
CREATE INDEX shares_of_session ON public.shares USING btree (session_id);
CREATE INDEX usage_of_key ON public.usage USING btree (key_id, at);
CREATE TRIGGER procrastinate_jobs_notify_queue_job_aborted_v1 AFTER UPDATE OF abort_requested ON public.procrastinate_jobs FOR EACH ROW WHEN (((old.abort_requested = false) AND (new.abort_requested = true) AND (new.status = 'doing'::public.procrastinate_job_status))) EXECUTE FUNCTION public.procrastinate_notify_queue_abort_job_v1();
CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 AFTER INSERT ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::public.procrastinate_job_status)) EXECUTE FUNCTION public.procrastinate_notify_queue_job_inserted_v1();
CREATE TRIGGER procrastinate_trigger_abort_requested_events_v1 AFTER UPDATE OF abort_requested ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.abort_requested = true)) EXECUTE FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1();
CREATE TRIGGER procrastinate_trigger_delete_jobs_v1 BEFORE DELETE ON public.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION public.procrastinate_unlink_periodic_defers_v1();
CREATE TRIGGER procrastinate_trigger_scheduled_events_v1 AFTER INSERT OR UPDATE ON public.procrastinate_jobs FOR EACH ROW WHEN (((new.scheduled_at IS NOT NULL) AND (new.status = 'todo'::public.procrastinate_job_status))) EXECUTE FUNCTION public.procrastinate_trigger_function_scheduled_events_v1();
CREATE TRIGGER procrastinate_trigger_status_events_insert_v1 AFTER INSERT ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::public.procrastinate_job_status)) EXECUTE FUNCTION public.procrastinate_trigger_function_status_events_insert_v1();
CREATE TRIGGER procrastinate_trigger_status_events_update_v1 AFTER UPDATE OF status ON public.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION public.procrastinate_trigger_function_status_events_update_v1();
ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);
ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT deliveries_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.jobs(id);
ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT deliveries_key_id_fkey FOREIGN KEY (key_id) REFERENCES public.api_keys(id);
ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_key_id_fkey FOREIGN KEY (key_id) REFERENCES public.api_keys(id);
ALTER TABLE ONLY public.key_months
    ADD CONSTRAINT key_months_key_id_fkey FOREIGN KEY (key_id) REFERENCES public.api_keys(id);
ALTER TABLE ONLY public.procrastinate_events
    ADD CONSTRAINT procrastinate_events_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.procrastinate_workers(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id);
ALTER TABLE ONLY public.session_messages
    ADD CONSTRAINT session_messages_rig_id_fkey FOREIGN KEY (rig_id) REFERENCES public.rigs(id);
ALTER TABLE ONLY public.session_messages
    ADD CONSTRAINT session_messages_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_key_id_fkey FOREIGN KEY (key_id) REFERENCES public.api_keys(id);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_rig_id_fkey FOREIGN KEY (rig_id) REFERENCES public.rigs(id);
ALTER TABLE ONLY public.shares
    ADD CONSTRAINT shares_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.sign_in_links
    ADD CONSTRAINT sign_in_links_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);
ALTER TABLE ONLY public.sign_ins
    ADD CONSTRAINT sign_ins_key_id_fkey FOREIGN KEY (key_id) REFERENCES public.api_keys(id);
ALTER TABLE ONLY public.sign_ins
    ADD CONSTRAINT sign_ins_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);
ALTER TABLE ONLY public.usage
    ADD CONSTRAINT usage_key_id_fkey FOREIGN KEY (key_id) REFERENCES public.api_keys(id);
