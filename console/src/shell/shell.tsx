import { useMutation } from "@tanstack/react-query";
import {
  Activity,
  AudioLines,
  BookOpen,
  Bot,
  Building2,
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
  Sparkles,
  Sun,
  Users,
  Wallet,
} from "lucide-react";
import { type ReactNode, Suspense, useEffect, useRef, useState } from "react";
import { Link, NavLink, useLocation } from "react-router";
import { messageOf } from "../api/error.ts";
import { ConfirmSheet } from "../components/confirm-sheet.tsx";
import { Mark } from "../components/mark.tsx";
import { Loading } from "../components/page.tsx";
import { showToast, Toasts } from "../components/toasts.tsx";
import { chooseTheme, readTheme, type Theme } from "../theme.ts";
import { words } from "../words/index.ts";
import { AccountSwitch } from "./account-switch.tsx";
import { Dock, useHasDock } from "./dock.tsx";
import { dock } from "./dock-store.ts";
import { useSession, useSignOut } from "./session.tsx";
import "./shell.css";

const { groups, pages } = words.shell;

interface NavItem {
  to: string;
  name: string;
  icon: ReactNode;
  operator?: boolean;
}

const NAVIGATION: readonly [string, readonly NavItem[]][] = [
  [
    groups.create,
    [
      { to: "/create", name: pages.create, icon: <Sparkles size={18} aria-hidden /> },
      { to: "/studio", name: pages.studio, icon: <Clapperboard size={18} aria-hidden /> },
      { to: "/live", name: pages.live, icon: <AudioLines size={18} aria-hidden /> },
      { to: "/agents", name: pages.agents, icon: <Bot size={18} aria-hidden /> },
    ],
  ],
  [
    groups.history,
    [
      { to: "/jobs", name: pages.jobs, icon: <ListVideo size={18} aria-hidden /> },
      { to: "/sessions", name: pages.sessions, icon: <Activity size={18} aria-hidden /> },
      { to: "/usage", name: pages.usage, icon: <ChartColumn size={18} aria-hidden /> },
      { to: "/payments", name: pages.payments, icon: <Wallet size={18} aria-hidden />, operator: true },
    ],
  ],
  [
    groups.manage,
    [
      { to: "/keys", name: pages.keys, icon: <KeyRound size={18} aria-hidden /> },
      { to: "/organizations", name: pages.organizations, icon: <Building2 size={18} aria-hidden /> },
      { to: "/users", name: pages.users, icon: <Users size={18} aria-hidden />, operator: true },
      { to: "/workers", name: pages.workers, icon: <Cpu size={18} aria-hidden />, operator: true },
      { to: "/settings", name: pages.settings, icon: <Settings2 size={18} aria-hidden /> },
    ],
  ],
];

const THEMES: readonly [Theme, ReactNode][] = [
  ["light", <Sun key="light" size={16} aria-hidden />],
  ["dark", <Moon key="dark" size={16} aria-hidden />],
  ["system", <Monitor key="system" size={16} aria-hidden />],
];

function ThemeChoice() {
  const [theme, setTheme] = useState(readTheme);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw a border and a legend
    <div className="tabs" role="group" aria-label={words.shell.theme}>
      {THEMES.map(([each, icon]) => (
        <button
          key={each}
          type="button"
          aria-label={words.shell.themes[each]}
          title={words.shell.themes[each]}
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

/** Asks before signing out ends a live session. */
function SignOut({ onClose }: { onClose: () => void }) {
  const signOut = useMutation({ mutationFn: useSignOut() });
  return (
    <ConfirmSheet
      title={words.shell.endSession.title}
      confirm={words.shell.endSession.confirm}
      action={signOut}
      cancel={words.shell.endSession.stay}
      failed={words.shell.notSignedOut}
      onClose={onClose}
    >
      <p>{words.shell.endSession.text}</p>
    </ConfirmSheet>
  );
}

function Sidebar({ onSignOut }: { onSignOut: () => void }) {
  const session = useSession();
  const who = session.user?.email ?? session.key?.name ?? "";
  const { roles } = words.shell;
  const role = session.user ? (session.user.is_operator ? roles.operator : roles.user) : roles.key;
  return (
    <div className="side">
      <header>
        <Link className="brand" to="/studio">
          <Mark /> visavis
        </Link>
      </header>
      <nav aria-label={words.shell.navigation}>
        {NAVIGATION.map(([group, items]) => (
          <div key={group}>
            <h2>{group}</h2>
            <ul>
              {items
                .filter((item) => !item.operator || session.user?.is_operator)
                .map((item) => (
                  <li key={item.to}>
                    <NavLink to={item.to}>
                      {item.icon}
                      {item.name}
                    </NavLink>
                  </li>
                ))}
            </ul>
          </div>
        ))}
      </nav>
      <footer>
        <AccountSwitch />
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
              aria-label={words.shell.apiDocumentation}
              title={words.shell.apiDocumentation}
            >
              <BookOpen size={17} aria-hidden />
            </a>
            <button
              type="button"
              className="button quiet icon"
              aria-label={words.shell.signOut}
              title={words.shell.signOut}
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

/** The frame of every page: the navigation, the dock and the toasts. */
export function Shell({ children }: { children: ReactNode }) {
  const signOut = useSignOut();
  const [isConfirming, setConfirming] = useState(false);
  const leave = () => {
    menu.current?.close();
    if (dock.get().docked) setConfirming(true);
    else signOut().catch((error: unknown) => showToast(words.shell.notSignedOutToast(messageOf(error))));
  };
  const menu = useRef<HTMLDialogElement>(null);
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const before = useRef(pathname);
  useEffect(() => {
    menu.current?.close();
    // As after a page load, screen readers start at the new page.
    if (before.current !== pathname) main.current?.focus({ preventScroll: true });
    before.current = pathname;
    window.scrollTo(0, 0);
  }, [pathname]);
  return (
    <>
      <a className="skip button" href="#main">
        {words.shell.skip}
      </a>
      <div className={`shell ${useHasDock() ? "has-dock" : ""}`}>
        <Sidebar onSignOut={leave} />
        <header className="top">
          <Link className="brand" to="/studio">
            <Mark /> visavis
          </Link>
          <button
            type="button"
            className="button quiet icon"
            aria-label={words.shell.menu}
            onClick={() => menu.current?.showModal()}
          >
            <Menu size={20} aria-hidden />
          </button>
        </header>
        <dialog ref={menu} className="menu" aria-label={words.shell.menu}>
          <Sidebar onSignOut={leave} />
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
      {isConfirming && <SignOut onClose={() => setConfirming(false)} />}
    </>
  );
}
