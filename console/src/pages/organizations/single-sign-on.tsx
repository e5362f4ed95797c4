import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { dataOf } from "../../api/console.ts";
import {
  inside,
  type Organization,
  organizationsApi,
  type Sso,
  type SsoTest,
} from "../../api/organizations.ts";
import { Coded } from "../../components/coded.tsx";
import { ConfirmSheet } from "../../components/confirm-sheet.tsx";
import { CopyField } from "../../components/copy-field.tsx";
import { atTime } from "../../components/format.ts";
import { ErrorNotice, Notice } from "../../components/notice.tsx";
import { QueryView } from "../../components/query-view.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { wordFor, words } from "../../words/index.ts";
import { useLeft } from "./left.ts";
import { ssoOf } from "./queries.ts";
import { SsoSetup } from "./sso-setup.tsx";

const SSO = "/v1/organizations/{org_id}/sso";

function LastTest({ result }: { result: SsoTest }) {
  const time = atTime(result.at);
  if (result.reason === null)
    return (
      <Notice kind="info" title={words.sso.testPassed}>
        {words.sso.testPassedText(result.email ?? words.sso.somebody, time)}
      </Notice>
    );
  return (
    <Notice title={words.sso.testFailed}>
      {result.email && <strong>{result.email}</strong>}{" "}
      {words.sso.testFailedText(wordFor(words.sso.testReasons, result.reason), time)}
    </Notice>
  );
}

/** Tests what can be tested without the owner, who signs in after that. */
function Test({ organization, sso }: { organization: Organization; sso: Sso }) {
  const test = useMutation({
    mutationFn: async () => dataOf(await organizationsApi.POST(`${SSO}/test`, inside(organization.id))),
  });
  return (
    <section className="card padded stack">
      <div className="row apart">
        <h2>{words.sso.test}</h2>
        <button type="button" className="button" disabled={test.isPending} onClick={() => test.mutate()}>
          {test.isPending ? words.sso.testing : words.sso.test}
        </button>
      </div>
      <p className="hint">{words.sso.testAbout}</p>
      {test.isError && <ErrorNotice error={test.error} />}
      {test.data?.problem && <Notice title={words.sso.problem}>{test.data.problem}</Notice>}
      {test.data?.authorization_url && (
        <Notice
          kind="info"
          title={words.sso.halfPassed}
          action={
            <a className="button primary" href={test.data.authorization_url}>
              {words.sso.signInToTest}
            </a>
          }
        >
          {words.sso.halfPassedText}
        </Notice>
      )}
      {test.isIdle && sso.last_test && <LastTest result={sso.last_test} />}
    </section>
  );
}

function useEnable(organization: Organization, isEnabled: boolean, onDone: () => void) {
  // A browser that acts for the organization may lose it by this.
  const left = useLeft(onDone);
  return useMutation({
    mutationFn: async () => {
      const body = { enabled: isEnabled };
      await organizationsApi.POST(`${SSO}/enable`, { ...inside(organization.id), body });
    },
    onSuccess: () => left(isEnabled ? words.sso.requiredToast : words.sso.allowedToast),
  });
}

function RequireSheet({
  organization,
  isTested,
  onClose,
}: {
  organization: Organization;
  isTested: boolean;
  onClose: () => void;
}) {
  const enable = useEnable(organization, true, onClose);
  return (
    <ConfirmSheet
      title={words.sso.requireTitle}
      confirm={words.sso.requireConfirm}
      action={enable}
      isHarmless
      onClose={onClose}
    >
      {!isTested && (
        <Notice kind="warning" title={words.sso.untested}>
          {words.sso.untestedText}
        </Notice>
      )}
      <p>
        <Coded>{words.sso.requireText}</Coded>
      </p>
    </ConfirmSheet>
  );
}

