/**
 * A pack: several sealed envelopes in one message, compressed together. They come out byte for byte as they went in.
 *
 *   0  2  magic "SP"                 5  4  raw length
 *   2  1  pack version = 1           9  …  raw, compressed
 *   3  1  compressor, 1 deflate,   end  4  CRC-32C of all before it
 *         2 dense (dense/pack.ts)
 *   4  1  dictionary
 *
 *   raw  = count:varint  lean × count  body × count
 *   lean = flags:u8  [lane:u8 epoch:8 boot:16]  codec:u8  seq:signed  monoFrom:signed  monoTo:varint  rows:varint  length:varint
 *
 * What an envelope's header shares with the one before it is left out, and its checksum too, which is checked before
 * packing and computed again after. An envelope that would not come out the same travels whole. docs/wire.md §5.
 */
import { ByteReader, ByteWriter, Malformed } from './bytes.ts';
import { crc32c } from './crc32c.ts';
import { readDense, writeDense } from './dense/pack.ts';
import { assembleEnvelope, type BatchHeader, type Envelope, readEnvelope, splitMessage } from './envelope.ts';
import { IDENTITY_BYTES } from './identity.ts';
import { DICTIONARY_1 } from './pack-dictionary.generated.ts';

/** Raw deflate (RFC 1951) primed with a dictionary; given by whoever has a library for it. */
export type Compress = (raw: Uint8Array, dictionary: Uint8Array) => Uint8Array;
/** Its inverse. Throws if the input is damaged or would give more than `maxBytes`. */
export type Expand = (compressed: Uint8Array, dictionary: Uint8Array, maxBytes: number) => Uint8Array;

/** As an ack names packs of this compressor and dictionary (docs/wire.md §4). */
export const DEFLATE_PACKS = 'deflate-1';
/** The same of those that foresee each batch from the ones before it. */
export const DENSE_PACKS = 'dense-1';

/** A pack holds at most this, compressed away. An envelope that is larger travels outside one. */
export const MAX_PACK_BYTES = 256 << 10;
export const MAX_PACK_ENVELOPES = 4096;

const VERSION = 1;
const DEFLATE = 1;
const DENSE = 2;
/** In place of a dictionary's number: that of the message the pack stands in. */
const OUTER = 0;
const HEADER_BYTES = 9;
const CRC_BYTES = 4;
const ENVELOPE_OVERHEAD = 65;
const RESERVED_AT = 33;

/** In `flags`: lane, epoch and boot follow, otherwise they are those of the envelope before. */
const IDENTITY = 1;
/** In `flags`: length:varint and the whole envelope among the bodies; nothing else of a lean header. */
const WHOLE = 2;

const identityBytes = (bytes: Uint8Array): Uint8Array => bytes.subarray(4, 4 + IDENTITY_BYTES);

function sameIdentity(a: Uint8Array, b: Uint8Array | null): boolean {
  return b !== null && identityBytes(a).every((byte, i) => byte === identityBytes(b)[i]);
}

interface Before {
  readonly bytes: Uint8Array;
  readonly header: BatchHeader;
  readonly to: number;
}

const beforeOf = ({ header, gap, bytes }: Envelope): Before => ({ bytes, header, to: gap?.to ?? header.seq });

/** Differences of stamps that a signed varint carries. */
const FARTHEST_US = 2 ** 52;

/** Can be built again from its lean header and body: readEnvelope has checked all but what is reserved. */
function isPlain({ bytes, header }: Envelope, before: Before | null): boolean {
  const apartUs = Math.abs(header.monoFromUs - (before?.header.monoToUs ?? 0));
  return apartUs < FARTHEST_US && bytes.subarray(RESERVED_AT, RESERVED_AT + 4).every((byte) => byte === 0);
}

function writeLean(out: ByteWriter, { header, bytes }: Envelope, before: Before | null): void {
  const same = sameIdentity(bytes, before?.bytes ?? null);
  out.byte(same ? 0 : IDENTITY);
  if (!same) out.raw(identityBytes(bytes));
  out.byte(header.codec);
  out.signed(header.seq - ((before?.to ?? 0) + 1));
  out.signed(header.monoFromUs - (before?.header.monoToUs ?? 0));
  out.varint(header.monoToUs - header.monoFromUs);
  out.varint(header.rows);
  out.varint(bytes.length - ENVELOPE_OVERHEAD);
}

