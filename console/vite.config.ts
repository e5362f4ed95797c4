import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

// `npm run dev` shows the pages of this folder over a `visavis serve` that runs already.
const api = process.env.VISAVIS_API_URL ?? "http://127.0.0.1:8000";
const proxied = ["/v1", "/console", "/healthz"];

/** Lays a compressed copy beside everything that is text: the server hands it out as it is. */
const compressed: Plugin = {
  name: "compressed",
  writeBundle({ dir = "" }, bundle) {
    for (const { fileName } of Object.values(bundle)) {
      const path = join(dir, fileName);
      if (/\.(js|css|svg)$/.test(fileName))
        writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
    }
  },
};

export default defineConfig(({ command }) => ({
  // A build says only what is wrong; `npm run dev` says where it is.
  logLevel: command === "build" ? "warn" : "info",
  plugins: [react(), compressed],
  resolve: { conditions: ["@visavis/source", "module", "browser", "development|production"] },
  build: {
    outDir: "../src/visavis/surfaces/console/static",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    chunkSizeWarningLimit: 600, // kB: livekit-client, which only the pages of live sessions load
    // Everything stays a file of our own origin: the pages' policy allows no inline data.
    assetsInlineLimit: 0,
    rolldownOptions: { input: ["index.html", "player.html", "embed.html"] },
  },
  test: { include: ["src/**/*.test.ts"] },
  server: { proxy: Object.fromEntries(proxied.map((path) => [path, { target: api, changeOrigin: false }])) },
}));
