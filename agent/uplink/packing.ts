/** Sealed envelopes → the payload of a message: a pack where that is smaller and taken, else back to back. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { longJson } from '@skein/protocol/fleet';
import { packDense, packEnvelopes } from '@skein/protocol/telemetry';
import type { UplinkCounters } from './status.ts';

/** Measured on a recorded flight: beyond level 6 nothing is gained that counts; 6 takes 50 µs for six seconds of it. */
const LEVEL = 6;

const compress = (raw: Uint8Array, dictionary: Uint8Array): Uint8Array =>
  deflateRawSync(raw, { dictionary, level: LEVEL });

/** More is a backlog: to work so hard on it would hold up what it waits behind, and the thread for longer than 20 ms. */
const MOST_DENSE = 16;
const MOST_DENSE_BYTES = 16_384;

/** The payload of a message as a dense pack; null: they are many, or cannot travel so. */
export function densePayloadOf(envelopes: readonly Uint8Array[], counters: UplinkCounters): Uint8Array | null {
  const bytes = envelopes.reduce((sum, { length }) => sum + length, 0);
  if (envelopes.length > MOST_DENSE || bytes > MOST_DENSE_BYTES) return null;
  const pack = packDense(envelopes, compress, (bytes, dictionary, most) =>
    inflateRawSync(bytes, { dictionary, maxOutputLength: most }),
  );
  if (pack === null) return null;
  counters.packs++;
  counters.packsDense++;
  counters.bytesBeforePacking += bytes;
  return pack;
}

/** A message of the controller as the JSON it is, whether it came short or not; null: it cannot be opened. */
export function openShort(payload: Buffer): Buffer | null {
  const text = longJson(payload, (bytes, dictionary, most) =>
    inflateRawSync(bytes, { dictionary, maxOutputLength: most }),
  );
  return text === null ? null : Buffer.from(text.buffer, text.byteOffset, text.length);
}

/** `dictionary`: that of the message which this is to stand in. */
export function payloadOf(
  envelopes: readonly Uint8Array[],
  packs: boolean,
  counters: UplinkCounters,
  dictionary?: Uint8Array,
): Uint8Array {
  const length = envelopes.reduce((sum, bytes) => sum + bytes.length, 0);
  const pack = packs ? packEnvelopes(envelopes, compress, dictionary) : null;
  if (pack !== null && pack.length < length) {
    counters.packs++;
    counters.bytesBeforePacking += length;
    return pack;
  }
  const [only] = envelopes;
  if (only !== undefined && envelopes.length === 1) return only;
  const payload = new Uint8Array(length);
  let at = 0;
  for (const bytes of envelopes) {
    payload.set(bytes, at);
    at += bytes.length;
  }
  return payload;
}
