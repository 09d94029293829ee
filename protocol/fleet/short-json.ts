/**
 * JSON in fewer bytes, for messages that come often and say mostly what the one before said: names of fields, that is
 * (docs/wire.md §4, short JSON). Only to an agent whose presence says that it opens them.
 *
 *   0  2  magic "SJ"     2  1  version = 1     3  …  the text, raw deflate with JSON_DICTIONARY as preset
 */
import type { Compress, Expand } from '../telemetry/index.ts';

/** As a presence names it among what its agent opens. */
export const SHORT_JSON = 'json-1';

/** What acks and answers are made of, the likeliest last. Once released it never changes. */
export const JSON_DICTIONARY =
  '"conflict":"board""codecs":[1,2]"packs":["deflate-1","live-delta-1"],' +
  '{"session":"","agentMonoUs":,"receivedUtcUs":,"sentUtcUs":17,"leaseS":15,"liveHz":1}' +
  '{"start":"","session":"","epoch":"","lane":"urgent","upTo":,"window":1048576}","lane":"history","upTo":1,"window":65536}';

const VERSION = 1;
const HEADER_BYTES = 3;
/** What would be larger when opened is refused, and so is not shortened. */
const MAX_BYTES = 16 << 10;
const dictionary = new TextEncoder().encode(JSON_DICTIONARY);
const encoder = new TextEncoder();

/** The short form of a message, or the message where that is not shorter. */
export function shortJson(text: string, compress: Compress): string | Uint8Array {
  const raw = encoder.encode(text);
  if (raw.length > MAX_BYTES) return text;
  const compressed = compress(raw, dictionary);
  if (HEADER_BYTES + compressed.length >= raw.length) return text;
  const bytes = new Uint8Array(HEADER_BYTES + compressed.length);
  bytes.set([0x53, 0x4a, VERSION]);
  bytes.set(compressed, HEADER_BYTES);
  return bytes;
}

/** The text that was shortened, a payload that is not short as it is; null: it cannot be opened. Never throws. */
export function longJson(payload: Uint8Array, expand: Expand): Uint8Array | null {
  if (payload[0] !== 0x53 || payload[1] !== 0x4a) return payload;
  if (payload[2] !== VERSION) return null;
  try {
    return expand(payload.subarray(HEADER_BYTES), dictionary, MAX_BYTES);
  } catch {
    return null;
  }
}