/** Whether members have to sign in with the identity provider. */
function Requirement({ organization, sso }: { organization: Organization; sso: Sso }) {
  const [isRequiring, setRequiring] = useState(false);
  const allow = useEnable(organization, false, () => undefined);
  return (
    <section className="card padded stack">
      <div className="row apart">
        <h2>{words.sso.require}</h2>
        {sso.enabled ? (
          <button type="button" className="button" disabled={allow.isPending} onClick={() => allow.mutate()}>
            {words.sso.allow}
          </button>
        ) : (
          <button type="button" className="button" onClick={() => setRequiring(true)}>
            {words.sso.require}
          </button>
        )}
      </div>
      <p className="hint">{sso.enabled ? words.sso.isRequired : words.sso.requireAbout}</p>
      {allow.isError && <ErrorNotice error={allow.error} />}
      {isRequiring && (
        <RequireSheet
          organization={organization}
          isTested={sso.last_test?.passed === true}
          onClose={() => setRequiring(false)}
        />
      )}
    </section>
  );
}

function Connection({ sso, onChange }: { sso: Sso; onChange: (() => void) | null }) {
  const { connection } = sso;
  if (!connection) return null;
  return (
    <section className="card padded stack">
      <div className="row apart">
        <h2>{words.sso.provider}</h2>
        {onChange && (
          <button type="button" className="button" onClick={onChange}>
            {words.sso.change}
          </button>
        )}
      </div>
      <dl className="details">
        <dt>{words.sso.status}</dt>
        <dd>
          <span className={`state ${connection.state === "active" ? "good" : "wait"}`}>
            {wordFor(words.sso.statuses, connection.state)}
          </span>
        </dd>
        <dt>{words.sso.provider}</dt>
        <dd>{connection.discovery_url ? words.sso.oidc : words.sso.workos}</dd>
        {connection.discovery_url && (
          <>
            <dt>{words.sso.discoveryUrl}</dt>
            <dd>{connection.discovery_url}</dd>
            <dt>{words.sso.clientId}</dt>
            <dd>
              <code>{connection.client_id}</code>
            </dd>
            <dt>{words.sso.clientSecret}</dt>
            <dd>{words.sso.secretStored}</dd>
          </>
        )}
      </dl>
      {connection.state !== "active" && <Notice kind="warning">{words.sso.waitingForWorkos}</Notice>}
      <div>
        <p className="hint">{words.sso.signInUrl}</p>
        <CopyField text={sso.sign_in_url} label={words.sso.signInUrl} />
        <p className="hint">{words.sso.signInHint}</p>
      </div>
    </section>
  );
}

/** How members of an organization sign in: the identity provider, a test of it, and whether it is required. */
export function SingleSignOn({ organization }: { organization: Organization }) {
  const [isChanging, setChanging] = useState(false);
  const isOwner = organization.role === "owner";
  const found = useQuery({
    queryKey: ssoOf(organization.id),
    queryFn: async () => dataOf(await organizationsApi.GET(SSO, inside(organization.id))),
  });
  return (
    <QueryView of={found} failed={words.sso.failed}>
      {(sso) => (
        <div className="stack">
          {!sso.configured && (
            <Notice kind="info" title={words.sso.none}>
              {words.sso.noneText} {!isOwner && words.sso.ownersOnly}
            </Notice>
          )}
          <Connection sso={sso} onChange={isOwner ? () => setChanging(true) : null} />
          {isOwner && sso.connection?.state === "active" && (
            <>
              <Test key={sso.connection.client_id} organization={organization} sso={sso} />
              <Requirement organization={organization} sso={sso} />
            </>
          )}
          {isOwner && !sso.configured && (
            <SsoSetup organization={organization} sso={sso} onDone={() => undefined} />
          )}
          {isChanging && (
            <Sheet title={words.sso.change} wide onClose={() => setChanging(false)}>
              <p className="soft">{words.sso.changeText}</p>
              <SsoSetup organization={organization} sso={sso} onDone={() => setChanging(false)} />
            </Sheet>
          )}
        </div>
      )}
    </QueryView>
  );
}
