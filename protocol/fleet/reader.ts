/** Reads a JSON message by its schema. */
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/schema';

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** A reader for one message: bytes or text in, a checked value or a reason out; it never throws. */
export function reader<S extends TSchema>(
  name: string,
  schema: S,
): (payload: Uint8Array | string) => Parsed<Static<S>> {
  const check = Compile(schema);
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  return (payload) => {
    let value: unknown;
    try {
      value = JSON.parse(typeof payload === 'string' ? payload : utf8.decode(payload));
    } catch {
      return { ok: false, reason: `${name}: not JSON` };
    }
    if (check.Check(value)) return { ok: true, value };
    const first = check.Errors(value)[1][0];
    return { ok: false, reason: `${name}${first?.instancePath ?? ''}: ${first?.message ?? 'does not fit the schema'}` };
  };
}
