// A real OpenID Connect provider (oidc-provider), for tests and trials. It signs in whoever types an address.
//
//   node oidc_provider.mjs PORT KEY CERTIFICATE REDIRECT_URI [CLIENT_ID CLIENT_SECRET]
//
// It prints its issuer when it is ready.

import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import Provider from "oidc-provider";

const [port, key, certificate, redirectUri, clientId = "visavis", clientSecret = "secret"] =
  process.argv.slice(2);
const issuer = `https://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  // The claims are in the ID token, as those of Okta, Entra ID and Google are.
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      email: id,
      email_verified: !id.startsWith("unverified"),
      name: "Somebody",
    }),
  }),
});

createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, provider.callback()).listen(
  Number(port),
  "127.0.0.1",
  () => console.log(issuer),
);
