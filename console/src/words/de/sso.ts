/** Single Sign-on und Bereitstellung für Organisationen. */
import type { Words } from "../index.ts";

export const sso: Words["sso"] = {
  title: "Single Sign-on",
  failed: "Single Sign-on konnte nicht geladen werden",
  none: "Nicht eingerichtet",
  noneText:
    "Mitglieder können sich über den Identitätsanbieter der Organisation anmelden, etwa Okta oder Google.",
  ownersOnly: "Nur ein Inhaber der Organisation kann es einrichten.",

  oidc: "OpenID Connect",
  oidcAbout:
    "Für Okta, Microsoft Entra ID, Google Workspace und jeden anderen Anbieter, der OpenID Connect spricht.",
  redirectStep: "Registrieren Sie beim Anbieter eine Webanwendung mit dieser Weiterleitungsadresse:",
  formStep: "Geben Sie ein, was der Anbieter Ihnen nennt:",
  redirectUri: "Weiterleitungsadresse",
  discoveryUrl: "Discovery-URL",
  discoveryHint: "Sie endet auf `/.well-known/openid-configuration`.",
  clientId: "Client-ID",
  clientSecret: "Client-Geheimnis",
  secretHint: "Es wird verschlüsselt gespeichert und nie wieder angezeigt.",
  connect: "Verbinden",
  connecting: "Wird geprüft…",
  connectedToast: "Der Identitätsanbieter ist verbunden. Testen Sie ihn, bevor Sie ihn zur Pflicht machen.",

  workos: "WorkOS",
  workosAbout: "Für SAML, und für Anbieter, die Sie lieber dort verbinden.",
  setUpAtWorkos: "Bei WorkOS einrichten",
  openingWorkos: "WorkOS wird geöffnet…",
  waitingForWorkos: "Die Verbindung wird aktiv, sobald Sie die Einrichtung bei WorkOS abschließen.",

  provider: "Identitätsanbieter",
  status: "Status",
  statuses: { active: "Aktiv", inactive: "Noch nicht aktiv" },
  secretStored: "Verschlüsselt gespeichert",
  signInUrl: "Anmeldeadresse",
  signInHint:
    "Mitglieder öffnen diese Adresse, oder geben auf der Anmeldeseite den Kurznamen der Organisation ein.",
  change: "Einrichtung ändern",
  changeText: "Die neue Einrichtung ersetzt die alte. Wer angemeldet ist, bleibt es.",

  test: "Testen",
  testing: "Test läuft…",
  testAbout:
    "Der Test prüft, ob der Anbieter erreichbar ist und diesen Server kennt. Dann melden Sie sich dort an; hier ändert sich dadurch nichts.",
  problem: "Der Test hat ein Problem gefunden",
  halfPassed: "Der Anbieter ist erreichbar und nimmt Client-ID und Geheimnis an",
  halfPassedText: "Melden Sie sich nun dort an, um den Rest zu testen.",
  signInToTest: "Zum Testen anmelden",
  testPassed: "Der letzte Test war erfolgreich",
  testPassedText: (email, time) => `${email} hat sich am ${time} angemeldet.`,
  testFailed: "Der letzte Test ist fehlgeschlagen",
  testFailedText: (reason, time) => `${reason} (${time})`,
  somebody: "Jemand ohne E-Mail-Adresse",
  testReasons: {
    denied: "Der Anbieter hat Sie nicht angemeldet. Ist Ihnen die Anwendung dort zugewiesen?",
    wrong_issuer: "Die Antwort kam von einem anderen Anbieter als dem gefragten.",
    wrong_client: "Der Anbieter lehnt die Client-ID oder das Geheimnis ab.",
    not_confirmed:
      "Der Anbieter hat die Anmeldung nicht bestätigt. Vergleichen Sie Client-ID, Geheimnis und Weiterleitungsadresse.",
    email_unverified: "Der Anbieter hat die E-Mail-Adresse dieser Person nicht bestätigt.",
    not_member:
      "Die Anmeldung funktioniert, aber die Person ist kein Mitglied dieser Organisation. Fügen Sie sie hinzu, oder laden Sie sie ein.",
    unreachable: "Der Anbieter war nicht erreichbar, oder antwortete nicht, wie OpenID Connect es verlangt.",
  },

  require: "Single Sign-on zur Pflicht machen",
  requireAbout:
    "Browser handeln dann nur nach einer Anmeldung beim Identitätsanbieter für diese Organisation.",
  isRequired: "Single Sign-on ist Pflicht.",
  requireTitle: "Single Sign-on zur Pflicht machen?",
  requireText:
    "Browser, die mit einem Passwort angemeldet sind, verlieren diese Organisation sofort, auch Ihrer. API-Schlüssel gelten weiter. Fällt der Anbieter aus, lässt `visavis orgs recover` auf dem Server einen Inhaber hinein.",
  untested: "Noch kein Test war erfolgreich",
  untestedText: "Funktioniert die Verbindung nicht, kann sich niemand für diese Organisation anmelden.",
  requireConfirm: "Zur Pflicht machen",
  requiredToast: "Single Sign-on ist jetzt Pflicht.",
  allow: "Nicht mehr zur Pflicht machen",
  allowedToast: "Single Sign-on ist nicht mehr Pflicht.",
};

