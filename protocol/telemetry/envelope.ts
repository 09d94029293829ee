/**
 * The batch envelope: what every sealed batch and gap record wears, on disk and on the wire. Little-endian.
 *
 *    0  2  magic "SB"            37  8  monoFrom, µs
 *    2  1  envelope version = 1  45  8  monoTo, µs
 *    3  1  codec                 53  4  rows
 *    4  1  lane                  57  4  body length
 *    5  8  epoch                 61  …  body
 *   13 16  boot (UUID)           end 4  CRC-32C of all before it
 *   29  4  seq
 *   33  4  reserved, 0
 *
 * Codec 0 is a gap record (seq = from, rows = samples lost, body = to:u32 reason:u8); codec 1 is columnar (body.ts).
 * Every envelope says its length, so several sealed batches travel back to back in one message.
 */
import { MAX_BODY_BYTES, readBody, writeBody } from './body.ts';
import { Malformed } from './bytes.ts';
import { writeCompactBody } from './compact-body.ts';
import { readCompactBody } from './compact-reader.ts';
import { crc32c } from './crc32c.ts';
import { GAP_REASONS, type GapReason, type GapRecord } from './gap.ts';
import { IDENTITY_AT, identityOf, ownerOf } from './identity.ts';
import type { KindName, Sample } from './kinds.ts';

export const BATCH_LANES = ['live', 'urgent', 'history'] as const;
export type BatchLane = (typeof BATCH_LANES)[number];

export const CODEC_GAP = 0;
export const CODEC_COLUMNAR = 1;
export const CODEC_COMPACT = 2;
/** Body codecs that samples can be sealed with; all of them, and the gap's 0, are read for ever. */
export const SAMPLE_CODECS = [CODEC_COLUMNAR, CODEC_COMPACT] as const;
export type SampleCodec = (typeof SAMPLE_CODECS)[number];

const WRITERS = { [CODEC_COLUMNAR]: writeBody, [CODEC_COMPACT]: writeCompactBody } as const;
const READERS: ReadonlyMap<number, typeof readBody> = new Map([
  [CODEC_COLUMNAR, readBody],
  [CODEC_COMPACT, readCompactBody],
]);

const HEADER_BYTES = 61;
const CRC_BYTES = 4;
const GAP_BODY_BYTES = 5;
const ENVELOPE_VERSION = 1;

export interface BatchHeader {
  readonly codec: number;
  readonly lane: BatchLane;
  /** 16 hex digits, drawn at every start of the agent. */
  readonly epoch: string;
  /** Kernel boot id (UUID) whose monotonic clock the µs belong to. */
  readonly boot: string;
  readonly seq: number;
  readonly monoFromUs: number;
  readonly monoToUs: number;
  readonly rows: number;
  /** CRC-32C of the envelope, unsigned: the checksum that tells a resend from a conflict. */
  readonly crc: number;
  readonly byteLength: number;
}

export interface Envelope {
  readonly header: BatchHeader;
  /** Set when this is a gap record. */
  readonly gap: GapRecord | null;
  /** Exactly this envelope, a view over the input. */
  readonly bytes: Uint8Array;
}

interface Common {
  readonly lane: BatchLane;
  readonly epoch: string;
  readonly boot: string;
}

interface Layout {
  readonly codec: number;
  readonly seq: number;
  readonly monoFromUs: number;
  readonly monoToUs: number;
  readonly rows: number;
  readonly body: Uint8Array;
}

function uint32At(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
  return (low | ((bytes[at + 3] ?? 0) << 24)) >>> 0;
}

/** Beyond 2^53 it is about right. */
const uint64At = (bytes: Uint8Array, at: number): number => uint32At(bytes, at) + uint32At(bytes, at + 4) * 2 ** 32;

function putUint32(into: Uint8Array, at: number, value: number): void {
  into[at] = value;
  into[at + 1] = value >>> 8;
  into[at + 2] = value >>> 16;
  into[at + 3] = value >>> 24;
}

