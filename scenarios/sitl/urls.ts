import { parseLinkUrl } from '@skein/hardware/link';

/** `tcp:127.0.0.1:5760` and `serial:/dev/ttyACM0` as people type them, or a link URL; null if it is neither. */
export function linkUrlOf(text: string): string | null {
  const url = text.includes('://') ? text : text.replace(/^([a-z]+):/, '$1://');
  return parseLinkUrl(url).ok ? url : null;
}

/** The second port of an autopilot in software, two above its first; null for other lines. */
export function secondUrlOf(url: string): string | null {
  const parsed = parseLinkUrl(url);
  if (!parsed.ok || parsed.endpoint.kind !== 'tcp') return null;
  return `tcp://${parsed.endpoint.host}:${parsed.endpoint.port + 2}`;
}
