import { useMutation } from "@tanstack/react-query";
import {
  Activity,
  AudioLines,
  BookOpen,
  ChartColumn,
  Clapperboard,
  Cpu,
  KeyRound,
  ListVideo,
  LogOut,
  Menu,
  Monitor,
  Moon,
  Settings2,
  Sun,
} from "lucide-react";
import { type ReactNode, Suspense, useEffect, useRef, useState } from "react";
import { Link, NavLink, useLocation } from "react-router";
import { wordsOf } from "../api/failure.ts";
import { Mark } from "../parts/mark.tsx";
import { FailureNotice } from "../parts/notice.tsx";
import { Loading } from "../parts/page.tsx";
import { Sheet } from "../parts/sheet.tsx";
import { say, Toasts } from "../parts/toasts.tsx";
import { chooseTheme, readTheme, type Theme } from "../theme.ts";
import { Dock, useHasDock } from "./dock.tsx";
import { dock } from "./docked.ts";
import { useSession, useSignOut } from "./session.tsx";
import "./shell.css";

interface Place {
  to: string;
  name: string;
  icon: ReactNode;
  operator?: boolean;
}

const PLACES: readonly [string, readonly Place[]][] = [
  [
    "Make",
    [
      { to: "/studio", name: "Studio", icon: <Clapperboard size={18} aria-hidden /> },
      { to: "/live", name: "Live", icon: <AudioLines size={18} aria-hidden /> },
    ],
  ],
  [
    "Look back",
    [
      { to: "/jobs", name: "Jobs", icon: <ListVideo size={18} aria-hidden /> },
      { to: "/sessions", name: "Sessions", icon: <Activity size={18} aria-hidden /> },
      { to: "/usage", name: "Usage", icon: <ChartColumn size={18} aria-hidden /> },
    ],
  ],
  [
    "Run",
    [
      { to: "/keys", name: "Keys", icon: <KeyRound size={18} aria-hidden /> },
      { to: "/workers", name: "Workers", icon: <Cpu size={18} aria-hidden />, operator: true },
      { to: "/settings", name: "Settings", icon: <Settings2 size={18} aria-hidden /> },
    ],
  ],
];

const THEMES: readonly [Theme, string, ReactNode][] = [
  ["light", "Light colours", <Sun key="light" size={16} aria-hidden />],
  ["dark", "Dark colours", <Moon key="dark" size={16} aria-hidden />],
  ["system", "The system's colours", <Monitor key="system" size={16} aria-hidden />],
];

function ThemeChoice() {
  const [theme, setTheme] = useState(readTheme);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw a border and a legend
    <div className="tabs" role="group" aria-label="Colours">
      {THEMES.map(([each, name, icon]) => (
        <button
          key={each}
          type="button"
          aria-label={name}
          title={name}
          aria-pressed={theme === each}
          onClick={() => {
            chooseTheme(each);
            setTheme(each);
          }}
        >
          {icon}
        </button>
      ))}
    </div>
  );
}

/** Signing out ends what goes on: that is asked about. */
function SignOut({ onClose }: { onClose: () => void }) {
  const signOut = useMutation({ mutationFn: useSignOut() });
  return (
    <Sheet title="End the live session?" onClose={onClose}>
      <p>A live session is running. Signing out ends it, and its viewers lose it.</p>
      {signOut.isError && <FailureNotice error={signOut.error} title="You are still signed in" />}
      <div className="deeds">
        <button type="button" className="button" onClick={onClose}>
          Stay signed in
        </button>
        <button
          type="button"
          className="button danger"
          disabled={signOut.isPending}
          onClick={() => signOut.mutate()}
        >
          End it and sign out
        </button>
      </div>
    </Sheet>
  );
}

function Side({ onSignOut }: { onSignOut: () => void }) {
  const session = useSession();
  const who = session.user?.email ?? session.key?.name ?? "";
  const role = session.user ? (session.user.is_operator ? "Operator" : "User") : "Signed in with a key";
  return (
    <div className="side">
      <header>
        <Link className="brand" to="/studio">
          <Mark /> visavis
        </Link>
      </header>
      <nav aria-label="Pages">
        {PLACES.map(([group, places]) => (
          <div key={group}>
            <h2>{group}</h2>
            <ul>
              {places
                .filter((place) => !place.operator || session.user?.is_operator)
                .map((place) => (
                  <li key={place.to}>
                    <NavLink to={place.to}>
                      {place.icon}
                      {place.name}
                    </NavLink>
                  </li>
                ))}
            </ul>
          </div>
        ))}
      </nav>
      <footer>
        <div className="who">
          <span className="face" aria-hidden>
            {who.slice(0, 1)}
          </span>
          <span className="grow">
            <span className="cut block">{who}</span>
            <span className="faint block">{role}</span>
          </span>
        </div>
        <div className="row apart">
          <ThemeChoice />
          <span className="row">
            <a
              className="button quiet icon"
              href="/docs"
              aria-label="API documentation"
              title="API documentation"
            >
              <BookOpen size={17} aria-hidden />
            </a>
            <button
              type="button"
              className="button quiet icon"
              aria-label="Sign out"
              title="Sign out"
              onClick={onSignOut}
            >
              <LogOut size={17} aria-hidden />
            </button>
          </span>
        </div>
      </footer>
    </div>
  );
}

/** The frame round every page: where one is, and where one can go. */
export function Shell({ children }: { children: ReactNode }) {
  const signOut = useSignOut();
  const [isAsking, setAsking] = useState(false);
  const leave = () => {
    menu.current?.close();
    if (dock.get().docked) setAsking(true);
    else signOut().catch((error: unknown) => say(`You are still signed in: ${wordsOf(error)}`));
  };
  const menu = useRef<HTMLDialogElement>(null);
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const before = useRef(pathname);
  useEffect(() => {
    menu.current?.close();
    // As after a page load: what reads the screen begins at the new page.
    if (before.current !== pathname) main.current?.focus({ preventScroll: true });
    before.current = pathname;
    window.scrollTo(0, 0);
  }, [pathname]);
  return (
    <>
      <a className="skip button" href="#main">
        Skip to the page
      </a>
      <div className={`shell ${useHasDock() ? "has-dock" : ""}`}>
        <Side onSignOut={leave} />
        <header className="top">
          <Link className="brand" to="/studio">
            <Mark /> visavis
          </Link>
          <button
            type="button"
            className="button quiet icon"
            aria-label="Menu"
            onClick={() => menu.current?.showModal()}
          >
            <Menu size={20} aria-hidden />
          </button>
        </header>
        <dialog ref={menu} className="menu" aria-label="Menu">
          <Side onSignOut={leave} />
        </dialog>
        <main id="main" ref={main} tabIndex={-1}>
          <Suspense
            fallback={
              <div className="page">
                <Loading />
              </div>
            }
          >
            {children}
          </Suspense>
        </main>
      </div>
      <Dock />
      <Toasts />
      {isAsking && <SignOut onClose={() => setAsking(false)} />}
    </>
  );
}
