/**
 * A signed word on the events up to one of them: what was stored then is what must be found later. One a day, and one in
 * each backup. Each covers the events since the one before, and names that one by its digest, so that the newest speaks
 * for all:
 *
 *   events 1 … 1000 … 2000 … 2310 │ 2311 … 2950 │       blocks of 1000 rows, a digest of each, so that a rewriting
 *   └─ checkpoint 1: blocks ──────┘└ 2: previous ┘       of whole chains is found to the thousand
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { sha256 } from './event-blocks.ts';

const hex = (digits: number) => Type.String({ pattern: `^[0-9a-f]{${digits}}$` });

const Body = Type.Object({
  form: Type.Literal(1),
  number: Type.Integer({ minimum: 1 }),
  at: Type.String(),
  /** First and last id it covers. */
  from: Type.Integer({ minimum: 1 }),
  to: Type.Integer({ minimum: 1 }),
  /** Of the last event; null: it has none. */
  stamp: Type.Union([Type.String(), Type.Null()]),
  blocks: Type.Array(hex(64)),
  /** Digest of the checkpoint before; empty: it is the first. */
  previous: Type.Union([hex(64), Type.Literal('')]),
  /** Fingerprint of the key it is signed with. */
  key: hex(16),
});
const Signed = Type.Object({ body: Body, signature: Type.String() });

export type CheckpointBody = Type.Static<typeof Body>;
export type Checkpoint = Type.Static<typeof Signed>;

export const digestOf = (body: CheckpointBody): string => sha256(JSON.stringify(body));

/** The first sixteen digits of the SHA-256 of the public key as DER. */
export function fingerprint(key: KeyObject): string {
  const open = key.type === 'private' ? createPublicKey(key) : key;
  return createHash('sha256')
    .update(open.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);
}

export const privateKeyOf = (pem: string): KeyObject => createPrivateKey(pem);
export const publicKeyOf = (pem: string): KeyObject => createPublicKey(pem);

export function signed(body: CheckpointBody, key: KeyObject): Checkpoint {
  return { body, signature: sign(null, Buffer.from(JSON.stringify(body)), key).toString('base64') };
}

export function isSignedBy({ body, signature }: Checkpoint, key: KeyObject): boolean {
  return verify(null, Buffer.from(JSON.stringify(body)), key, Buffer.from(signature, 'base64'));
}

/** null: it is none. */
export function readCheckpoint(text: string): Checkpoint | null {
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(Signed, value) ? value : null;
  } catch {
    return null;
  }
}
