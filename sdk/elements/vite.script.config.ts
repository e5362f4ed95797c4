import { defineConfig } from "vite";

/** The element with everything that it needs in one file, for `<script type="module" src="…">`. */
export default defineConfig({
  build: {
    target: "es2022",
    emptyOutDir: false,
    lib: { entry: "src/index.ts", formats: ["es"], fileName: () => "visavis-avatar.js" },
    minify: true,
  },
});
