// Server only. Anyone who can call these routes opens sessions on your key, so authenticate your users first.
// The ATLAS_ names are those of the hosted service's example, so that its settings still work.
const { VISAVIS_API_KEY, VISAVIS_API_URL, ATLAS_API_KEY, ATLAS_API_URL } = process.env;

export const API_KEY = VISAVIS_API_KEY ?? ATLAS_API_KEY;
export const API_URL = VISAVIS_API_URL ?? ATLAS_API_URL ?? "http://127.0.0.1:8000";
