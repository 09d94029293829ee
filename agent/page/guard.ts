/**
 * Who may use the page. It has no login: whoever reaches it stands beside the drone. So it answers only those on the same
 * wire or access point as its address, only under its own names (a site elsewhere can make its name resolve to us: DNS
 * rebinding), and takes orders only from its own script (a form of another site cannot set the header, and no other
 * site's script may: there is no CORS).
 */
import { BlockList, isIP } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';

export const ORDER_HEADER = 'x-skein-page';

export type Foreign = 'foreign-host' | 'foreign-origin' | 'foreign-network';

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** An IPv4 address as an IPv6 socket has it. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');

/** Is the caller on the network of our address, without a router between? */
export function onLink(remote: string | undefined, local: string | undefined, interfaces: Interfaces): boolean {
  if (remote === undefined || local === undefined) return false;
  const [from, to] = [plain(remote), plain(local)];
  if (from === to) return true;
  for (const own of Object.values(interfaces).flatMap((each) => each ?? [])) {
    if (plain(own.address) !== to || own.cidr === null) continue;
    const [network = '', prefix] = own.cidr.split('/');
    const family = isIP(from) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(from) === 0 || isIP(from) !== isIP(network)) continue;
    const list = new BlockList();
    list.addSubnet(network, Number(prefix), family);
    if (list.check(from, family)) return true;
  }
  return false;
}

/** The `Host` it was called by: our address, loopback as far as that is where we are, or a name from the settings. */
export function hostAllowed(host: string | undefined, local: string | undefined, names: readonly string[]): boolean {
  if (host === undefined || local === undefined) return false;
  const name = host
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');
  const ours = plain(local);
  if (name === ours.toLowerCase()) return true;
  const isLoopback = ours === '::1' || ours.startsWith('127.');
  return (isLoopback && name === 'localhost') || names.includes(name);
}

/** An order comes from our own page: with our header, and where the browser says from where, from us. */
export function ownOrder(headers: Readonly<Record<string, string | string[] | undefined>>): boolean {
  const { host, origin } = headers;
  const site = headers['sec-fetch-site'];
  if (headers[ORDER_HEADER] !== '1' || !/^application\/json\b/.test(String(headers['content-type']))) return false;
  if (site !== undefined && site !== 'same-origin') return false;
  return origin === undefined || origin === `http://${host}`;
}
