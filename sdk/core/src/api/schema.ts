// Generated from openapi.json by scripts/schema.mjs. Do not change it by hand.

export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * About
         * @description What this is and what it can do.
         */
        get: operations["about__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Alive
         * @description The process lives.
         */
        get: operations["alive_healthz_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Health
         * @description Whether jobs and sessions can be taken in and done; 503 while a part is down.
         */
        get: operations["health_v1_health_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Status
         * @description Whether there is capacity: `available`, or `busy` when jobs, or live sessions, take all of theirs.
         */
        get: operations["status_v1_status_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Me
         * @description Your key, its rate limit and plan.
         */
        get: operations["me_v1_me_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/generate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Generate
         * @description Audio + image → lip-sync avatar video. Files together weigh at most 50 MB.
         */
        post: operations["generate_v1_generate_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tts/generate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Speak Mp3
         * @description Text → speech, as MP3.
         */
        post: operations["speak_mp3_v1_tts_generate_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tts/generate-wav": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Speak Wav
         * @description Text → speech, as WAV.
         */
        post: operations["speak_wav_v1_tts_generate_wav_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tts/generate-video": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Speak Video
         * @description Text + image → lip-sync avatar video.
         */
        post: operations["speak_video_v1_tts_generate_video_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Jobs
         * @description List your recent jobs, newest first.
         */
        get: operations["list_jobs_v1_jobs_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Job
         * @description Poll the status of a job. Call it in a loop until the job completes or fails.
         */
        get: operations["get_job_v1_jobs__job_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job_id}/result": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Result
         * @description A time-limited download URL of a completed job's output; it needs no authorization.
         */
        get: operations["get_result_v1_jobs__job_id__result_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{job_id}/captions/{format}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Captions
         * @description A time-limited download URL of a completed video's captions; it needs no authorization.
         */
        get: operations["get_captions_v1_jobs__job_id__captions__format__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/voices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Voices
         * @description The voices that texts can be spoken with.
         */
        get: operations["voices_v1_voices_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/realtime/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create
         * @description Open a live session. The avatar is in the room by the time a client has joined it.
         *
         *     In the mode `passthrough`, the avatar says what it hears. In the mode `conversation`, it listens and
         *     answers. `voice` and `language` count in both: data messages `{"type": "speak", "text": "…"}` in the room
         *     are spoken with them.
         *
         *     Without a face the built-in one is shown. A session is idle while nobody but the avatar is in its room, or
         *     nobody there has an open microphone; after `idle_timeout` seconds of that it ends.
         */
        post: operations["create_v1_realtime_session_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/realtime/session/{session_id}/viewer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * View
         * @description A token that can watch and hear the avatar, and neither be seen nor heard nor send data.
         */
        post: operations["view_v1_realtime_session__session_id__viewer_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/realtime/session/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get
         * @description A session: how it is, since when, and why it ended. Its clock runs from the avatar's appearance.
         */
        get: operations["get_v1_realtime_session__session_id__get"];
        put?: never;
        post?: never;
        /**
         * End
         * @description End a session: its room is closed, and what it cost is final. Never refused for too many requests.
         */
        delete: operations["end_v1_realtime_session__session_id__delete"];
        options?: never;
        head?: never;
        /**
         * Swap
         * @description Give a running session another face, without a break. `metadata_pushed`: the room has been told.
         */
        patch: operations["swap_v1_realtime_session__session_id__patch"];
        trace?: never;
    };
    "/v1/avatar/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Join
         * @description Let an avatar join a room of yours, with a token of yours.
         *
         *     The token should be of kind `agent` and carry the attribute `lk.publish_on_behalf`, as LiveKit's avatar
         *     plugins make it. Sound comes from that agent by data stream, or else from whoever speaks in the room.
         */
        post: operations["join_v1_avatar_session_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/realtime/session/{session_id}/recording": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start Recording
         * @description Record a running session: what its viewers see and hear, from now on.
         *
         *     The recording ends with `DELETE`, with the session, or after the server's longest time. A job with the ID
         *     `job_id` then makes an MP4 file of it, and is found with `GET /v1/jobs/{job_id}` from that moment on. A
         *     session that is being recorded already gives the same ID again. A session that moves to another worker is
         *     recorded on there.
         */
        post: operations["start_recording_v1_realtime_session__session_id__recording_post"];
        /**
         * Stop Recording
         * @description End the recording of a session.
         */
        delete: operations["stop_recording_v1_realtime_session__session_id__recording_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * About
         * @description What this is.
         */
        About: {
            /** Name */
            name: string;
            /** Version */
            version: string;
            /** Endpoints */
            endpoints: {
                [key: string]: string;
            };
            /** Authentication */
            authentication: string;
            /** Flow */
            flow: {
                [key: string]: string;
            };
        };
        /**
         * Accepted
         * @description A job was taken in.
         */
        Accepted: {
            /**
             * Job Id
             * @example a1b2c3d4e5f6
             */
            job_id: string;
            /**
             * Status
             * @example pending
             */
            status: string;
            /**
             * Message
             * @example Job accepted. Poll GET /v1/jobs/a1b2c3d4e5f6 for status.
             */
            message: string;
        };
        /**
         * Alive
         * @description The process lives.
         */
        Alive: {
            /**
             * Status
             * @constant
             */
            status: "ok";
        };
        /**
         * CaptionsAnswer
         * @description Files of captions; the links need no authorization.
         */
        CaptionsAnswer: {
            /**
             * Srt
             * @example https://storage.example.com/jobs/output.srt?signature=…
             */
            srt: string;
            /**
             * Vtt
             * @example https://storage.example.com/jobs/output.vtt?signature=…
             */
            vtt: string;
        };
        /**
         * Created
         * @description A session was opened.
         */
        Created: {
            /**
             * Session Id
             * @example ses_a1b2c3d4e5f6a7b8c9d0
             */
            session_id: string;
            /**
             * Livekit Url
             * @example wss://livekit.example.com
             */
            livekit_url: string;
            /**
             * Token
             * @description Joins the room: may speak, be seen, send data and watch.
             */
            token: string;
            /**
             * Room
             * @example atlas-rt-ses_a1b2c3d4e5f6a7b8c9d0
             */
            room: string;
            /**
             * Mode
             * @enum {string}
             */
            mode: "passthrough" | "conversation";
            /**
             * Max Duration Seconds
             * @description Nothing: no limit.
             */
            max_duration_seconds: number | null;
            /**
             * Pricing
             * @example $7/hour, prorated per second
             */
            pricing: string;
        };
        /**
         * Ended
         * @description A session was ended.
         */
        Ended: {
            /**
             * Session Id
             * @example ses_a1b2c3d4e5f6a7b8c9d0
             */
            session_id: string;
            /**
             * Status
             * @constant
             */
            status: "ended";
            /**
             * Duration Seconds
             * @example 322
             */
            duration_seconds: number;
            /**
             * Estimated Cost
             * @example $0.63
             */
            estimated_cost: string;
            /**
             * Credits Deducted Cents
             * @example 63
             */
            credits_deducted_cents: number;
        };
        /**
         * ErrorAnswer
         * @description How every error looks.
         */
        ErrorAnswer: {
            /**
             * Error
             * @description A stable code.
             */
            error: string;
            /**
             * Message
             * @description For people.
             */
            message: string;
            /**
             * Retry After Seconds
             * @description Only there when trying again later helps.
             */
            retry_after_seconds?: number | null;
        };
        /**
         * HealthAnswer
         * @description Whether jobs can be done.
         */
        HealthAnswer: {
            /**
             * Status
             * @example all systems go
             */
            status: string;
            services: components["schemas"]["HealthServices"];
        };
        /**
         * HealthServices
         * @description What works.
         */
        HealthServices: {
            /**
             * Avatar Generation
             * @enum {string}
             */
            avatar_generation: "online" | "degraded" | "offline";
        };
        /**
         * JobAnswer
         * @description A job.
         */
        JobAnswer: {
            /**
             * Job Id
             * @example a1b2c3d4e5f6
             */
            job_id: string;
            /**
             * Type
             * @enum {string}
             */
            type: "video" | "tts";
            /**
             * Status
             * @enum {string}
             */
            status: "pending" | "processing" | "completed" | "failed";
            /**
             * Queue Position
             * @description 1 is next; 0 is no longer waiting.
             */
            queue_position: number;
            input: components["schemas"]["JobInput"];
            output: components["schemas"]["JobOutput"];
            /** Error */
            error: string | null;
            /** Error Code */
            error_code: string | null;
            timing: components["schemas"]["Timing"];
            /**
             * Url
             * @description Only of completed jobs.
             */
            url?: string | null;
            /**
             * Expires In
             * @description Only of completed jobs.
             * @example 86400
             */
            expires_in?: number | null;
            /**
             * Result Url
             * @description Only of completed jobs.
             * @example /v1/jobs/a1b2c3d4e5f6/result
             */
            result_url?: string | null;
        };
        /**
         * JobInput
         * @description What was sent.
         */
        JobInput: {
            /** Text Preview */
            text_preview: string | null;
            /** Language */
            language: string | null;
            /** Chars */
            chars: number | null;
            /**
             * Audio Size
             * @example 105000
             */
            audio_size: number | null;
            /**
             * Image Size
             * @example 52000
             */
            image_size: number | null;
        };
        /**
         * JobList
         * @description Some of the account's jobs, newest first.
         */
        JobList: {
            /** Jobs */
            jobs: components["schemas"]["JobRow"][];
            /**
             * Count
             * @description All jobs of the account.
             * @example 42
             */
            count: number;
            /**
             * Limit
             * @example 20
             */
            limit: number;
            /**
             * Offset
             * @example 0
             */
            offset: number;
        };
        /**
         * JobOutput
         * @description What was made.
         */
        JobOutput: {
            /**
             * Duration
             * @description Seconds.
             */
            duration: number | null;
            /**
             * Size Bytes
             * @example 4634000
             */
            size_bytes: number | null;
            /** Sample Rate */
            sample_rate: number | null;
            /**
             * Has Result
             * @description Only of completed jobs.
             */
            has_result?: boolean | null;
            /**
             * Warnings
             * @description Sentences about the photo and the sound that were sent. Only of completed jobs.
             * @example []
             */
            warnings?: string[] | null;
            /** @description Only of completed videos with captions in files. */
            captions?: components["schemas"]["CaptionsAnswer"] | null;
        };
        /**
         * JobRow
         * @description A job in a list.
         */
        JobRow: {
            /**
             * Job Id
             * @example a1b2c3d4e5f6
             */
            job_id: string;
            /**
             * Type
             * @enum {string}
             */
            type: "video" | "tts";
            /**
             * Status
             * @enum {string}
             */
            status: "pending" | "processing" | "completed" | "failed";
            /**
             * Created At
             * @example 2026-03-25T16:47:07Z
             */
            created_at: string;
            /**
             * Completed At
             * @example 2026-03-25T16:47:52Z
             */
            completed_at: string | null;
            /**
             * Latency Ms
             * @example 43000
             */
            latency_ms: number | null;
            /** Output Duration */
            output_duration: number | null;
            /** Input Chars */
            input_chars: number | null;
            /** Error Code */
            error_code: string | null;
        };
        /**
         * Joined
         * @description An avatar is on its way into a room of yours.
         */
        Joined: {
            /**
             * Session Id
             * @example ses_a1b2c3d4e5f6a7b8c9d0
             */
            session_id: string;
            /**
             * Status
             * @constant
             */
            status: "ok";
        };
        /**
         * MeAnswer
         * @description The key that asks.
         */
        MeAnswer: {
            /** Authenticated */
            authenticated: boolean;
            /**
             * Key Prefix
             * @example sk_live_A7xQ
             */
            key_prefix: string;
            /**
             * Name
             * @example My API Key
             */
            name: string;
            /**
             * Tier
             * @example starter
             */
            tier: string;
            /**
             * Requests Used
             * @description Since the month began.
             * @example 14
             */
            requests_used: number;
            rate_limit: components["schemas"]["RateAnswer"];
            /**
             * Billing
             * @example pay_as_you_go
             */
            billing: string;
        };
        /**
         * RateAnswer
         * @description Where the key stands with its rate.
         */
        RateAnswer: {
            /**
             * Requests Per Minute
             * @example 30
             */
            requests_per_minute: number;
            /**
             * Remaining
             * @example 28
             */
            remaining: number;
            /**
             * Resets In
             * @example 42s
             */
            resets_in: string;
        };
        /**
         * Recording
         * @description The recording of a session.
         */
        Recording: {
            /**
             * Session Id
             * @example ses_a1b2c3d4e5f6a7b8c9d0
             */
            session_id: string;
            /**
             * Job Id
             * @description The job that finishes it, once it has ended.
             * @example a1b2c3d4e5f6
             */
            job_id: string;
            /**
             * Status
             * @enum {string}
             */
            status: "recording" | "saving";
        };
        /**
         * ResultAnswer
         * @description Where the result is.
         */
        ResultAnswer: {
            /**
             * Url
             * @description Needs no authorization.
             * @example https://storage.example.com/jobs/output.mp4?signature=…
             */
            url: string;
            /**
             * Content Type
             * @example video/mp4
             */
            content_type: string;
            /**
             * Expires In
             * @example 86400
             */
            expires_in: number;
        };
        /**
         * SegmentRow
         * @description What one side said at a time.
         */
        SegmentRow: {
            /**
             * Id
             * @description The same as in the room.
             * @example SG_0a1b2c3d4e5f
             */
            id: string;
            /**
             * Role
             * @enum {string}
             */
            role: "user" | "agent";
            /**
             * Text
             * @example What are your opening hours?
             */
            text: string;
            /**
             * Start Seconds
             * @description Since the conversation began.
             * @example 3.2
             */
            start_seconds: number;
            /**
             * End Seconds
             * @example 4.7
             */
            end_seconds: number;
            /**
             * Interrupted
             * @description Whether the user interrupted it; then the text is what was heard.
             */
            interrupted: boolean;
            /**
             * Sources
             * @description Names of the agent's documents that it came from.
             */
            sources: string[];
        };
        /**
         * Services
         * @description Whether there is capacity.
         */
        Services: {
            /**
             * Avatar Generation
             * @enum {string}
             */
            avatar_generation: "available" | "busy";
            /**
             * Voice Synthesis
             * @enum {string}
             */
            voice_synthesis: "available" | "busy";
        };
        /**
         * SessionAnswer
         * @description A session.
         */
        SessionAnswer: {
            /**
             * Session Id
             * @example ses_a1b2c3d4e5f6a7b8c9d0
             */
            session_id: string;
            /**
             * Status
             * @enum {string}
             */
            status: "active" | "ended";
            /**
             * Room
             * @example atlas-rt-ses_a1b2c3d4e5f6a7b8c9d0
             */
            room: string;
            /**
             * Mode
             * @enum {string}
             */
            mode: "passthrough" | "conversation" | "external";
            /**
             * Started At
             * @description When it was created.
             * @example 2026-04-01T01:30:00Z
             */
            started_at: string;
            /**
             * Ended At
             * @example 2026-04-01T01:35:22Z
             */
            ended_at: string | null;
            /**
             * Duration Seconds
             * @description Since the avatar first came.
             * @example 322
             */
            duration_seconds: number;
            /** Max Duration Seconds */
            max_duration_seconds: number | null;
            /**
             * End Reason
             * @description Of ended sessions: deleted, idle_timeout, max_duration, room_deleted, room_lost, worker_lost or failed.
             * @example deleted
             */
            end_reason: string | null;
            /**
             * Transcript
             * @description What was said, if the session was created with `transcript`. Nothing otherwise. It is kept as long as results of jobs.
             */
            transcript?: components["schemas"]["SegmentRow"][] | null;
        };
        /**
         * StatusAnswer
         * @description How busy the server is.
         */
        StatusAnswer: {
            /**
             * Status
             * @example operational
             */
            status: string;
            services: components["schemas"]["Services"];
        };
        /**
         * Swapped
         * @description A session was given another face.
         */
        Swapped: {
            /**
             * Session Id
             * @example ses_a1b2c3d4e5f6a7b8c9d0
             */
            session_id: string;
            /**
             * Status
             * @constant
             */
            status: "active";
            /** Face Updated */
            face_updated: boolean;
            /**
             * Metadata Pushed
             * @description The avatar shows it, and its metadata in the room says so.
             */
            metadata_pushed: boolean;
            /**
             * Message
             * @example Face updated successfully.
             */
            message: string;
        };
        /**
         * Timing
         * @description When it happened.
         */
        Timing: {
            /**
             * Created At
             * @example 2026-03-25T16:47:07Z
             */
            created_at: string;
            /**
             * Started At
             * @example 2026-03-25T16:47:09Z
             */
            started_at: string | null;
            /**
             * Completed At
             * @example 2026-03-25T16:47:52Z
             */
            completed_at: string | null;
            /**
             * Latency Ms
             * @description From start to completion.
             * @example 43000
             */
            latency_ms: number | null;
        };
        /**
         * Viewer
         * @description A token that can only watch.
         */
        Viewer: {
            /**
             * Session Id
             * @example ses_a1b2c3d4e5f6a7b8c9d0
             */
            session_id: string;
            /**
             * Viewer Id
             * @example viewer-0a1b2c3d4e5f
             */
            viewer_id: string;
            /**
             * Role
             * @constant
             */
            role: "viewer";
            /**
             * Livekit Url
             * @example wss://livekit.example.com
             */
            livekit_url: string;
            /** Token */
            token: string;
            /**
             * Room
             * @example atlas-rt-ses_a1b2c3d4e5f6a7b8c9d0
             */
            room: string;
        };
        /**
         * VoiceAnswer
         * @description A voice.
         */
        VoiceAnswer: {
            /**
             * Id
             * @description What `voice` of a request can be.
             * @example hibari
             */
            id: string;
            /**
             * Name
             * @example Hibari
             */
            name: string;
            /**
             * Languages
             * @description BCP 47 tags; the first one is the voice's own.
             * @example [
             *       "en-us",
             *       "en"
             *     ]
             */
            languages: string[];
            /** Sex */
            sex: ("female" | "male") | null;
            /**
             * Provider
             * @example hibari
             */
            provider: string;
            /**
             * Licence
             * @example Apache-2.0
             */
            licence: string;
            /**
             * Rtf
             * @description Processor seconds of one thread for a second of speech; null for a hosted service.
             * @example 0.01
             */
            rtf: number | null;
            /**
             * Model
             * @description Model that the voice needs on the server.
             */
            model: string | null;
            /**
             * Ready
             * @description Whether that model is there.
             */
            ready: boolean;
        };
        /**
         * VoicesAnswer
         * @description The voices of the server.
         */
        VoicesAnswer: {
            /**
             * Voices
             * @description The preferred ones first.
             */
            voices: components["schemas"]["VoiceAnswer"][];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    about__get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["About"];
                };
            };
        };
    };
    alive_healthz_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Alive"];
                };
            };
        };
    };
    health_v1_health_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthAnswer"];
                };
            };
            /** @description A part is down. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthAnswer"];
                };
            };
        };
    };
    status_v1_status_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatusAnswer"];
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description method_not_allowed */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description validation_error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description rate_limit_exceeded, monthly_cap_exceeded */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description auth_unavailable, temporarily_unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    me_v1_me_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MeAnswer"];
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description method_not_allowed */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description validation_error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description rate_limit_exceeded, monthly_cap_exceeded */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description auth_unavailable, temporarily_unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    generate_v1_generate_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description Notified when the job ends. HTTPS, a public address. */
                "X-Callback-URL"?: string;
                /** @description The same key with the same request gives the first answer again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /**
                     * Frame
                     * @description `face` shows a square around the head, `photo` the whole photo, up to 1080p.
                     * @default face
                     * @enum {string}
                     */
                    frame?: "face" | "photo";
                    /**
                     * Size
                     * @description Width and height of the square in pixels; an even number. Not used with `photo`.
                     * @default 512
                     */
                    size?: number;
                    /**
                     * Fps
                     * @description Frames a second.
                     * @default 25
                     */
                    fps?: number;
                    /**
                     * Background
                     * @description Behind the person: `keep` for the photo's own background, `blur`, or a colour as `#rrggbb`. The whole photo keeps its own.
                     * @default keep
                     * @example #20404a
                     */
                    background?: string;
                    /**
                     * Liveliness
                     * @description Motion of head, brows and gaze: 0 still, 1 natural, 2 vivid.
                     * @default 1
                     */
                    liveliness?: number;
                    /**
                     * Emotion
                     * @description Emotion of the person.
                     * @default neutral
                     * @enum {string}
                     */
                    emotion?: "neutral" | "happy" | "sad" | "angry" | "surprised" | "calm";
                    /**
                     * Seed
                     * @description Seed of blinks and nods: the same seed and speech give the same performance.
                     * @default 0
                     */
                    seed?: number;
                    /**
                     * Audio
                     * Format: binary
                     * @description Speech: WAV, MP3, OGG, WebM, MP4, M4A, AAC or FLAC; or the sound of a video.
                     */
                    audio: Blob;
                    /**
                     * Image
                     * Format: binary
                     * @description A photo of one face: PNG, JPEG or WebP.
                     */
                    image?: Blob;
                    /**
                     * Avatar Id
                     * @description A saved avatar, instead of the photo.
                     */
                    avatar_id?: string;
                    /**
                     * Captions
                     * @description `burned` draws captions into the picture, `file` makes files (SRT and WebVTT). Speech that was sent is recognized for them.
                     * @default none
                     * @enum {string}
                     */
                    captions?: "none" | "burned" | "file";
                };
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description invalid_input, invalid_callback_url */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description method_not_allowed */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description idempotency_key_mismatch */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description validation_error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description rate_limit_exceeded, monthly_cap_exceeded */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description auth_unavailable, temporarily_unavailable, model_not_ready, queue_unavailable, storage_unavailable, storage_error */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    speak_mp3_v1_tts_generate_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description Notified when the job ends. HTTPS, a public address. */
                "X-Callback-URL"?: string;
                /** @description The same key with the same request gives the first answer again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Text
                     * @example Hello, welcome to our demo.
                     */
                    text: string;
                    /**
                     * Voice
                     * @description An ID of `GET /v1/voices`.
                     * @default
                     * @example default
                     */
                    voice?: string;
                    /**
                     * Language
                     * @description As BCP 47 tag.
                     * @default
                     * @example en-us
                     */
                    language?: string;
                    /**
                     * Callback Url
                     * @description Notified at the end; HTTPS.
                     */
                    callback_url?: string | null;
                };
                "application/x-www-form-urlencoded": {
                    /**
                     * Text
                     * @example Hello, welcome to our demo.
                     */
                    text: string;
                    /**
                     * Voice
                     * @description An ID of `GET /v1/voices`.
                     * @default
                     * @example default
                     */
                    voice?: string;
                    /**
                     * Language
                     * @description As BCP 47 tag.
                     * @default
                     * @example en-us
                     */
                    language?: string;
                    /**
                     * Callback Url
                     * @description Notified at the end; HTTPS.
                     */
                    callback_url?: string | null;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description invalid_input, invalid_callback_url */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description method_not_allowed */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description idempotency_key_mismatch */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description validation_error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description rate_limit_exceeded, monthly_cap_exceeded */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description auth_unavailable, temporarily_unavailable, model_not_ready, queue_unavailable, storage_unavailable, storage_error */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    speak_wav_v1_tts_generate_wav_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description Notified when the job ends. HTTPS, a public address. */
                "X-Callback-URL"?: string;
                /** @description The same key with the same request gives the first answer again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Text
                     * @example Hello, welcome to our demo.
                     */
                    text: string;
                    /**
                     * Voice
                     * @description An ID of `GET /v1/voices`.
                     * @default
                     * @example default
                     */
                    voice?: string;
                    /**
                     * Language
                     * @description As BCP 47 tag.
                     * @default
                     * @example en-us
                     */
                    language?: string;
                    /**
                     * Callback Url
                     * @description Notified at the end; HTTPS.
                     */
                    callback_url?: string | null;
                };
                "application/x-www-form-urlencoded": {
                    /**
                     * Text
                     * @example Hello, welcome to our demo.
                     */
                    text: string;
                    /**
                     * Voice
                     * @description An ID of `GET /v1/voices`.
                     * @default
                     * @example default
                     */
                    voice?: string;
                    /**
                     * Language
                     * @description As BCP 47 tag.
                     * @default
                     * @example en-us
                     */
                    language?: string;
                    /**
                     * Callback Url
                     * @description Notified at the end; HTTPS.
                     */
                    callback_url?: string | null;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description invalid_input, invalid_callback_url */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description method_not_allowed */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description idempotency_key_mismatch */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description validation_error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description rate_limit_exceeded, monthly_cap_exceeded */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description auth_unavailable, temporarily_unavailable, model_not_ready, queue_unavailable, storage_unavailable, storage_error */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    speak_video_v1_tts_generate_video_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description Notified when the job ends. HTTPS, a public address. */
                "X-Callback-URL"?: string;
                /** @description The same key with the same request gives the first answer again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /**
                     * Frame
                     * @description `face` shows a square around the head, `photo` the whole photo, up to 1080p.
                     * @default face
                     * @enum {string}
                     */
                    frame?: "face" | "photo";
                    /**
                     * Size
                     * @description Width and height of the square in pixels; an even number. Not used with `photo`.
                     * @default 512
                     */
                    size?: number;
                    /**
                     * Fps
                     * @description Frames a second.
                     * @default 25
                     */
                    fps?: number;
                    /**
                     * Background
                     * @description Behind the person: `keep` for the photo's own background, `blur`, or a colour as `#rrggbb`. The whole photo keeps its own.
                     * @default keep
                     * @example #20404a
                     */
                    background?: string;
                    /**
                     * Liveliness
                     * @description Motion of head, brows and gaze: 0 still, 1 natural, 2 vivid.
                     * @default 1
                     */
                    liveliness?: number;
                    /**
                     * Emotion
                     * @description Emotion of the person.
                     * @default neutral
                     * @enum {string}
                     */
                    emotion?: "neutral" | "happy" | "sad" | "angry" | "surprised" | "calm";
                    /**
                     * Seed
                     * @description Seed of blinks and nods: the same seed and speech give the same performance.
                     * @default 0
                     */
                    seed?: number;
                    /**
                     * Image
                     * Format: binary
                     * @description A photo of one face: PNG, JPEG or WebP.
                     */
                    image?: Blob;
                    /**
                     * Avatar Id
                     * @description A saved avatar, instead of the photo.
                     */
                    avatar_id?: string;
                    /**
                     * Text
                     * @example Hello, welcome to our demo.
                     */
                    text: string;
                    /**
                     * Voice
                     * @description An ID of `GET /v1/voices`.
                     * @default
                     * @example default
                     */
                    voice?: string;
                    /**
                     * Language
                     * @description As BCP 47 tag.
                     * @default
                     * @example en-us
                     */
                    language?: string;
                    /**
                     * Callback Url
                     * @description Notified at the end; HTTPS.
                     */
                    callback_url?: string | null;
                    /**
                     * Captions
                     * @description `burned` draws captions into the picture, `file` makes files (SRT and WebVTT). Speech that was sent is recognized for them.
                     * @default none
                     * @enum {string}
                     */
                    captions?: "none" | "burned" | "file";
                };
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description invalid_input, invalid_callback_url */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description method_not_allowed */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description idempotency_key_mismatch */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description validation_error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description rate_limit_exceeded, monthly_cap_exceeded */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description auth_unavailable, temporarily_unavailable, model_not_ready, queue_unavailable, storage_unavailable, storage_error */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    list_jobs_v1_jobs_get: {
        parameters: {
            query?: {
                /** @description Jobs to return. */
                limit?: number;
                /** @description Jobs to skip. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobList"];
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description method_not_allowed */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description validation_error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description rate_limit_exceeded, monthly_cap_exceeded */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description auth_unavailable, temporarily_unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_job_v1_jobs__job_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As the submission gave it. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobAnswer"];
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description method_not_allowed */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description validation_error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description rate_limit_exceeded, monthly_cap_exceeded */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description auth_unavailable, temporarily_unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_result_v1_jobs__job_id__result_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As the submission gave it. */
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResultAnswer"];
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description not_found, no_output */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description method_not_allowed */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description not_ready */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description validation_error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description rate_limit_exceeded, monthly_cap_exceeded */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description internal_error, url_generation_failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description auth_unavailable, temporarily_unavailable, storage_error */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_captions_v1_jobs__job_id__captions__format__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As the submission gave it. */
                job_id: string;
                /** @description SubRip or WebVTT. */
                format: "srt" | "vtt";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResultAnswer"];
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description not_found, no_output */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description method_not_allowed */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description not_ready */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description validation_error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description rate_limit_exceeded, monthly_cap_exceeded */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description internal_error, url_generation_failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description auth_unavailable, temporarily_unavailable, storage_error */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    voices_v1_voices_get: {
        parameters: {
            query?: {
                /** @description Only voices of this language, which is the first part of a tag. */
                language?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VoicesAnswer"];
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description method_not_allowed */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description validation_error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description rate_limit_exceeded, monthly_cap_exceeded */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description auth_unavailable, temporarily_unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    create_v1_realtime_session_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * Face
                     * @description A face written as text: PNG, JPEG or WebP in base64, or as a data URL; at most 10 MB.
                     */
                    face?: string;
                    /**
                     * Face Url
                     * Format: uri
                     * @description HTTPS address of a face.
                     */
                    face_url?: string;
                    /**
                     * Avatar Id
                     * @description ID of a saved avatar, instead of a picture.
                     */
                    avatar_id?: string;
                    /**
                     * Agent Id
                     * @description Code of an agent: its face, voice and prompt count where the request names none. The mode is then conversation, if it names none.
                     * @default
                     */
                    agent_id?: string;
                    /**
                     * Mode
                     * @default passthrough
                     * @enum {string}
                     */
                    mode?: "passthrough" | "conversation";
                    /**
                     * Idle Timeout
                     * @description Seconds that an empty or inactive room stays open; 30 to 3600, else the nearest.
                     * @default 300
                     */
                    idle_timeout?: number;
                    /**
                     * System Prompt
                     * @description How the avatar is to be, and what it knows. Without a language model on the server, its sentences are the answers.
                     * @default
                     * @example You are the receptionist of Café Blue. We are open from 9 to 6, and closed on Mondays.
                     */
                    system_prompt?: string;
                    /**
                     * Instructions
                     * @description The same as `system_prompt`.
                     * @default
                     */
                    instructions?: string;
                    /**
                     * Greeting
                     * @description Sentence that the avatar begins with.
                     * @default
                     */
                    greeting?: string;
                    /**
                     * Voice
                     * @description ID of the avatar's voice; the language's default if empty.
                     * @default
                     */
                    voice?: string;
                    /**
                     * Language
                     * @description BCP 47 tag of the language that is spoken, such as en.
                     * @default
                     */
                    language?: string;
                    /**
                     * Knowledge
                     * @description Texts that answers are taken from; at most 64000 characters together.
                     * @default []
                     */
                    knowledge?: string[];
                    /**
                     * Tools
                     * @description Tools that the language model may call.
                     * @default []
                     */
                    tools?: {
                        /**
                         * Name
                         * @example opening_hours
                         */
                        name: string;
                        /**
                         * Description
                         * @description What it does, for the language model.
                         * @default
                         */
                        description?: string;
                        /**
                         * Parameters
                         * @description JSON schema of its arguments, an object.
                         */
                        parameters?: {
                            [key: string]: unknown;
                        };
                        /**
                         * Url
                         * @description HTTPS address that is called with the arguments. Without it, the tool is a remote procedure of that name in the user's client.
                         */
                        url?: string | null;
                        /**
                         * Timeout
                         * @description Seconds.
                         * @default 10
                         */
                        timeout?: number;
                    }[];
                    /**
                     * Fallback
                     * @description Sentence that the avatar says when an answer cannot be had.
                     * @default
                     */
                    fallback?: string;
                    /**
                     * Transcript
                     * @description Whether the transcript is kept, and shown with the session.
                     * @default false
                     */
                    transcript?: boolean;
                };
                "application/x-www-form-urlencoded": {
                    /**
                     * Face
                     * @description A face written as text: PNG, JPEG or WebP in base64, or as a data URL; at most 10 MB.
                     */
                    face?: string;
                    /**
                     * Face Url
                     * Format: uri
                     * @description HTTPS address of a face.
                     */
                    face_url?: string;
                    /**
                     * Avatar Id
                     * @description ID of a saved avatar, instead of a picture.
                     */
                    avatar_id?: string;
                    /**
                     * Agent Id
                     * @description Code of an agent: its face, voice and prompt count where the request names none. The mode is then conversation, if it names none.
                     * @default
                     */
                    agent_id?: string;
                    /**
                     * Mode
                     * @default passthrough
                     * @enum {string}
                     */
                    mode?: "passthrough" | "conversation";
                    /**
                     * Idle Timeout
                     * @description Seconds that an empty or inactive room stays open; 30 to 3600, else the nearest.
                     * @default 300
                     */
                    idle_timeout?: number;
                    /**
                     * System Prompt
                     * @description How the avatar is to be, and what it knows. Without a language model on the server, its sentences are the answers.
                     * @default
                     * @example You are the receptionist of Café Blue. We are open from 9 to 6, and closed on Mondays.
                     */
                    system_prompt?: string;
                    /**
                     * Instructions
                     * @description The same as `system_prompt`.
                     * @default
                     */
                    instructions?: string;
                    /**
                     * Greeting
                     * @description Sentence that the avatar begins with.
                     * @default
                     */
                    greeting?: string;
                    /**
                     * Voice
                     * @description ID of the avatar's voice; the language's default if empty.
                     * @default
                     */
                    voice?: string;
                    /**
                     * Language
                     * @description BCP 47 tag of the language that is spoken, such as en.
                     * @default
                     */
                    language?: string;
                    /**
                     * Knowledge
                     * @description Texts that answers are taken from; at most 64000 characters together.
                     * @default []
                     */
                    knowledge?: string[];
                    /**
                     * Tools
                     * @description Tools that the language model may call.
                     * @default []
                     */
                    tools?: {
                        /**
                         * Name
                         * @example opening_hours
                         */
                        name: string;
                        /**
                         * Description
                         * @description What it does, for the language model.
                         * @default
                         */
                        description?: string;
                        /**
                         * Parameters
                         * @description JSON schema of its arguments, an object.
                         */
                        parameters?: {
                            [key: string]: unknown;
                        };
                        /**
                         * Url
                         * @description HTTPS address that is called with the arguments. Without it, the tool is a remote procedure of that name in the user's client.
                         */
                        url?: string | null;
                        /**
                         * Timeout
                         * @description Seconds.
                         * @default 10
                         */
                        timeout?: number;
                    }[];
                    /**
                     * Fallback
                     * @description Sentence that the avatar says when an answer cannot be had.
                     * @default
                     */
                    fallback?: string;
                    /**
                     * Transcript
                     * @description Whether the transcript is kept, and shown with the session.
                     * @default false
                     */
                    transcript?: boolean;
                };
                "multipart/form-data": {
                    /**
                     * Face
                     * Format: binary
                     * @description PNG, JPEG or WebP, at most 10 MB.
                     */
                    face?: Blob;
                    /**
                     * Face Url
                     * Format: uri
                     * @description HTTPS address of a face.
                     */
                    face_url?: string;
                    /**
                     * Avatar Id
                     * @description ID of a saved avatar, instead of a picture.
                     */
                    avatar_id?: string;
                    /**
                     * Agent Id
                     * @description Code of an agent: its face, voice and prompt count where the request names none. The mode is then conversation, if it names none.
                     * @default
                     */
                    agent_id?: string;
                    /**
                     * Mode
                     * @default passthrough
                     * @enum {string}
                     */
                    mode?: "passthrough" | "conversation";
                    /**
                     * Idle Timeout
                     * @description Seconds that an empty or inactive room stays open; 30 to 3600, else the nearest.
                     * @default 300
                     */
                    idle_timeout?: number;
                    /**
                     * System Prompt
                     * @description How the avatar is to be, and what it knows. Without a language model on the server, its sentences are the answers.
                     * @default
                     * @example You are the receptionist of Café Blue. We are open from 9 to 6, and closed on Mondays.
                     */
                    system_prompt?: string;
                    /**
                     * Instructions
                     * @description The same as `system_prompt`.
                     * @default
                     */
                    instructions?: string;
                    /**
                     * Greeting
                     * @description Sentence that the avatar begins with.
                     * @default
                     */
                    greeting?: string;
                    /**
                     * Voice
                     * @description ID of the avatar's voice; the language's default if empty.
                     * @default
                     */
                    voice?: string;
                    /**
                     * Language
                     * @description BCP 47 tag of the language that is spoken, such as en.
                     * @default
                     */
                    language?: string;
                    /**
                     * Knowledge
                     * @description Texts that answers are taken from; at most 64000 characters together.
                     * @default []
                     */
                    knowledge?: string[];
                    /**
                     * Tools
                     * @description Tools that the language model may call.
                     * @default []
                     */
                    tools?: {
                        /**
                         * Name
                         * @example opening_hours
                         */
                        name: string;
                        /**
                         * Description
                         * @description What it does, for the language model.
                         * @default
                         */
                        description?: string;
                        /**
                         * Parameters
                         * @description JSON schema of its arguments, an object.
                         */
                        parameters?: {
                            [key: string]: unknown;
                        };
                        /**
                         * Url
                         * @description HTTPS address that is called with the arguments. Without it, the tool is a remote procedure of that name in the user's client.
                         */
                        url?: string | null;
                        /**
                         * Timeout
                         * @description Seconds.
                         * @default 10
                         */
                        timeout?: number;
                    }[];
                    /**
                     * Fallback
                     * @description Sentence that the avatar says when an answer cannot be had.
                     * @default
                     */
                    fallback?: string;
                    /**
                     * Transcript
                     * @description Whether the transcript is kept, and shown with the session.
                     * @default false
                     */
                    transcript?: boolean;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Created"];
                };
            };
            /** @description invalid_input, invalid_face_url, invalid_mode */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description forbidden, conversation_disabled */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description method_not_allowed */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description agent_not_ready */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description validation_error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description rate_limit_exceeded, monthly_cap_exceeded, rate_limited */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description auth_unavailable, temporarily_unavailable, model_not_ready, no_capacity, storage_unavailable, storage_error */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    view_v1_realtime_session__session_id__viewer_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As the creation gave it. */
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Viewer"];
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description method_not_allowed */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description session_not_active */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description validation_error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description rate_limit_exceeded, monthly_cap_exceeded */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description auth_unavailable, temporarily_unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_v1_realtime_session__session_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As the creation gave it. */
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionAnswer"];
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description method_not_allowed */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description validation_error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description rate_limit_exceeded, monthly_cap_exceeded */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description auth_unavailable, temporarily_unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    end_v1_realtime_session__session_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As the creation gave it. */
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ended"];
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description method_not_allowed */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description already_ended */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description validation_error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description rate_limit_exceeded, monthly_cap_exceeded */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description auth_unavailable, temporarily_unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    swap_v1_realtime_session__session_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As the creation gave it. */
                session_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Face
                     * @description A face written as text: PNG, JPEG or WebP in base64, or as a data URL; at most 10 MB.
                     */
                    face: string;
                    /**
                     * Avatar Id
                     * @description ID of a saved avatar, instead of a picture.
                     */
                    avatar_id?: string;
                };
                "application/x-www-form-urlencoded": {
                    /**
                     * Face
                     * @description A face written as text: PNG, JPEG or WebP in base64, or as a data URL; at most 10 MB.
                     */
                    face: string;
                    /**
                     * Avatar Id
                     * @description ID of a saved avatar, instead of a picture.
                     */
                    avatar_id?: string;
                };
                "multipart/form-data": {
                    /**
                     * Face
                     * Format: binary
                     * @description PNG, JPEG or WebP, at most 10 MB.
                     */
                    face: Blob;
                    /**
                     * Avatar Id
                     * @description ID of a saved avatar, instead of a picture.
                     */
                    avatar_id?: string;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Swapped"];
                };
            };
            /** @description invalid_input */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description method_not_allowed */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description session_not_active */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description validation_error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description rate_limit_exceeded, monthly_cap_exceeded, rate_limited */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description auth_unavailable, temporarily_unavailable, no_capacity, storage_unavailable, storage_error */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    join_v1_avatar_session_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Livekit Url
                     * @example wss://livekit.example.com
                     */
                    livekit_url: string;
                    /**
                     * Livekit Token
                     * @description Joins the room; of kind agent.
                     */
                    livekit_token: string;
                    /** Room Name */
                    room_name: string;
                    /**
                     * Avatar Image Url
                     * Format: uri
                     * @description HTTPS address of a face.
                     */
                    avatar_image_url?: string;
                    /**
                     * Avatar Id
                     * @description ID of a saved avatar, instead of a picture.
                     */
                    avatar_id?: string;
                    /**
                     * Image
                     * @description A face: an HTTPS address, or the picture in base64.
                     */
                    image?: string;
                    /**
                     * Avatar Image
                     * @description A face written as text: PNG, JPEG or WebP in base64, or as a data URL; at most 10 MB.
                     */
                    avatar_image?: string;
                };
                "application/x-www-form-urlencoded": {
                    /**
                     * Livekit Url
                     * @example wss://livekit.example.com
                     */
                    livekit_url: string;
                    /**
                     * Livekit Token
                     * @description Joins the room; of kind agent.
                     */
                    livekit_token: string;
                    /** Room Name */
                    room_name: string;
                    /**
                     * Avatar Image Url
                     * Format: uri
                     * @description HTTPS address of a face.
                     */
                    avatar_image_url?: string;
                    /**
                     * Avatar Id
                     * @description ID of a saved avatar, instead of a picture.
                     */
                    avatar_id?: string;
                    /**
                     * Image
                     * @description A face: an HTTPS address, or the picture in base64.
                     */
                    image?: string;
                    /**
                     * Avatar Image
                     * @description A face written as text: PNG, JPEG or WebP in base64, or as a data URL; at most 10 MB.
                     */
                    avatar_image?: string;
                };
                "multipart/form-data": {
                    /**
                     * Livekit Url
                     * @example wss://livekit.example.com
                     */
                    livekit_url: string;
                    /**
                     * Livekit Token
                     * @description Joins the room; of kind agent.
                     */
                    livekit_token: string;
                    /** Room Name */
                    room_name: string;
                    /**
                     * Avatar Image Url
                     * Format: uri
                     * @description HTTPS address of a face.
                     */
                    avatar_image_url?: string;
                    /**
                     * Avatar Id
                     * @description ID of a saved avatar, instead of a picture.
                     */
                    avatar_id?: string;
                    /**
                     * Image
                     * @description A face: an HTTPS address, or the picture in base64.
                     */
                    image?: string;
                    /**
                     * Avatar Image
                     * Format: binary
                     * @description PNG, JPEG or WebP, at most 10 MB.
                     */
                    avatar_image?: Blob;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Joined"];
                };
            };
            /** @description invalid_input, invalid_face_url */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description method_not_allowed */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description payload_too_large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description unsupported_media_type */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description validation_error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description rate_limit_exceeded, monthly_cap_exceeded, rate_limited */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description auth_unavailable, temporarily_unavailable, no_capacity, storage_unavailable, storage_error */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    start_recording_v1_realtime_session__session_id__recording_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As the creation gave it. */
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recording"];
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description method_not_allowed */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description session_not_active */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description validation_error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description rate_limit_exceeded, monthly_cap_exceeded, rate_limited */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description auth_unavailable, temporarily_unavailable, storage_unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    stop_recording_v1_realtime_session__session_id__recording_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description As the creation gave it. */
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recording"];
                };
            };
            /** @description unauthorized */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description method_not_allowed */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description session_not_active */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description validation_error */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description rate_limit_exceeded, monthly_cap_exceeded */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description internal_error */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description auth_unavailable, temporarily_unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
}