function putUint64(into: Uint8Array, at: number, value: number): void {
  if (!Number.isSafeInteger(value)) throw new RangeError(`whole µs wanted, got ${value}`);
  const high = Math.floor(value / 2 ** 32);
  putUint32(into, at, value - high * 2 ** 32);
  putUint32(into, at + 4, high);
}

function writeEnvelope(o: Layout & Common): Uint8Array {
  return assembleEnvelope(identityOf(BATCH_LANES.indexOf(o.lane), o.epoch, o.boot), o);
}

/** Header, body and checksum of numbers that are in their range. */
export function assembleEnvelope(identity: Uint8Array, o: Layout): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + o.body.length + CRC_BYTES);
  bytes[0] = 0x53;
  bytes[1] = 0x42;
  bytes[2] = ENVELOPE_VERSION;
  bytes[3] = o.codec;
  bytes.set(identity, IDENTITY_AT);
  putUint32(bytes, 29, o.seq);
  putUint64(bytes, 37, o.monoFromUs);
  putUint64(bytes, 45, o.monoToUs);
  putUint32(bytes, 53, o.rows);
  putUint32(bytes, 57, o.body.length);
  bytes.set(o.body, HEADER_BYTES);
  putUint32(bytes, HEADER_BYTES + o.body.length, crc32c(bytes, 0, HEADER_BYTES + o.body.length));
  return bytes;
}

/**
 * Seals samples, in the order they were taken, into an immutable batch. `seq` ≥ 1, or 0 on the live lane.
 * The clock span is that of the samples; an empty batch is a bug and throws.
 */
export function sealBatch(
  o: Common & { readonly seq: number; readonly samples: readonly Sample[]; readonly codec?: SampleCodec },
): Uint8Array {
  const codec = o.codec ?? CODEC_COLUMNAR;
  let monoFromUs = Number.POSITIVE_INFINITY;
  let monoToUs = 0;
  for (const sample of o.samples) {
    const monoUs = Math.round(sample.monoUs);
    monoFromUs = Math.min(monoFromUs, monoUs);
    monoToUs = Math.max(monoToUs, monoUs);
  }
  if (!Number.isFinite(monoFromUs)) throw new RangeError('a batch holds at least one sample');
  const body = WRITERS[codec](o.samples, monoFromUs);
  if (body.length > MAX_BODY_BYTES) throw new RangeError(`a batch body holds at most ${MAX_BODY_BYTES} bytes`);
  return writeEnvelope({ ...o, codec, monoFromUs, monoToUs, rows: o.samples.length, body });
}

/** Seals a gap record: seqs `from`…`to` of this lane are for ever nothing but this. */
export function sealGap(
  o: Common & {
    readonly from: number;
    readonly to: number;
    readonly reason: GapReason;
    readonly samples: number;
    readonly monoFromUs: number;
    readonly monoToUs: number;
  },
): Uint8Array {
  if (o.to < o.from) throw new RangeError(`a gap ends before it begins: ${o.from}…${o.to}`);
  const body = new Uint8Array(GAP_BODY_BYTES);
  new DataView(body.buffer).setUint32(0, o.to, true);
  body[4] = GAP_REASONS.indexOf(o.reason);
  return writeEnvelope({ ...o, codec: CODEC_GAP, seq: o.from, rows: o.samples, body });
}

export type ReadEnvelope = ({ readonly ok: true } & Envelope) | { readonly ok: false; readonly reason: string };

const refuse = (reason: string) => ({ ok: false, reason }) as const;

/** Checks magic, version, lengths and checksum of the envelope at `offset`; the body stays unread. Never throws. */
export function readEnvelope(input: Uint8Array, offset = 0): ReadEnvelope {
  return open(input, offset, true);
}

/** The same without the checksum, which costs more than all the rest: for bytes that have been checked and kept since. */
export function peekEnvelope(input: Uint8Array, offset = 0): ReadEnvelope {
  return open(input, offset, false);
}

