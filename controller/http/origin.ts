/**
 * Which pages may talk to us. There is no login yet, so a web site elsewhere must not be able to read the fleet through
 * the operator's browser: neither by naming us (Origin) nor by making its own name resolve to us (Host, DNS rebinding).
 */
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** `Host` without its port, lower case. */
function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}

export function hostAllowed(host: string | undefined, allowedHosts: readonly string[]): boolean {
  if (host === undefined) return false;
  const name = hostName(host);
  return LOOPBACK.has(name) || allowedHosts.some((one) => one.toLowerCase() === name);
}

/** No Origin: a program, not a page. */
export function originAllowed(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true;
  const parsed = URL.parse(origin);
  return parsed !== null && host !== undefined && parsed.host === host.toLowerCase();
}
