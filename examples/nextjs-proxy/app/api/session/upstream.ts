// On the server only. Whoever can call these routes opens sessions on your key: ask who is calling first.
export const API_KEY = process.env.ATLAS_API_KEY;
export const API_URL = process.env.ATLAS_API_URL ?? "http://127.0.0.1:8000";
