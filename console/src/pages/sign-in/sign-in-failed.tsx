import { useEffect } from "react";
import { Link, useSearchParams } from "react-router";
import { Notice } from "../../components/notice.tsx";
import { Standalone } from "../../components/standalone.tsx";
import { words } from "../../words/index.ts";

/** Reasons that another try does not change. */
const FINAL = new Set(["no_sso", "not_member", "email_unverified"]);

/** Where a sign-in through an identity provider leads that did not work. The address names the reason. */
export function SignInFailed() {
  const [search] = useSearchParams();
  const { reasons } = words.ssoSignIn;
  const reason = search.get("reason") ?? "";
  const slug = search.get("org");
  useEffect(() => {
    document.title = words.shell.documentTitle(words.ssoSignIn.failedTitle);
  }, []);
  return (
    <Standalone>
      <div className="stack invitation">
        <h1>{words.ssoSignIn.failedTitle}</h1>
        <Notice>{reasons[reason] ?? reasons.unavailable}</Notice>
        <div className="stack">
          {slug && !FINAL.has(reason) && (
            <a className="button primary" href={`/v1/auth/sso?org_slug=${encodeURIComponent(slug)}`}>
              {words.ssoSignIn.tryAgain}
            </a>
          )}
          <Link className="button" to="/sign-in">
            {words.ssoSignIn.otherWay}
          </Link>
        </div>
      </div>
    </Standalone>
  );
}
