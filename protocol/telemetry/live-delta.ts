/**
 * A live message as what changed since an earlier one, its base: the last live message that was no delta, which every
 * reader has had if it has had anything. Nobody confirms; a reader that lacks the base drops the delta, and waits for the
 * next base or has it sent (LIVE_BASE). docs/wire.md §5.
 *
 *   0  2  magic "SL"          7  2  length of the changes
 *   2  1  version = 1         9  …  changes, bit by bit
 *   3  4  CRC-32C that the    …  …  nothing, or envelope or pack: the rows that are none of the base
 *         base ends with    end  4  CRC-32C of all before it
 *
 *   changes = row × rows of the base, in their order
 *   row     = 0, does not come | 1 stamp [boot] values
 *   stamp   = [0 | 1, that of the row before] sized(5) of shift − that of the row before      shift = mono − mono in the base
 *   boot    = sized(4) of its own shift, ms, − floor(shift / 1000); only where the base has time_boot_ms
 *   values  = 1, all as in the base | 0 cell × cells
 *   cell    = 0, as in the base | 1, sized(4) of the difference; of a flag nothing: the other one
 *
 * Only numbers, choices and flags change here. What is null or a text, and how long lists are, stays: a row of which
 * that is not true travels among those that are none of the base.
 */

import { BitReader, BitWriter } from './bits.ts';
import { Malformed, unzigzag, zigzag } from './bytes.ts';
import { cellsOf, type Row, valuesOf } from './cells.ts';
import { crc32c } from './crc32c.ts';
import { type BatchHeader, expandBatch } from './envelope.ts';
import { MAX_BOOT_MS, MAX_INTEGER, scaled } from './forms.ts';
import { IDENTITY_BYTES } from './identity.ts';
import { columnsOf, KINDS, type Sample } from './kinds.ts';
import { DEFLATE_PACKS, DENSE_PACKS } from './pack.ts';
import { DICTIONARY_1 } from './pack-dictionary.generated.ts';

/** As an ack names it among what is opened (docs/wire.md §4). */
export const LIVE_DELTA = 'live-delta-1';
/** It asks for a whole message when it lacks one (`base` of its time answer), so these need not come each 10 s. */
export const LIVE_BASE = 'live-base-1';
/** All that this version opens besides envelopes, as an ack says it. */
export const PACKS = [DEFLATE_PACKS, LIVE_DELTA, LIVE_BASE, DENSE_PACKS] as const;

const VERSION = 1;
const HEADER_BYTES = 9;
const CRC_BYTES = 4;
/** What two bytes say. */
export const MAX_LIVE_CHANGES = 0xffff;
/** More rows than any catalogue has kinds and instances; a live message with more is not read: a few bytes say 65 535. */
const MAX_ROWS = 1024;
const STAMP_WIDTH = 5;
const VALUE_WIDTH = 4;

/** A live message that later ones refer to. */
export interface LiveBase {
  readonly header: BatchHeader;
  /** Bytes 4 to 28 of its header, a copy: a base is kept when the message it came in is long gone. */
  readonly identity: Uint8Array;
  /** As a reader has them. */
  readonly samples: readonly Sample[];
}

/** The base that an envelope is; null: it cannot be read. */
export function liveBaseOf(envelope: Uint8Array): LiveBase | null {
  const expanded = expandBatch(envelope, undefined, MAX_ROWS);
  if (!expanded.ok || expanded.header.lane !== 'live') return null;
  const { header, samples } = expanded;
  // `slice` of a Buffer is a view.
  return { header, samples, identity: Uint8Array.from(envelope.subarray(4, 4 + IDENTITY_BYTES)) };
}

const monoOf = (sample: Sample): number => Math.round(sample.monoUs);

function instanceOf({ values }: Sample): number {
  return ('instance' in values ? values.instance : 'first' in values ? values.first : null) ?? 0;
}

