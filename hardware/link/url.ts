/**
 * Where a link leads, written as a URL. The forms:
 *
 *   serial:///dev/serial/by-id/usb-x:921600      a device path and one baud, or several: `:57600,115200,921600`
 *   udpin://0.0.0.0:14550                        wait there for whoever sends first, then follow its address
 *   udpout://192.168.1.10:14550                  send there, hear its answers
 *   tcp://127.0.0.1:5760                         connect there
 *   memory://name                                a pair inside this process, for tests
 */
export type Endpoint =
  | { readonly kind: 'serial'; readonly path: string; readonly bauds: readonly [number, ...number[]] }
  | { readonly kind: 'udpin' | 'udpout' | 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'memory'; readonly name: string };

export type ParsedUrl =
  | { readonly ok: true; readonly endpoint: Endpoint }
  | { readonly ok: false; readonly reason: string };

const DEFAULT_BAUD = 57_600;
const BAUD_MIN = 1_200;
const BAUD_MAX = 4_000_000;
const BAUDS_MAX = 8;

const refuse = (reason: string): ParsedUrl => ({ ok: false, reason });

function parseSerial(rest: string): ParsedUrl {
  // Only digits and commas after the last colon are bauds: by-id and by-path names contain colons themselves.
  const split = /^(.*?)(?::([0-9]+(?:,[0-9]+)*))?$/.exec(rest);
  const path = split?.[1] ?? '';
  if (!path.startsWith('/')) return refuse('a serial link needs an absolute device path: serial:///dev/ttyACM0:115200');
  const bauds = (split?.[2] ?? String(DEFAULT_BAUD)).split(',').map(Number);
  const bad = bauds.find((baud) => baud < BAUD_MIN || baud > BAUD_MAX);
  if (bad !== undefined) return refuse(`baud ${bad} is outside ${BAUD_MIN}..${BAUD_MAX}`);
  const [first, ...others] = bauds;
  if (first === undefined || bauds.length > BAUDS_MAX) return refuse(`give 1 to ${BAUDS_MAX} bauds`);
  return { ok: true, endpoint: { kind: 'serial', path, bauds: [first, ...others] } };
}

function parseNetwork(kind: 'udpin' | 'udpout' | 'tcp', rest: string): ParsedUrl {
  const split = /^(?:\[([0-9a-fA-F:.]+)\]|([^:/[\]]*)):([0-9]{1,5})\/?$/.exec(rest);
  if (split === null) return refuse(`${kind} needs host and port: ${kind}://127.0.0.1:14550`);
  const host = split[1] ?? split[2] ?? '';
  const port = Number(split[3]);
  if (port > 65_535) return refuse(`port ${port} is above 65535`);
  if (port === 0 && kind !== 'udpin') return refuse('port 0 means "any free port" and only makes sense for udpin');
  if (host === '' && kind !== 'udpin') return refuse(`${kind} needs a host: ${kind}://127.0.0.1:${port}`);
  return { ok: true, endpoint: { kind, host: host === '' ? '0.0.0.0' : host, port } };
}

/** Reads a link URL. A refusal says in plain words what a right one looks like. */
export function parseLinkUrl(url: string): ParsedUrl {
  const split = /^([a-z]+):\/\/(.*)$/.exec(url.trim());
  const kind = split?.[1];
  const rest = split?.[2] ?? '';
  if (kind === 'serial') return parseSerial(rest);
  if (kind === 'udpin' || kind === 'udpout' || kind === 'tcp') return parseNetwork(kind, rest);
  if (kind === 'memory') {
    return rest === ''
      ? refuse('a memory link needs a name: memory://test')
      : { ok: true, endpoint: { kind, name: rest } };
  }
  return refuse(
    `"${url}" is not a link: use serial:///dev/…:BAUD, udpin://HOST:PORT, udpout://HOST:PORT or tcp://HOST:PORT`,
  );
}

/** How many ways of opening there are to try in turn (a serial port's bauds), at least 1. */
export function variantsOf(endpoint: Endpoint): number {
  return endpoint.kind === 'serial' ? endpoint.bauds.length : 1;
}
