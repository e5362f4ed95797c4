/** The frame of the console, and signing in. */

export const shell = {
  /** The title of the browser's tab. */
  documentTitle: (page: string) => `${page} · visavis`,
  skip: "Skip to content",
  menu: "Menu",
  navigation: "Main navigation",
  groups: { create: "Create", history: "History", manage: "Manage" },
  pages: {
    create: "Create",
    studio: "Studio",
    live: "Live",
    jobs: "Jobs",
    sessions: "Sessions",
    usage: "Usage",
    keys: "API keys",
    workers: "Workers",
    settings: "Settings",
  },
  theme: "Theme",
  themes: { light: "Light theme", dark: "Dark theme", system: "System theme" },
  apiDocumentation: "API documentation",
  roles: { operator: "Operator", user: "User", key: "Signed in with an API key" },
  signOut: "Sign out",
  notSignedOut: "Could not sign out",
  notSignedOutToast: (reason: string) => `Could not sign out. ${reason}`,
  endSession: {
    title: "End the live session?",
    text: "A live session is running. If you sign out, it ends for you and for all viewers.",
    stay: "Stay signed in",
    confirm: "End session and sign out",
  },
  notFound: {
    title: "Page not found",
    text: (path: string) => `The page \`${path}\` does not exist.`,
    action: "Go to Studio",
  },
};

export const signIn = {
  title: "Sign in",
  about: "Create talking videos and live avatars on this server.",
  claim: "Turn one photo and a voice into a talking avatar.",
  noUsers: {
    title: "No accounts yet",
    text: "Open the sign-in link that `visavis serve` printed at startup to create the first account.",
  },
  methods: "Sign-in method",
  email: "Email address",
  emailHint: "Stays on this server. visavis sends no email.",
  password: "Password",
  newPassword: "New password",
  passwordHint: "At least 10 characters.",
  forgotPassword:
    "Forgot your password? Run `visavis users link you@example.com` on the server to get a sign-in link.",
  apiKey: "API key",
  apiKeyHint: "You see only the jobs and sessions of this key.",
  submit: "Sign in",
  submitting: "Signing in…",
  createAccount: "Create account",
  welcome: "Welcome",
  welcomeAbout: "Create the first account of this server.",
  welcomeBack: "Welcome back",
  welcomeBackAbout: "Set a new password, or leave it empty to keep your current one.",
  linkInvalid: "This sign-in link does not work",
  linkUnchecked: "Could not check the sign-in link",
  otherWay: "Sign in another way",
};
