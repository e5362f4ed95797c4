import { useMutation, useQueryClient } from "@tanstack/react-query";
import { dataOf } from "../../api/console.ts";
import { inside, type Organization, organizationsApi, type Sso } from "../../api/organizations.ts";
import { Coded } from "../../components/coded.tsx";
import { CopyField } from "../../components/copy-field.tsx";
import { ErrorNotice } from "../../components/notice.tsx";
import { showToast } from "../../components/toasts.tsx";
import { words } from "../../words/index.ts";
import { ssoOf } from "./queries.ts";

const SETUP = "/v1/organizations/{org_id}/sso/setup";

function OidcForm({
  organization,
  sso,
  onDone,
}: {
  organization: Organization;
  sso: Sso;
  onDone: () => void;
}) {
  const queries = useQueryClient();
  const connect = useMutation({
    mutationFn: async (body: { discovery_url: string; client_id: string; client_secret: string }) => {
      await organizationsApi.POST(SETUP, { ...inside(organization.id), body });
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ssoOf(organization.id) });
      showToast(words.sso.connectedToast);
      onDone();
    },
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const read = (name: string) => String(form.get(name) ?? "").trim();
        connect.mutate({
          discovery_url: read("discovery_url"),
          client_id: read("client_id"),
          client_secret: read("client_secret"),
        });
      }}
    >
      <p>{words.sso.redirectStep}</p>
      <CopyField text={sso.redirect_uri} label={words.sso.redirectUri} />
      <p>{words.sso.formStep}</p>
      {connect.isError && <ErrorNotice error={connect.error} />}
      <label className="field">
        <span>{words.sso.discoveryUrl}</span>
        <input
          className="input"
          name="discovery_url"
          type="url"
          defaultValue={sso.connection?.discovery_url ?? ""}
          maxLength={2048}
          autoComplete="off"
          required
        />
        <small className="hint">
          <Coded>{words.sso.discoveryHint}</Coded>
        </small>
      </label>
      <label className="field">
        <span>{words.sso.clientId}</span>
        <input
          className="input mono"
          name="client_id"
          defaultValue={sso.connection?.client_id ?? ""}
          maxLength={500}
          autoComplete="off"
          spellCheck={false}
          required
        />
      </label>
      <label className="field">
        <span>{words.sso.clientSecret}</span>
        <input
          className="input mono"
          name="client_secret"
          type="password"
          maxLength={2000}
          autoComplete="off"
          required
        />
        <small className="hint">{words.sso.secretHint}</small>
      </label>
      <div>
        <button type="submit" className="button primary" disabled={connect.isPending}>
          {connect.isPending ? words.sso.connecting : words.sso.connect}
        </button>
      </div>
    </form>
  );
}

function WorkOs({ organization }: { organization: Organization }) {
  const open = useMutation({
    mutationFn: async () => {
      const body = { return_url: window.location.href };
      return dataOf(await organizationsApi.POST(SETUP, { ...inside(organization.id), body }));
    },
    onSuccess: ({ portal_url }) => portal_url && window.location.assign(portal_url),
  });
  return (
    <>
      {open.isError && <ErrorNotice error={open.error} />}
      <div>
        <button type="button" className="button" disabled={open.isPending} onClick={() => open.mutate()}>
          {open.isPending ? words.sso.openingWorkos : words.sso.setUpAtWorkos}
        </button>
      </div>
    </>
  );
}

/** The ways to connect an identity provider. */
export function SsoSetup({
  organization,
  sso,
  onDone,
}: {
  organization: Organization;
  sso: Sso;
  onDone: () => void;
}) {
  return (
    <>
      <section className="card padded stack">
        <div>
          <h2>{words.sso.oidc}</h2>
          <p className="hint">{words.sso.oidcAbout}</p>
        </div>
        <OidcForm organization={organization} sso={sso} onDone={onDone} />
      </section>
      {sso.has_workos && (
        <section className="card padded stack">
          <div>
            <h2>{words.sso.workos}</h2>
            <p className="hint">{words.sso.workosAbout}</p>
          </div>
          <WorkOs organization={organization} />
        </section>
      )}
    </>
  );
}
