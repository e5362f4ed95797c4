"use client";

import { useAvatarSession } from "@visavis/react";
import { useState } from "react";

/** The avatar, its controls, and the state of the session. */
export default function Page() {
  const [face, setFace] = useState<File | null>(null);
  const session = useAvatarSession({
    createSession: async (photo) => {
      const form = new FormData();
      if (photo) form.append("face", photo);
      form.append("mode", "passthrough");
      const res = await fetch("/api/session", { method: "POST", body: form });
      return res.json();
    },
    deleteSession: async (id) => {
      await fetch(`/api/session/${id}`, { method: "DELETE", keepalive: true });
    },
    getSession: async (id) => (await fetch(`/api/session/${id}`)).json(),
    autoEnableMic: false,
  });
  const connected = session.status === "connected";

  return (
    <main>
      <div className="avatar" ref={session.videoRef} />
      <p role="status">
        {session.phase}
        {connected && session.latency > 0 && `, ${session.latency} ms`}
      </p>
      {(session.error ?? session.endReason) && <p role="alert">{session.error ?? session.endReason}</p>}
      {connected ? (
        <>
          <label>
            Speak an audio file
            <input
              type="file"
              accept="audio/*"
              onChange={({ target }) => target.files?.[0] && void session.speak(target.files[0])}
            />
          </label>
          <button type="button" onClick={() => session.setMicEnabled(session.muted)}>
            {session.muted ? "Unmute" : "Mute"}
          </button>
          <button type="button" onClick={session.interrupt}>
            Stop
          </button>
          <button type="button" onClick={session.disconnect}>
            End
          </button>
        </>
      ) : (
        <>
          <label>
            Photo (optional)
            <input
              type="file"
              accept="image/*"
              onChange={({ target }) => setFace(target.files?.[0] ?? null)}
            />
          </label>
          <button
            type="button"
            disabled={session.status === "connecting"}
            onClick={() => session.connect(face)}
          >
            Start
          </button>
        </>
      )}
    </main>
  );
}
