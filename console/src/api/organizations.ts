/** Organizations, through the public API: the console's own key for the account acts. */
import createClient from "openapi-fetch";
import { apiErrorOf, unreachable } from "./error.ts";
import type { components, paths } from "./organizations-schema.ts";
import { bearer } from "./token.ts";

type Schemas = components["schemas"];
export type Organization = Schemas["OrganizationFields"];
export type Details = Schemas["OrganizationDetails"];
export type Member = Schemas["MemberFields"];
export type Invitation = Schemas["InvitationFields"];
export type AuditEntry = Schemas["AuditFields"];
export type Sso = Schemas["SsoAnswer"];
export type SsoTest = Schemas["SsoTestFields"];
export type ScimToken = Schemas["ScimTokenFields"];
export type Role = Schemas["RoleChange"]["role"];

export const ROLES: readonly Role[] = ["owner", "admin", "member"];

function createApi(authorize: (request: Request) => Promise<void>) {
  const api = createClient<paths>({
    baseUrl: "",
    fetch: async (request) => {
      await authorize(request);
      return await fetch(request).catch((error: unknown) => {
        throw request.signal.aborted ? error : unreachable();
      });
    },
  });
  api.use({
    async onResponse({ response }) {
      if (!response.ok) throw apiErrorOf(response.status, await response.json().catch(() => null));
    },
  });
  return api;
}

export const organizationsApi = createApi(async (request) =>
  request.headers.set("Authorization", `Bearer ${await bearer()}`),
);

/** What needs no sign-in. */
export const publicOrganizationsApi = createApi(async () => undefined);

/** The path parameters of a request for an organization. */
export const inside = (org_id: string) => ({ params: { path: { org_id } } });

/** Downloads the audit log as a file. */
export async function downloadAuditLog(organization: Organization, format: "csv" | "json"): Promise<void> {
  const { data } = await organizationsApi.GET("/v1/organizations/{org_id}/audit-log/export", {
    params: { path: { org_id: organization.id }, query: { format } },
    parseAs: "blob",
  });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(data as Blob);
  link.download = `audit-log-${organization.slug}.${format}`;
  link.click();
  URL.revokeObjectURL(link.href);
}
