import { readFileSync } from "node:fs";
import { defineConfig, type UserConfig } from "vite";

/**
 * How a package of the SDK is built: ES modules and CommonJS of each entry, with everything that is
 * another package left to the one who installs it.
 */
export function library(folder: URL, entry: Record<string, string>): UserConfig {
  const manifest = JSON.parse(readFileSync(new URL("package.json", folder), "utf-8"));
  const others = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  return defineConfig({
    build: {
      target: "es2022",
      sourcemap: true,
      minify: false,
      lib: { entry, formats: ["es", "cjs"] },
      rolldownOptions: {
        // A style sheet that is imported as text becomes part of the package.
        external: (id) =>
          !id.includes(".css") && others.some((name) => id === name || id.startsWith(`${name}/`)),
      },
    },
  });
}
