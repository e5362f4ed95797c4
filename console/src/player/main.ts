/**
 * The viewers' player: the avatar and nothing else, on a transparent page, for people and for browser
 * sources of streaming programs.
 *
 * It starts muted, as browsers demand; a click plays the sound. It reconnects for as long as the link is
 * valid. `?background=202020` paints the page, and `?controls=0` leaves out the buttons.
 */
import { LipSync } from "@visavis/core";
import { RemoteTrack, Room, RoomEvent, Track } from "livekit-client";
import { language } from "../words/language.ts";
import { words } from "../words/player.ts";
import { Controls } from "./controls.ts";
import "./player.css";

interface View {
  session_id: string;
  status: "active" | "ended";
  ready: boolean;
  livekit_url: string | null;
  livekit_access_token: string | null;
}

const RETRY_MS = 3000;

const stage = document.getElementById("stage");
if (!stage) throw new Error("The page has no stage.");
const path = window.location.pathname.split("/");
const sessionId = path[path.length - 1] ?? "";
const options = new URLSearchParams(window.location.search);
const share = options.get("share") ?? "";
const background = options.get("background") ?? "";
if (/^[0-9a-f]{6}$/i.test(background)) document.documentElement.style.background = `#${background}`;
document.body.classList.toggle("bare", options.get("controls") === "0");

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Sets the state of the page, and the text shown instead of the video. */
function show(state: "waiting" | "playing" | "ended" | "refused", text = ""): void {
  document.body.dataset.state = state;
  message.textContent = text;
}

document.documentElement.lang = language;
document.title = words.title;
const heading = document.createElement("h1");
heading.textContent = words.title;
const message = document.createElement("p");
message.setAttribute("role", "status");
const sound = document.createElement("button");
sound.type = "button";
sound.hidden = true;
sound.textContent = words.playAudio;
/** The elements that play the avatar's sound. */
const players = new Set<HTMLMediaElement>();
const controls = new Controls(stage, (muted) => {
  for (const element of players) element.muted = muted;
});
stage.append(heading, message, sound, controls.root);

async function fetchView(): Promise<View | number> {
  const query = new URLSearchParams({ share });
  const answer = await fetch(`/console/api/view/${encodeURIComponent(sessionId)}?${query}`);
  return answer.ok ? ((await answer.json()) as View) : answer.status;
}

/** Joins a room and shows the avatar until the connection ends. */
async function watch(url: string, token: string): Promise<void> {
  const room = new Room({ adaptiveStream: false });
  const lips = new LipSync();
  const ended = new Promise<void>((resolve) => room.once(RoomEvent.Disconnected, () => resolve()));

  const unmute = async () => {
    for (const element of players) element.muted = controls.muted;
    await room.startAudio();
    sound.hidden = true;
  };
  const tap = () => void unmute();
  sound.addEventListener("click", tap);
  stage?.addEventListener("click", tap);

  room.on(RoomEvent.TrackSubscribed, (track, publication, participant) => {
    if (!participant.isAgent) {
      // What people say to the avatar. Some servers send it to viewers, who would hear it twice.
      publication.setSubscribed(false);
      return;
    }
    lips.add(track);
    const element = track.attach();
    if (track.kind === Track.Kind.Video) {
      element.muted = true;
      element.setAttribute("playsinline", "");
      show("playing");
    } else {
      // Where autoplay with sound is allowed, as in OBS, it plays at once.
      element.muted = controls.muted || !room.canPlaybackAudio;
      players.add(element);
      sound.hidden = room.canPlaybackAudio;
    }
    stage?.prepend(element);
  });
  room.on(RoomEvent.TrackUnsubscribed, (track) => {
    lips.remove(track);
    for (const element of track.detach()) {
      players.delete(element);
      element.remove();
    }
    if (track.kind === Track.Kind.Video) show("waiting");
  });
  room.on(RoomEvent.AudioPlaybackStatusChanged, () => {
    sound.hidden = room.canPlaybackAudio;
    if (room.canPlaybackAudio) for (const element of players) element.muted = controls.muted;
  });

  try {
    await room.connect(url, token);
    await ended;
  } finally {
    lips.stop();
    await room.disconnect();
    for (const participant of room.remoteParticipants.values())
      for (const { track } of participant.trackPublications.values())
        if (track instanceof RemoteTrack) for (const element of track.detach()) element.remove();
    for (const element of stage?.querySelectorAll("video, audio") ?? []) element.remove();
    players.clear();
    sound.removeEventListener("click", tap);
    stage?.removeEventListener("click", tap);
    sound.hidden = true;
  }
}

async function play(): Promise<void> {
  show("waiting");
  for (;;) {
    try {
      const view = await fetchView();
      if (typeof view === "number") {
        if (view === 404) return show("refused", words.unavailable);
      } else if (view.status === "ended") {
        return show("ended", words.ended);
      } else if (view.livekit_url && view.livekit_access_token) {
        await watch(view.livekit_url, view.livekit_access_token);
        show("waiting");
        continue;
      }
    } catch {
      // The server cannot be reached: try again for as long as the page is open.
      show("waiting");
    }
    await delay(RETRY_MS);
  }
}

void play();
