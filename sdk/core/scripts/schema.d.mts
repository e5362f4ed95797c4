export const SCHEMA: URL;
export function generate(): Promise<string>;
