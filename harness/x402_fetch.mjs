/** Buys a session with the client of npm: node x402_fetch.mjs URL FACE PRIVATE_KEY. Prints the answer. */
import { readFile } from "node:fs/promises";
import { registerExactEvmScheme } from "@x402/evm/exact/client";
import { wrapFetchWithPayment, x402Client } from "@x402/fetch";
import { privateKeyToAccount } from "viem/accounts";

const [url, face, key] = process.argv.slice(2);
const client = new x402Client();
registerExactEvmScheme(client, { signer: privateKeyToAccount(key) });
const pay = wrapFetchWithPayment(fetch, client);
const form = new FormData();
form.set("reference_image", new Blob([await readFile(face)], { type: "image/jpeg" }), "face.jpg");
form.set("accept_tos", "true");
const answer = await pay(url, { method: "POST", body: form });
if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
console.log(JSON.stringify(await answer.json()));