/** What tells the newest samples of a drone apart: kind and, where it has several, which. */
export function liveKey(sample: Sample): string {
  return `${sample.kind}/${instanceOf(sample)}`;
}

/** The order of the samples of a live message: by stamp; of one stamp by number of kind, then by instance. */
export function inLiveOrder(samples: readonly Sample[]): Sample[] {
  return [...samples].sort(
    (a, b) => monoOf(a) - monoOf(b) || KINDS[a.kind].id - KINDS[b.kind].id || instanceOf(a) - instanceOf(b),
  );
}

/**
 * The dictionary of a pack within a delta: dictionary 1, the texts of the base in the order of its rows and columns, and
 * bytes 4 to 28 of its header. Lists of words that change in one place then cost that place.
 */
export function dictionaryOf({ samples, identity }: LiveBase): Uint8Array {
  const texts = samples.flatMap(({ kind, values }) =>
    columnsOf(kind).flatMap(([name, { type }]) => {
      const value: unknown = (values as Readonly<Record<string, unknown>>)[name];
      return type === 'text' && typeof value === 'string' ? [value] : [];
    }),
  );
  const parts = [DICTIONARY_1, new TextEncoder().encode(texts.join('')), identity];
  const dictionary = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    dictionary.set(part, at);
    at += part.length;
  }
  return dictionary;
}

function isChange(base: Row, now: Row): boolean {
  if (base.length !== now.length) return false;
  return base.every((cell, i) => {
    const other = now[i];
    return typeof cell === 'number' || typeof cell === 'boolean' ? typeof other === typeof cell : other === cell;
  });
}

function bootOf(sample: Sample): number | null {
  const bootMs = scaled(sample.bootMs, 1);
  return bootMs === null || bootMs < 0 || bootMs > MAX_BOOT_MS ? null : bootMs;
}

/** The changes, and the rows that cannot be said as such. `samples`: at most one of each `liveKey`. */
export function writeLiveChanges(
  base: LiveBase,
  samples: readonly Sample[],
): { readonly changes: Uint8Array; readonly rest: readonly Sample[] } {
  const coming = new Map(samples.map((sample) => [liveKey(sample), sample]));
  const bits = new BitWriter();
  let shift = 0;
  let before: number | null = null;
  if (base.samples.length > MAX_ROWS) return { changes: new Uint8Array(0), rest: samples };
  for (const from of base.samples) {
    const sample = coming.get(liveKey(from));
    const [cells, baseCells] = sample ? [cellsOf(sample), cellsOf(from)] : [[], []];
    const [boot, baseBoot] = [sample ? bootOf(sample) : null, bootOf(from)];
    if (sample === undefined || !isChange(baseCells, cells) || (boot === null) !== (baseBoot === null)) {
      bits.bits(0, 1);
      continue;
    }
    coming.delete(liveKey(from));
    bits.bits(1, 1);
    const mono = monoOf(sample);
    const ownShift = mono - monoOf(from);
    if (before !== null) bits.bits(mono === before ? 1 : 0, 1);
    if (mono !== before) bits.sized(zigzag(ownShift - shift), STAMP_WIDTH);
    shift = ownShift;
    before = mono;
    if (boot !== null && baseBoot !== null) {
      bits.sized(zigzag(boot - baseBoot - Math.floor(shift / 1000)), VALUE_WIDTH);
    }
    writeCells(bits, baseCells, cells);
  }
  return { changes: bits.take(), rest: samples.filter((sample) => coming.get(liveKey(sample)) === sample) };
}

function writeCells(bits: BitWriter, base: Row, now: Row): void {
  const same = now.every((cell, i) => cell === base[i]);
  bits.bits(same ? 1 : 0, 1);
  if (same) return;
  now.forEach((cell, i) => {
    const from = base[i];
    if (typeof cell !== 'number' && typeof cell !== 'boolean') return;
    bits.bits(cell === from ? 0 : 1, 1);
    if (cell !== from && typeof cell === 'number' && typeof from === 'number') {
      bits.sized(zigzag(cell - from), VALUE_WIDTH);
    }
  });
}

