import { AccessToken, RoomServiceClient, type VideoGrant } from "livekit-server-sdk";
import type { BrowserCommand, BrowserCommandContext } from "vitest/node";
import type {} from "./rooms.js"; // what is provided

/** What tests in the browser ask of the side that holds the secret. */
export const commands = {
  /** A token for one room; with `agent` for the kind of participant that avatars are. */
  mintToken: (async (context, room: string, identity: string, grant: VideoGrant = {}, ttlS = 600) => {
    const { key, secret } = context.project.getProvidedContext().rooms;
    const token = new AccessToken(key, secret, { identity, ttl: ttlS });
    if (grant.agent) token.kind = "agent";
    token.addGrant({
      roomJoin: true,
      room,
      canPublish: true,
      canSubscribe: true,
      canPublishData: true,
      ...grant,
    });
    return token.toJwt();
  }) satisfies BrowserCommand<[string, string, VideoGrant?, number?]>,

  /** Ends a room, as the server does at the end of a session. */
  deleteRoom: (async (context, room: string) => {
    await service(context).deleteRoom(room);
  }) satisfies BrowserCommand<[string]>,

  removeParticipant: (async (context, room: string, identity: string) => {
    await service(context).removeParticipant(room, identity);
  }) satisfies BrowserCommand<[string, string]>,

  setAttributes: (async (context, room: string, identity: string, attributes: Record<string, string>) => {
    await service(context).updateParticipant(room, identity, { attributes });
  }) satisfies BrowserCommand<[string, string, Record<string, string>]>,

  /** The names of a participant's tracks as the room server knows them. */
  trackNames: (async (context, room: string, identity: string) => {
    const { tracks } = await service(context).getParticipant(room, identity);
    return tracks.map(({ name }) => name);
  }) satisfies BrowserCommand<[string, string]>,

  participants: (async (context, room: string) => {
    const participants = await service(context).listParticipants(room);
    return participants.map(({ identity }) => identity);
  }) satisfies BrowserCommand<[string]>,

  /** Answers the browser's question for the microphone: `true` yes, `false` no. */
  allowMicrophone: (async (context, allowed: boolean) => {
    const browser = context.context;
    if (allowed) await browser.grantPermissions(["microphone"]);
    else await browser.clearPermissions();
  }) satisfies BrowserCommand<[boolean]>,
};

function service(context: BrowserCommandContext): RoomServiceClient {
  const { url, key, secret } = context.project.getProvidedContext().rooms;
  return new RoomServiceClient(url.replace(/^ws/, "http"), key, secret);
}

type Asked<Command> = Command extends (context: BrowserCommandContext, ...args: infer Args) => infer Answer
  ? (...args: Args) => Answer
  : never;

declare module "vitest/browser" {
  interface BrowserCommands {
    mintToken: Asked<typeof commands.mintToken>;
    deleteRoom: Asked<typeof commands.deleteRoom>;
    removeParticipant: Asked<typeof commands.removeParticipant>;
    setAttributes: Asked<typeof commands.setAttributes>;
    trackNames: Asked<typeof commands.trackNames>;
    participants: Asked<typeof commands.participants>;
    allowMicrophone: Asked<typeof commands.allowMicrophone>;
  }
}
