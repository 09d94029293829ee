/**
 * How a receiver knows that a message is ours, and when it was sent: the scheme of Standard Webhooks
 * (github.com/standard-webhooks/standard-webhooks, spec), for which verifying libraries exist in most languages.
 *
 *   webhook-signature: v1,<base64 of HMAC-SHA256(secret, "<webhook-id>.<webhook-timestamp>.<body>")>
 */
import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';
/** Bytes of a secret, as the scheme wants them. */
const [SHORTEST, LONGEST] = [24, 64];

export type ReadSecrets =
  | { readonly ok: true; readonly secrets: readonly Buffer[] }
  | { readonly ok: false; readonly reason: string };

/**
 * The secrets of a file: one a line, the newest first. While two are there every message is signed with both, so that the
 * receiver can change over in its own time. What is wrong is said without showing anything of it.
 */
export function readSecrets(text: string): ReadSecrets {
  const lines = text.split('\n').map((line) => line.trim());
  const given = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (given.length === 0 || given.length > 2) {
    return { ok: false, reason: `it must hold one secret, or two while they are changed, and holds ${given.length}` };
  }
  const secrets: Buffer[] = [];
  for (const [i, one] of given.entries()) {
    const encoded = one.slice(PREFIX.length);
    const bytes = Buffer.from(encoded, 'base64');
    const isWhole = bytes.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '');
    if (!one.startsWith(PREFIX) || !isWhole || bytes.length < SHORTEST || bytes.length > LONGEST) {
      const make = 'printf "whsec_%s\\n" "$(openssl rand -base64 32)"';
      return {
        ok: false,
        reason: `secret ${i + 1} is not whsec_ and 24 to 64 bytes in base64; make one with: ${make}`,
      };
    }
    secrets.push(bytes);
  }
  return { ok: true, secrets };
}

/** @param timestampS whole seconds since 1970, UTC */
export function signatureHeaders(o: {
  readonly secrets: readonly Buffer[];
  readonly id: string;
  readonly timestampS: number;
  readonly body: string;
}): Readonly<Record<string, string>> {
  const signed = `${o.id}.${o.timestampS}.${o.body}`;
  const signatures = o.secrets.map((secret) => `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`);
  return {
    'webhook-id': o.id,
    'webhook-timestamp': String(o.timestampS),
    'webhook-signature': signatures.join(' '),
  };
}