/** `rest`: message of what could not be said as changes, or nothing. */
export function sealLiveDelta(base: LiveBase, changes: Uint8Array, rest: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + changes.length + rest.length + CRC_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set([0x53, 0x4c, VERSION]);
  view.setUint32(3, base.header.crc, true);
  view.setUint16(7, changes.length, true);
  bytes.set(changes, HEADER_BYTES);
  bytes.set(rest, HEADER_BYTES + changes.length);
  view.setUint32(bytes.length - CRC_BYTES, crc32c(bytes, 0, bytes.length - CRC_BYTES), true);
  return bytes;
}

export function isLiveDelta(payload: Uint8Array): boolean {
  return payload[0] === 0x53 && payload[1] === 0x4c;
}

export type OpenedDelta =
  | { readonly ok: true; readonly base: number; readonly changes: Uint8Array; readonly rest: Uint8Array }
  | { readonly ok: false; readonly reason: string };

/** The parts of a delta; the changes stay unread until the base is found. Never throws. */
export function openLiveDelta(payload: Uint8Array): OpenedDelta {
  if (payload.length < HEADER_BYTES + CRC_BYTES) return { ok: false, reason: 'shorter than a delta' };
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  if (view.getUint8(2) !== VERSION) return { ok: false, reason: `delta version ${view.getUint8(2)} is not known here` };
  const end = payload.length - CRC_BYTES;
  if (view.getUint32(end, true) !== crc32c(payload, 0, end)) return { ok: false, reason: 'checksum does not match' };
  const restAt = HEADER_BYTES + view.getUint16(7, true);
  if (restAt > end) return { ok: false, reason: 'more changes than bytes' };
  return {
    ...{ ok: true, base: view.getUint32(3, true) },
    ...{ changes: payload.subarray(HEADER_BYTES, restAt), rest: payload.subarray(restAt, end) },
  };
}

/** The rows that changed, in the order of the base; null: the changes are not of this base. Never throws. */
export function readLiveChanges(base: LiveBase, changes: Uint8Array): readonly Sample[] | null {
  try {
    return readRows(base, changes);
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

function readRows(base: LiveBase, changes: Uint8Array): Sample[] {
  const samples: Sample[] = [];
  if (base.samples.length > MAX_ROWS) return samples;
  const bits = new BitReader(changes);
  let shift = 0;
  let before: number | null = null;
  for (const from of base.samples) {
    if (bits.bits(1) === 0) continue;
    const isSame: boolean = before !== null && bits.bits(1) === 1;
    const monoUs: number = isSame && before !== null ? before : from.monoUs + shift + unzigzag(bits.sized(STAMP_WIDTH));
    if (!Number.isSafeInteger(monoUs) || monoUs < 0) throw new Malformed('impossible stamp');
    shift = monoUs - from.monoUs;
    before = monoUs;
    const bootMs =
      from.bootMs === null ? null : from.bootMs + Math.floor(shift / 1000) + unzigzag(bits.sized(VALUE_WIDTH));
    if (bootMs !== null && (bootMs < 0 || bootMs > MAX_BOOT_MS)) throw new Malformed('impossible stamp');
    const values = bits.bits(1) === 1 ? from.values : valuesOf(from, readCells(bits, cellsOf(from)));
    bits.checked();
    samples.push({ kind: from.kind, monoUs, bootMs, values } as Sample);
  }
  if (bits.left >= 8) throw new Malformed('more changes than rows');
  return samples;
}

function readCells(bits: BitReader, base: Row): Row {
  return base.map((cell) => {
    if ((typeof cell !== 'number' && typeof cell !== 'boolean') || bits.bits(1) === 0) return cell;
    if (typeof cell === 'boolean') return !cell;
    const value = cell + unzigzag(bits.sized(VALUE_WIDTH));
    if (Math.abs(value) > MAX_INTEGER) throw new Malformed('impossible number');
    return value;
  });
}
