// Turns openapi.json into the types of src/api/schema.ts: `npm run generate`.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const DOCUMENT = new URL("../openapi.json", import.meta.url);
export const SCHEMA = new URL("../src/api/schema.ts", import.meta.url);

const FILE = ts.factory.createTypeReferenceNode("Blob");

/** The text of src/api/schema.ts as it follows from openapi.json. */
export async function generate() {
  const document = JSON.parse(await readFile(DOCUMENT, "utf-8"));
  const nodes = await openapiTS(document, {
    transform: (schema) => (schema.format === "binary" ? FILE : undefined),
  });
  return `// Generated from openapi.json by scripts/schema.mjs. Do not change it by hand.\n\n${astToString(nodes)}`;
}

if (import.meta.url === new URL(process.argv[1] ?? "", "file:").href)
  await writeFile(SCHEMA, await generate());