export const scimTokens: Words["scimTokens"] = {
  title: "Bereitstellung",
  failed: "Die SCIM-Token konnten nicht geladen werden",
  about: "Mit einem Token fügt ein Identitätsanbieter Mitglieder über SCIM hinzu, ändert und entfernt sie.",
  baseUrl: "SCIM-Basis-URL",
  create: "Token erstellen",
  createTitle: "SCIM-Token erstellen",
  name: "Name",
  namePlaceholder: "Okta",
  createdTitle: "SCIM-Token erstellt",
  shownOnce: "Kopieren Sie dieses Token jetzt",
  shownOnceText: "Es wird nur einmal angezeigt. Geben Sie es beim Identitätsanbieter ein, mit der Basis-URL.",
  token: "SCIM-Token",
  columns: {
    name: "Name",
    token: "Token",
    created: "Erstellt",
    used: "Zuletzt verwendet",
    actions: "Aktionen",
  },
  never: "Nie",
  revoke: "Widerrufen",
  revokeNamed: (name) => `${name} widerrufen`,
  revokeTitle: (name) => `„${name}“ widerrufen?`,
  revokeText:
    "Der Identitätsanbieter kann keine Mitglieder mehr ändern. Die Mitglieder bleiben, wie sie sind.",
  revokeConfirm: "Token widerrufen",
  revokedToast: (name) => `„${name}“ widerrufen.`,
  empty: {
    title: "Keine SCIM-Token",
    text: "Erstellen Sie eines für den Identitätsanbieter der Organisation.",
  },
  emptyForAdmins: "Nur ein Inhaber der Organisation kann eines erstellen.",
};

export const ssoSignIn: Words["ssoSignIn"] = {
  method: "SSO",
  slug: "Kurzname Ihrer Organisation",
  slugPlaceholder: "beispiel-gmbh",
  slugHint: "Ihr Admin kennt ihn. Es ist der letzte Teil der Anmeldeadresse.",
  submit: "Mit SSO anmelden",
  submitting: "Der Identitätsanbieter wird geöffnet…",

  failedTitle: "Die Anmeldung ist fehlgeschlagen",
  tryAgain: "Erneut versuchen",
  otherWay: "Anders anmelden",
  reasons: {
    not_begun:
      "Diese Anmeldung hat nicht in diesem Browser begonnen, oder sie dauerte zu lange. Beginnen Sie neu.",
    denied:
      "Ihr Identitätsanbieter hat Sie nicht angemeldet. Fragen Sie Ihren Admin, ob Sie diese Anwendung verwenden dürfen.",
    wrong_issuer: "Die Antwort kam nicht vom Identitätsanbieter Ihrer Organisation. Beginnen Sie neu.",
    wrong_client:
      "Der Identitätsanbieter nimmt diesen Server nicht an. Bitten Sie einen Inhaber der Organisation, Single Sign-on zu testen.",
    not_confirmed: "Der Identitätsanbieter hat diese Anmeldung nicht bestätigt. Beginnen Sie neu.",
    email_unverified:
      "Ihr Identitätsanbieter hat Ihre E-Mail-Adresse nicht bestätigt. Bestätigen Sie sie zuerst dort.",
    not_member:
      "Sie sind kein Mitglied dieser Organisation. Bitten Sie einen ihrer Admins, Sie hinzuzufügen.",
    unreachable:
      "Der Identitätsanbieter Ihrer Organisation war nicht erreichbar. Versuchen Sie es gleich noch einmal.",
    no_sso: "Es gibt keine Organisation mit diesem Kurznamen und Single Sign-on.",
    too_many: "Zu viele Versuche. Warten Sie eine Minute und versuchen Sie es erneut.",
    unavailable: "Der Server konnte die Anmeldung nicht abschließen. Versuchen Sie es gleich noch einmal.",
  },
};
