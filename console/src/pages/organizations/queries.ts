/** Keys of the cached queries of organizations. */
export const LIST = ["organizations"] as const;
export const detailsOf = (id: string) => ["organizations", id] as const;
export const invitationsOf = (id: string) => ["organizations", id, "invitations"] as const;
export const ssoOf = (id: string) => ["organizations", id, "sso"] as const;
export const scimTokensOf = (id: string) => ["organizations", id, "scim-tokens"] as const;
export const auditLogOf = (id: string) => ["organizations", id, "audit-log"] as const;
