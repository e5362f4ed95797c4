/**
 * The page of an agent, which pages of others embed: a conversation that fills its frame, from a phone to a whole
 * screen.
 */
import { SessionError } from "@visavis/core";
import { AvatarCall } from "@visavis/react";
import "@visavis/core/call.css";
import { type ReactNode, StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { words } from "../words/embed.ts";
import { language } from "../words/language.ts";
import { createSession, deleteSession, type EmbeddedAgent, fetchAgent, INVALID } from "./api.ts";
import "./embed.css";

const root = document.getElementById("root");

function Embed(): ReactNode {
  const [agent, setAgent] = useState<EmbeddedAgent | null>(null);
  const [failure, setFailure] = useState<{ text: string; isFinal: boolean } | null>(null);
  const [tries, setTries] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another try asks again
  useEffect(() => {
    let isCurrent = true;
    const fail = (error: unknown) => {
      const refused = error instanceof SessionError;
      const isInvalid = refused && error.code === INVALID;
      const text = isInvalid ? words.unavailable : refused ? error.message : words.unreachable;
      if (isCurrent) setFailure({ text, isFinal: isInvalid });
    };
    setFailure(null);
    fetchAgent().then((found) => isCurrent && setAgent(found), fail);
    return () => {
      isCurrent = false;
    };
  }, [tries]);

  const title = words.title(agent?.name ?? "");
  useEffect(() => {
    document.title = title;
    root?.setAttribute("aria-label", title); // the page around it has a main part too
  }, [title]);

  if (failure !== null)
    return (
      <div className="embed-notice">
        <h1 className="visually-hidden">{title}</h1>
        <p role="alert">{failure.text}</p>
        {!failure.isFinal && (
          <button type="button" className="visavis-button" onClick={() => setTries(tries + 1)}>
            {words.retry}
          </button>
        )}
      </div>
    );
  if (agent === null) return <div className="embed-notice" aria-busy="true" />;
  return (
    <>
      <h1 className="visually-hidden">{title}</h1>
      <AvatarCall
        createSession={createSession}
        deleteSession={deleteSession}
        poster={agent.image_url ?? undefined}
        labels={{
          ...words.labels,
          ...(agent.name && { start: title, avatarSpeaker: agent.name, avatar: agent.name }),
        }}
        chat
      />
    </>
  );
}

document.documentElement.lang = language;
if (!root) throw new Error("The page has no root.");
createRoot(root).render(
  <StrictMode>
    <Embed />
  </StrictMode>,
);
