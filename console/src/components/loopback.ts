/** Whether a URL always points to the machine that opens it. */
export function isLoopback(address: string): boolean {
  const host = new URL(address).hostname;
  return host === "localhost" || host.endsWith(".localhost") || /^127\.|^0\.0\.0\.0$|^\[::1?\]$/.test(host);
}
