/** Single sign-on and provisioning of organizations. */

export const sso = {
  title: "Single sign-on",
  failed: "Could not load single sign-on",
  none: "Not set up",
  noneText: "Members can sign in with the identity provider of the organization, such as Okta or Google.",
  ownersOnly: "Only an owner of the organization can set it up.",

  oidc: "OpenID Connect",
  oidcAbout:
    "For Okta, Microsoft Entra ID, Google Workspace and every other provider that speaks OpenID Connect.",
  redirectStep: "Register a web application at the provider, with this redirect address:",
  formStep: "Enter what the provider gives you:",
  redirectUri: "Redirect address",
  discoveryUrl: "Discovery URL",
  discoveryHint: "It ends with `/.well-known/openid-configuration`.",
  clientId: "Client ID",
  clientSecret: "Client secret",
  secretHint: "It is kept encrypted, and never shown again.",
  connect: "Connect",
  connecting: "Checking…",
  connectedToast: "The identity provider is connected. Test it before you require it.",

  workos: "WorkOS",
  workosAbout: "For SAML, and for providers that you prefer to connect there.",
  setUpAtWorkos: "Set up with WorkOS",
  openingWorkos: "Opening WorkOS…",
  waitingForWorkos: "The connection becomes active as soon as you finish the set-up at WorkOS.",

  provider: "Identity provider",
  status: "Status",
  statuses: { active: "Active", inactive: "Not active yet" } as Readonly<Record<string, string>>,
  secretStored: "Stored encrypted",
  signInUrl: "Sign-in address",
  signInHint: "Members open this address, or enter the short name of the organization on the sign-in page.",
  change: "Change the set-up",
  changeText: "The new set-up replaces the old one. Whoever is signed in stays so.",

  test: "Test",
  testing: "Testing…",
  testAbout:
    "The test looks whether the provider can be reached and knows this server. Then you sign in there: nothing changes here by that.",
  problem: "The test found a problem",
  halfPassed: "The provider can be reached, and it accepts the client ID and the secret",
  halfPassedText: "Now sign in there to test the rest.",
  signInToTest: "Sign in to test",
  testPassed: "The last test passed",
  testPassedText: (email: string, time: string) => `${email} signed in on ${time}.`,
  testFailed: "The last test failed",
  testFailedText: (reason: string, time: string) => `${reason} (${time})`,
  somebody: "Somebody without an email address",
  /** Why a test failed, for the owner. */
  testReasons: {
    denied: "The provider did not sign you in. Is the application assigned to you there?",
    wrong_issuer: "The answer came from another provider than the one that was asked.",
    wrong_client: "The provider refuses the client ID or the client secret.",
    not_confirmed:
      "The provider did not confirm the sign-in. Compare the client ID, the secret and the redirect address.",
    email_unverified: "The provider has not verified the email address of this person.",
    not_member:
      "The sign-in works, but the person is not a member of this organization. Add or invite the person.",
    unreachable: "The provider could not be reached, or did not answer as OpenID Connect says.",
  } as Readonly<Record<string, string>>,

  require: "Require single sign-on",
  requireAbout: "Browsers then act for this organization only after a sign-in with the identity provider.",
  isRequired: "Single sign-on is required.",
  requireTitle: "Require single sign-on?",
  requireText:
    "Browsers that signed in with a password lose this organization at once, yours too. API keys go on. If the provider fails, `visavis orgs recover` on the server lets an owner in.",
  untested: "No test has passed yet",
  untestedText: "If the connection does not work, nobody can sign in to this organization.",
  requireConfirm: "Require it",
  requiredToast: "Single sign-on is required now.",
  allow: "Do not require it",
  allowedToast: "Single sign-on is not required any more.",
};

export const scimTokens = {
  title: "Provisioning",
  failed: "Could not load SCIM tokens",
  about: "With a token, an identity provider adds, changes and removes members by SCIM.",
  baseUrl: "SCIM base URL",
  create: "Create token",
  createTitle: "Create SCIM token",
  name: "Name",
  namePlaceholder: "Okta",
  createdTitle: "SCIM token created",
  shownOnce: "Copy this token now",
  shownOnceText: "It is shown only once. Enter it at the identity provider, with the base URL.",
  token: "SCIM token",
  columns: { name: "Name", token: "Token", created: "Created", used: "Last used", actions: "Actions" },
  never: "Never",
  revoke: "Revoke",
  revokeNamed: (name: string) => `Revoke ${name}`,
  revokeTitle: (name: string) => `Revoke “${name}”?`,
  revokeText: "The identity provider can no longer change members. Members stay as they are.",
  revokeConfirm: "Revoke token",
  revokedToast: (name: string) => `“${name}” revoked.`,
  empty: { title: "No SCIM tokens", text: "Create one for the identity provider of the organization." },
  emptyForAdmins: "Only an owner of the organization can create one.",
};

export const ssoSignIn = {
  method: "SSO",
  slug: "Short name of your organization",
  slugPlaceholder: "example-incorporated",
  slugHint: "Your admin knows it. It is the last part of the sign-in address.",
  submit: "Sign in with SSO",
  submitting: "Opening the identity provider…",

  failedTitle: "Could not sign you in",
  tryAgain: "Try again",
  otherWay: "Sign in another way",
  /** Why a sign-in failed, for whoever wanted in. */
  reasons: {
    not_begun: "This sign-in did not begin in this browser, or it took too long. Start again.",
    denied:
      "Your identity provider did not sign you in. Ask your admin whether you may use this application.",
    wrong_issuer: "The answer did not come from the identity provider of your organization. Start again.",
    wrong_client:
      "The identity provider does not accept this server. Ask an owner of the organization to test single sign-on.",
    not_confirmed: "The identity provider did not confirm this sign-in. Start again.",
    email_unverified: "Your identity provider has not verified your email address. Verify it there first.",
    not_member: "You are not a member of this organization. Ask one of its admins to add you.",
    unreachable: "The identity provider of your organization could not be reached. Try again in a moment.",
    no_sso: "There is no organization with this short name and single sign-on.",
    too_many: "Too many attempts. Wait a minute, then try again.",
    unavailable: "The server could not finish the sign-in. Try again in a moment.",
  } as Readonly<Record<string, string>>,
};