/**
 * Sealed envelopes → one pack, or null if they cannot be packed (one is damaged, or they are too many or too large):
 * they then travel back to back as they are. `dictionary`: of what the pack will stand in (live-delta.ts).
 */
export function packEnvelopes(
  envelopes: readonly Uint8Array[],
  compress: Compress,
  dictionary?: Uint8Array,
): Uint8Array | null {
  if (envelopes.length === 0 || envelopes.length > MAX_PACK_ENVELOPES) return null;
  const raw = new ByteWriter();
  raw.varint(envelopes.length);
  const bodies: Uint8Array[] = [];
  let before: Before | null = null;
  for (const bytes of envelopes) {
    const read = readEnvelope(bytes);
    if (!read.ok || read.header.byteLength !== bytes.length) return null;
    if (isPlain(read, before)) {
      writeLean(raw, read, before);
      bodies.push(bytes.subarray(ENVELOPE_OVERHEAD - CRC_BYTES, bytes.length - CRC_BYTES));
    } else {
      raw.byte(WHOLE);
      raw.varint(bytes.length);
      bodies.push(bytes);
    }
    before = beforeOf(read);
  }
  for (const body of bodies) raw.raw(body);
  if (raw.length > MAX_PACK_BYTES) return null;
  const compressed = compress(raw.finish(), dictionary ?? DICTIONARY_1);
  return assemblePack(DEFLATE, dictionary === undefined ? 1 : OUTER, raw.length, compressed);
}

function assemblePack(compressor: number, dictionary: number, length: number, held: Uint8Array): Uint8Array {
  const pack = new Uint8Array(HEADER_BYTES + held.length + CRC_BYTES);
  const view = new DataView(pack.buffer);
  pack.set([0x53, 0x50, VERSION, compressor, dictionary]);
  view.setUint32(5, length, true);
  pack.set(held, HEADER_BYTES);
  view.setUint32(pack.length - CRC_BYTES, crc32c(pack, 0, pack.length - CRC_BYTES), true);
  return pack;
}

/** Sealed envelopes → one dense pack, or null if they cannot travel so (they are damaged, too many, or of another make). */
export function packDense(envelopes: readonly Uint8Array[], compress: Compress, expand: Expand): Uint8Array | null {
  const read: Envelope[] = [];
  for (const bytes of envelopes) {
    const one = readEnvelope(bytes);
    if (!one.ok || one.bytes.length !== bytes.length) return null;
    read.push(one);
  }
  const dense = read.length === 0 ? null : writeDense(read, compress, expand);
  const length = read.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return dense && assemblePack(DENSE, 1, length, dense);
}

export function isPack(payload: Uint8Array): boolean {
  return payload[0] === 0x53 && payload[1] === 0x50;
}

/** A pack whose batches are foreseen from one another: what costs most to open. */
export function isDensePack(payload: Uint8Array): boolean {
  return isPack(payload) && payload[3] === DENSE;
}

export type OpenedMessage =
  | { readonly ok: true; readonly envelopes: readonly Envelope[] }
  | {
      readonly ok: false;
      /** `too-large`: says it holds more than is taken; `unknown`: of a later version. */
      readonly code: 'damaged' | 'too-large' | 'unknown';
      readonly reason: string;
      readonly good: readonly Envelope[];
    };

const refuse = (reason: string, code: 'damaged' | 'too-large' | 'unknown' = 'damaged'): OpenedMessage => ({
  ...{ ok: false, code, reason },
  good: [],
});

/**
 * The envelopes of a message: a pack, or back to back. Never throws; what precedes damage outside a pack is given.
 * Without `expand` packs are refused. `outer`: the dictionary of what the message stands in.
 */
