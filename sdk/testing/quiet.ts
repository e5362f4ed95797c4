import { LogLevel, setLogLevel } from "livekit-client";

// What the room client logs is long and carries tokens.
setLogLevel(LogLevel.error);