function open(input: Uint8Array, offset: number, isChecked: boolean): ReadEnvelope {
  const left = input.length - offset;
  if (left < HEADER_BYTES + CRC_BYTES) return refuse('shorter than an envelope');
  if (input[offset] !== 0x53 || input[offset + 1] !== 0x42) return refuse('not a batch: wrong magic');
  const version = input[offset + 2] ?? 0;
  if (version !== ENVELOPE_VERSION) return refuse(`envelope version ${version} is not known here`);
  const bodyLength = uint32At(input, offset + 57);
  const byteLength = HEADER_BYTES + bodyLength + CRC_BYTES;
  if (bodyLength > MAX_BODY_BYTES || byteLength > left) return refuse('cut short, or its length is damaged');
  const bytes = input.subarray(offset, offset + byteLength);
  const crc = uint32At(bytes, byteLength - CRC_BYTES);
  if (isChecked && crc !== crc32c(bytes, 0, byteLength - CRC_BYTES)) return refuse('checksum does not match');
  const lane = BATCH_LANES[bytes[IDENTITY_AT] ?? 0];
  if (lane === undefined) return refuse(`lane ${bytes[IDENTITY_AT]} is not known here`);
  const monoFromUs = uint64At(bytes, 37);
  const monoToUs = uint64At(bytes, 45);
  if (monoToUs > Number.MAX_SAFE_INTEGER || monoFromUs > monoToUs) return refuse('impossible clock span');
  const { epoch, boot } = ownerOf(bytes);
  const codec = bytes[3] ?? 0;
  const seq = uint32At(bytes, 29);
  const header: BatchHeader = {
    codec,
    lane,
    epoch,
    boot,
    seq,
    monoFromUs,
    monoToUs,
    rows: uint32At(bytes, 53),
    crc,
    byteLength,
  };
  if (codec !== CODEC_GAP) return { ok: true, header, gap: null, bytes };
  if (bodyLength < GAP_BODY_BYTES) return refuse('gap record without its body');
  const to = uint32At(bytes, HEADER_BYTES);
  if (to < seq) return refuse('gap ends before it begins');
  const gap: GapRecord = {
    from: header.seq,
    to,
    reason: GAP_REASONS[bytes[HEADER_BYTES + 4] ?? 0] ?? 'unknown',
    samples: header.rows,
    boot: header.boot,
    monoFromUs: header.monoFromUs,
    monoToUs: header.monoToUs,
  };
  return { ok: true, header, gap, bytes };
}

export type SplitMessage =
  | { readonly ok: true; readonly envelopes: readonly Envelope[] }
  | { readonly ok: false; readonly reason: string; readonly good: readonly Envelope[] };

/** The envelopes of one MQTT message, back to back; those before a damaged one are given all the same. */
export function splitMessage(payload: Uint8Array): SplitMessage {
  const envelopes: Envelope[] = [];
  for (let at = 0; at < payload.length; ) {
    const read = readEnvelope(payload, at);
    if (!read.ok) return { ok: false, reason: read.reason, good: envelopes };
    envelopes.push({ header: read.header, gap: read.gap, bytes: read.bytes });
    at += read.header.byteLength;
  }
  return envelopes.length > 0 ? { ok: true, envelopes } : { ok: false, reason: 'empty message', good: [] };
}

export type ExpandedBatch =
  | { readonly ok: true; readonly header: BatchHeader; readonly samples: readonly Sample[] }
  | { readonly ok: false; readonly reason: string };

/** The samples of a sealed batch in the order they were taken, or of just the kinds asked for; `most` rows. Never throws. */
export function expandBatch(bytes: Uint8Array, only?: readonly KindName[], most?: number): ExpandedBatch {
  const read = readEnvelope(bytes);
  if (!read.ok) return read;
  if (read.gap) return { ok: true, header: read.header, samples: [] };
  const reader = READERS.get(read.header.codec);
  if (reader === undefined) return refuse(`codec ${read.header.codec} is not known here`);
  try {
    const body = read.bytes.subarray(HEADER_BYTES, read.header.byteLength - CRC_BYTES);
    return { ok: true, header: read.header, samples: reader(body, read.header.monoFromUs, only, most) };
  } catch (error) {
    if (error instanceof Malformed) return refuse(`damaged body: ${error.message}`);
    throw error;
  }
}