export function openMessage(payload: Uint8Array, expand: Expand | undefined, outer?: Uint8Array): OpenedMessage {
  if (!isPack(payload)) {
    const split = splitMessage(payload);
    return split.ok ? split : { ...split, code: 'damaged' };
  }
  if (expand === undefined) return refuse('packs are not taken here', 'unknown');
  if (payload.length < HEADER_BYTES + CRC_BYTES) return refuse('shorter than a pack');
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const end = payload.length - CRC_BYTES;
  const [version, compressor, number] = [view.getUint8(2), view.getUint8(3), view.getUint8(4)];
  if (version !== VERSION) return refuse(`pack version ${version} is not known here`, 'unknown');
  if (view.getUint32(end, true) !== crc32c(payload, 0, end)) return refuse('checksum of the pack does not match');
  const dictionary = number === OUTER ? outer : number === 1 ? DICTIONARY_1 : undefined;
  if ((compressor !== DEFLATE && (compressor !== DENSE || number !== 1)) || dictionary === undefined) {
    return refuse(`pack of compressor ${compressor}, dictionary ${number} is not known here`, 'unknown');
  }
  const rawLength = view.getUint32(5, true);
  if (rawLength > MAX_PACK_BYTES) {
    return refuse(`pack of ${rawLength} bytes, at most ${MAX_PACK_BYTES} are taken`, 'too-large');
  }
  if (compressor === DENSE) return refused(() => readDense(payload.subarray(HEADER_BYTES, end), rawLength, expand));
  let raw: Uint8Array;
  try {
    raw = expand(payload.subarray(HEADER_BYTES, end), dictionary, rawLength);
  } catch {
    return refuse('pack that does not expand to what it says');
  }
  if (raw.length !== rawLength) return refuse('pack that does not expand to what it says');
  return refused(() => readRaw(raw));
}

/** What is read, or why it is refused. */
function refused(read: () => readonly Envelope[]): OpenedMessage {
  try {
    return { ok: true, envelopes: read() };
  } catch (error) {
    if (error instanceof Malformed) return refuse(`damaged pack: ${error.message}`);
    throw error;
  }
}

interface Lean {
  /** Null: that of the envelope before, or the envelope is whole. */
  readonly identity: Uint8Array | null;
  readonly isWhole: boolean;
  readonly codec: number;
  readonly seqStep: number;
  readonly monoStep: number;
  readonly span: number;
  readonly rows: number;
  readonly length: number;
}

const WHOLE_LEAN = { identity: null, isWhole: true, codec: 0, seqStep: 0, monoStep: 0, span: 0, rows: 0 } as const;

function readLean(from: ByteReader): Lean {
  const flags = from.byte();
  if (flags === WHOLE) return { ...WHOLE_LEAN, length: from.varint() };
  if (flags > IDENTITY) throw new Malformed('envelope of an unknown form');
  const identity = flags === IDENTITY ? from.raw(IDENTITY_BYTES) : null;
  const [codec, seqStep, monoStep] = [from.byte(), from.signed(), from.signed()];
  return {
    ...{ identity, isWhole: false, codec, seqStep, monoStep },
    ...{ span: from.varint(), rows: from.varint(), length: from.varint() },
  };
}

function build(lean: Lean, body: Uint8Array, before: Before | null): Uint8Array {
  const identity = lean.identity ?? (before && identityBytes(before.bytes));
  if (identity === null) throw new Malformed('envelope of nobody');
  const { codec, rows } = lean;
  const seq = (before?.to ?? 0) + 1 + lean.seqStep;
  const monoFromUs = (before?.header.monoToUs ?? 0) + lean.monoStep;
  const monoToUs = monoFromUs + lean.span;
  const isPossible = isWithin(seq, 0xffff_ffff) && isWithin(rows, 0xffff_ffff) && isWithin(monoFromUs, monoToUs);
  if (!isPossible || !Number.isSafeInteger(monoToUs)) throw new Malformed('impossible number');
  return assembleEnvelope(identity, { codec, seq, monoFromUs, monoToUs, rows, body });
}

const isWithin = (value: number, most: number): boolean => value >= 0 && value <= most;

function readRaw(raw: Uint8Array): Envelope[] {
  const from = new ByteReader(raw);
  const count = from.varint();
  if (count === 0 || count > MAX_PACK_ENVELOPES) throw new Malformed(`${count} envelopes`);
  const leans = Array.from({ length: count }, () => readLean(from));
  const envelopes: Envelope[] = [];
  let before: Before | null = null;
  for (const lean of leans) {
    const body = from.raw(lean.length);
    const read = readEnvelope(lean.isWhole ? body : build(lean, body, before));
    if (!read.ok) throw new Malformed(read.reason);
    const { header, gap, bytes } = read;
    if (lean.isWhole && bytes.length !== body.length) throw new Malformed('more bytes than an envelope');
    envelopes.push({ header, gap, bytes });
    before = beforeOf(read);
  }
  if (from.left > 0) throw new Malformed('more bytes than envelopes');
  return envelopes;
}
