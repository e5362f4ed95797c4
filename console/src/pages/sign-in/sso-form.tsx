import { useMutation } from "@tanstack/react-query";
import { dataOf } from "../../api/console.ts";
import { publicOrganizationsApi } from "../../api/organizations.ts";
import { ErrorNotice } from "../../components/notice.tsx";
import { words } from "../../words/index.ts";

/** Sign-in through the identity provider of an organization. */
export function SsoForm() {
  const begin = useMutation({
    mutationFn: async (org_slug: string) =>
      dataOf(await publicOrganizationsApi.GET("/v1/auth/sso", { params: { query: { org_slug } } })),
    onSuccess: ({ authorization_url }) => window.location.assign(authorization_url),
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        begin.mutate(String(new FormData(event.currentTarget).get("organization") ?? "").trim());
      }}
    >
      {begin.isError && <ErrorNotice error={begin.error} />}
      <label className="field">
        <span>{words.ssoSignIn.slug}</span>
        <input
          className="input"
          name="organization"
          autoComplete="organization"
          autoCapitalize="none"
          spellCheck={false}
          placeholder={words.ssoSignIn.slugPlaceholder}
          maxLength={100}
          required
        />
        <small className="hint">{words.ssoSignIn.slugHint}</small>
      </label>
      <button type="submit" className="button primary large" disabled={begin.isPending || begin.isSuccess}>
        {begin.isPending || begin.isSuccess ? words.ssoSignIn.submitting : words.ssoSignIn.submit}
      </button>
    </form>
  );
}
