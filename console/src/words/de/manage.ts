/** API-Schlüssel, Benutzer, Worker und Einstellungen. */
import type { Words } from "../index.ts";
import { dative } from "./plural.ts";

export const keys: Words["keys"] = {
  about:
    "Mit API-Schlüsseln melden sich Ihre Programme an. Jeder Schlüssel hat eigene Grenzen, eine eigene Nutzung und ein eigenes Webhook-Geheimnis.",
  failed: "Die API-Schlüssel konnten nicht geladen werden",
  create: "Schlüssel erstellen",
  empty: {
    title: "Noch keine API-Schlüssel",
    text: "Erstellen Sie einen Schlüssel für jedes Programm, das diesen Server verwendet.",
  },
  signedInWithKey: "Mit einem API-Schlüssel angemeldet",
  signedInWithKeyText: "Um Schlüssel zu erstellen, melden Sie sich mit E-Mail-Adresse und Passwort an.",

  createTitle: "API-Schlüssel erstellen",
  name: "Name",
  namePlaceholder: "Produktion",
  nameHint: "Steht in dieser Liste und in der Nutzung.",
  perMinute: "Anfragen pro Minute",
  perMonth: "Anfragen pro Monat",
  noLimit: "Keine Grenze",
  allowsConversation: "Darf Gespräche öffnen, in denen der Avatar zuhört und antwortet",
  conversationOf: (name) => `${name} darf Gespräche öffnen`,
  allowed: "Erlaubt",
  notAllowed: "Nicht erlaubt",

  createdTitle: "API-Schlüssel erstellt",
  shownOnce: "Kopieren Sie diesen Schlüssel jetzt",
  shownOnceText: "Er wird nur einmal angezeigt. Der Server speichert nur einen Hash davon.",
  apiKey: "API-Schlüssel",
  webhookSecret: "Geheimnis für Webhook-Signaturen",

  columns: {
    name: "Name",
    owner: "Besitzer",
    perMinute: "Anfragen pro Minute",
    thisMonth: "Anfragen in diesem Monat",
    conversations: "Gespräche",
    duration: "Dauer",
    cost: "Kosten",
    actions: "Aktionen",
  },
  consoleKey: "Von dieser Konsole verwendet",
  created: (prefix, day) => `\`${prefix}…\` erstellt am ${day}`,
  serviceKey: "Dienstschlüssel",
  ofCap: (cap) => ` von ${cap}`,

  revoke: "Widerrufen",
  revokeNamed: (name) => `${name} widerrufen`,
  revokeTitle: (name) => `„${name}“ widerrufen?`,
  revokeText: (prefix) =>
    `Der Server weist Anfragen mit \`${prefix}…\` ab sofort ab. Aufträge in der Warteschlange werden noch fertig. Das lässt sich nicht rückgängig machen.`,
  revokeConfirm: "Schlüssel widerrufen",
  revokedToast: (name) => `Schlüssel „${name}“ widerrufen.`,
};

export const users: Words["users"] = {
  about:
    "Personen, die sich an dieser Konsole anmelden. Betreiber sehen alle Schlüssel, Worker und Einstellungen.",
  failed: "Die Benutzer konnten nicht geladen werden",
  invite: "Benutzer einladen",
  inviteAbout: "Sie bekommen einen Link für die Person, die damit ein Passwort wählt.",
  again: "Neuen Link erstellen",
  againAbout: "Der Link, den Sie zuvor gesendet haben, gilt dann nicht mehr.",
  email: "E-Mail-Adresse",
  asOperator: "Betreiber: darf alle Schlüssel, Worker und Einstellungen sehen und Benutzer einladen",
  createLink: "Link erstellen",
  invited: "Benutzer eingeladen",
  shownOnce: "Kopieren Sie diesen Link jetzt",
  shownOnceText: (email, time) =>
    `Senden Sie ihn an ${email}. Er gilt einmal, innerhalb von ${dative(time)}, und wird nur hier angezeigt.`,
  link: "Einladungslink",
  role: "Rolle",
  status: "Status",
  added: "Hinzugefügt",
  actions: "Aktionen",
  newLink: "Neuer Link",
  newLinkNamed: (email) => `Neuer Link für ${email}`,
  roleOf: (email) => `Rolle von ${email}`,
  remove: "Entfernen",
  removeNamed: (email) => `${email} entfernen`,
  removeTitle: (email) => `${email} entfernen?`,
  removeText:
    "Die Person wird überall abgemeldet, ihre API-Schlüssel werden widerrufen, ihre Live-Sitzungen und Mitgliedschaften in Organisationen enden. Ergebnisse bleiben so lange wie andere. Sie können die Person wieder einladen.",
  removeConfirm: "Benutzer entfernen",
  removedToast: (email) => `${email} entfernt.`,
};

export const workers: Words["workers"] = {
  about: "Prozesse, die Aufträge rendern und Live-Sitzungen halten, auf diesem und auf anderen Rechnern.",
  failed: "Die Worker konnten nicht geladen werden",
  count: "Worker",
  liveSessions: "Live-Sitzungen",
  jobs: "Aufträge",
  jobsRendering: "Aufträge in Arbeit",
  jobsQueued: "Aufträge in der Warteschlange",
  inUse: (busy, all) => `${busy} von ${all} belegt`,
  lastHeartbeat: (ago) => `Letztes Lebenszeichen ${ago}`,
  empty: {
    title: "Kein Worker online",
    text: "Aufträge warten, bis ein Worker online ist. `visavis serve` startet seinen eigenen Worker neu.",
  },
  add: "Worker hinzufügen",
  addText:
    "Führen Sie `visavis work` auf einem anderen Rechner aus. Setzen Sie `DATABASE_URL` und einen Objektspeicher, den beide Rechner erreichen.",
};

export const settings: Words["settings"] = {
  version: (version) => `visavis ${version}`,
  server: "Server",
  serverAbout: "Umgebungsvariablen von `visavis serve`. Der Server liest sie beim Start.",
  failed: "Die Einstellungen konnten nicht geladen werden",
  search: "Einstellungen suchen",
  noMatches: "Keine Einstellung passt",
  setting: "Einstellung",
  value: "Wert",
  notSet: "nicht gesetzt",
  hidden: "gesetzt (verborgen)",
  default: (value) => `Standard: ${value}`,
  yes: "ja",
  no: "nein",
  emptyList: "keine",
  account: "Konto",
  signedInAs: (email) => `Angemeldet als ${email}.`,
  signedInWithKey: (name) => `Mit dem API-Schlüssel „${name}“ angemeldet.`,
  changePassword: "Passwort ändern",
  currentPassword: "Bisheriges Passwort",
  newPassword: "Neues Passwort",
  passwordHint: "Mindestens 10 Zeichen.",
  updatePassword: "Passwort ändern",
  passwordUpdated: "Passwort geändert. Andere Browser sind abgemeldet.",
  language: "Sprache",
  browserLanguage: "Sprache des Browsers",
};
