/**
 * What a pack of compressor 2 holds instead of deflated envelopes: those of codec 2 by what the ones before do not foresee
 * (walk.ts), all others whole. They come out byte for byte; whoever writes makes sure of that by reading.
 *
 *   count:varint  range:varint  bits:varint      lengths of these two
 *   range  bits   the parts of the coder (coder.ts)
 *   bytes         its third part, deflated with dictionary 1, up to the last 4 bytes
 *   end  4        CRC-32C of all envelopes that come out, one after another, each without its own checksum
 */
import { ByteReader, ByteWriter, Malformed } from '../bytes.ts';
import { crc32c } from '../crc32c.ts';
import { assembleEnvelope, CODEC_COMPACT, type Envelope, readEnvelope } from '../envelope.ts';
import { IDENTITY_BYTES } from '../identity.ts';
import type { Compress, Expand } from '../pack.ts';
import { DICTIONARY_1 } from '../pack-dictionary.generated.ts';
import { MAX_DENSE_BYTES } from './body.ts';
import { type DenseCoder, type DenseParts, Habit, Track } from './coder.ts';
import { DenseWalk } from './walk.ts';

const MAX_CELLS = MAX_DENSE_BYTES;
const MAX_ENVELOPES = 256;
const BODY_AT = 61;
const CRC_BYTES = 4;
const RESERVED_AT = 33;

/** One after another, each foreseen from those before it. */
class Envelopes {
  readonly #coder: DenseCoder;
  readonly #walk: DenseWalk;
  readonly #whole = new Habit();
  readonly #identityHabit = new Habit();
  readonly #seq = new Track();
  readonly #monoFrom = new Track();
  /** Of a batch these two are 0: its stamps and rows are those of its body. */
  readonly #spanBeside = new Track();
  readonly #rowsBeside = new Track();
  #identity: Uint8Array = new Uint8Array(IDENTITY_BYTES);
  #to = 0;
  #monoToUs = 0;

  constructor(from?: DenseParts) {
    this.#walk = DenseWalk.begin(MAX_CELLS, from);
    this.#coder = this.#walk.coder;
  }

  finish(): DenseParts {
    return this.#coder.finish();
  }

  /** The next one: `actual` when it is written, nothing when it is read. */
  next(actual?: Envelope): Uint8Array {
    const coder = this.#coder;
    const isWhole = actual && (actual.header.codec !== CODEC_COMPACT || hasMore(actual.bytes));
    const bytes = this.#whole.code(coder, 'whole', isWhole) ? coder.bytes(actual?.bytes) : this.#lean(actual);
    const read = readEnvelope(bytes);
    if (!read.ok || read.bytes.length !== bytes.length) throw new Malformed('envelope that is none');
    this.#to = read.gap?.to ?? read.header.seq;
    this.#monoToUs = read.header.monoToUs;
    return bytes;
  }

  #lean(actual?: Envelope): Uint8Array {
    const coder = this.#coder;
    const { header, bytes } = actual ?? {};
    const identity = bytes?.subarray(4, 4 + IDENTITY_BYTES);
    const isSame = identity?.every((byte, i) => byte === this.#identity[i]);
    if (!this.#identityHabit.code(coder, 'identity', isSame)) this.#identity = coder.bytes(identity);
    if (this.#identity.length !== IDENTITY_BYTES) throw new Malformed('envelope of nobody');
    const seq = this.#seq.code(coder, header?.seq, this.#to + 1);
    const monoFromUs = this.#monoFrom.code(coder, header?.monoFromUs, this.#monoToUs);
    const batch = this.#walk.batch(monoFromUs, bytes?.subarray(BODY_AT, bytes.length - CRC_BYTES));
    const span = header && header.monoToUs - header.monoFromUs - batch.spanUs;
    const monoToUs = monoFromUs + batch.spanUs + this.#spanBeside.code(coder, span);
    const rows = batch.rows + this.#rowsBeside.code(coder, header && header.rows - batch.rows);
    if (actual) return actual.bytes;
    const isPossible = isWithin(seq, 0xffff_ffff) && isWithin(rows, 0xffff_ffff) && isWithin(monoFromUs, monoToUs);
    if (!isPossible || !Number.isSafeInteger(monoToUs)) throw new Malformed('impossible number');
    const { body } = batch;
    return assembleEnvelope(this.#identity, { codec: CODEC_COMPACT, seq, monoFromUs, monoToUs, rows, body });
  }
}

const isWithin = (value: number, most: number): boolean => value >= 0 && value <= most;
const hasMore = (bytes: Uint8Array): boolean => bytes.subarray(RESERVED_AT, RESERVED_AT + 4).some((byte) => byte !== 0);

/** Null: these do not come out as they went in, or are too many. */
export function writeDense(envelopes: readonly Envelope[], compress: Compress, expand: Expand): Uint8Array | null {
  const length = envelopes.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (envelopes.length > MAX_ENVELOPES || length > MAX_DENSE_BYTES) return null;
  try {
    const all = new Envelopes();
    for (const envelope of envelopes) all.next(envelope);
    const { range, bits, bytes } = all.finish();
    const out = new ByteWriter();
    for (const part of [envelopes.length, range.length, bits.length]) out.varint(part);
    for (const part of [range, bits, compress(bytes, DICTIONARY_1)]) out.raw(part);
    const crc = new DataView(new ArrayBuffer(CRC_BYTES));
    crc.setUint32(0, crcOf(envelopes.map((envelope) => envelope.bytes)), true);
    out.raw(new Uint8Array(crc.buffer));
    const dense = out.finish();
    return readDense(dense, length, expand).every((made, i) => isEqual(made.bytes, envelopes[i]?.bytes)) ? dense : null;
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

/** `length`: of all that comes out. Throws Malformed. */
export function readDense(dense: Uint8Array, length: number, expand: Expand): readonly Envelope[] {
  if (length > MAX_DENSE_BYTES || dense.length < CRC_BYTES) throw new Malformed(`dense pack of ${length} bytes`);
  const from = new ByteReader(dense, 0, dense.length - CRC_BYTES);
  const count = from.varint();
  if (count === 0 || count > MAX_ENVELOPES) throw new Malformed(`${count} envelopes`);
  const [rangeLength, bitsLength] = [from.varint(), from.varint()];
  const [range, bits] = [from.raw(rangeLength), from.raw(bitsLength)];
  let bytes: Uint8Array;
  try {
    bytes = expand(from.raw(from.left), DICTIONARY_1, MAX_DENSE_BYTES);
  } catch {
    throw new Malformed('bytes that do not expand');
  }
  const all = new Envelopes({ range, bits, bytes });
  let left = length;
  const made = Array.from({ length: count }, () => {
    const one = all.next();
    left -= one.length;
    if (left < 0) throw new Malformed('more than it says');
    return one;
  });
  const view = new DataView(dense.buffer, dense.byteOffset + dense.length - CRC_BYTES, CRC_BYTES);
  if (left > 0 || view.getUint32(0, true) !== crcOf(made)) throw new Malformed('not what was sealed');
  return made.flatMap((one) => {
    const read = readEnvelope(one);
    return read.ok ? [{ header: read.header, gap: read.gap, bytes: read.bytes }] : [];
  });
}

/** Without their own checksums: what ends with its checksum has the same one as everything that does. */
function crcOf(all: readonly Uint8Array[]): number {
  const out = new ByteWriter();
  for (const one of all) out.raw(one.subarray(0, one.length - CRC_BYTES));
  return crc32c(out.written(), 0, out.length);
}

function isEqual(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i]);
}
