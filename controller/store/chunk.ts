/**
 * Sealed batches of one commit as one row of a day file, so that a fleet of thousands is written as a few long rows behind
 * each other. Little-endian; an envelope (docs/wire.md §5) says all else about itself.
 *
 *   chunk  = record …                  in the order of the drones; those of a drone as they came
 *   record = length of the drone's name: u8 · name · µs UTC it was received: f64 · length of the envelope: u32 · envelope
 */
import { type BatchHeader, peekEnvelope } from '@skein/protocol/telemetry/envelope';
import { type BatchRow, streamId } from './day-rows.ts';

/** Fuller than this a chunk is not made, unless one batch alone is: who reads a batch reads the chunk around it. */
const CHUNK_BYTES = 16 << 10;
const STAMP_BYTES = 12;

export interface Chunk {
  readonly rows: readonly BatchRow[];
  readonly firstDrone: string;
  readonly lastDrone: string;
  readonly bytes: Buffer;
}

/** `rows` in the order of their drones. */
export function* chunksOf(rows: readonly BatchRow[]): Iterable<Chunk> {
  for (let from = 0; from < rows.length; ) {
    let length = 0;
    let to = from;
    for (let row = rows[to]; row !== undefined; row = rows[++to]) {
      const more = 1 + Buffer.byteLength(row.drone) + STAMP_BYTES + row.bytes.length;
      if (to > from && length + more > CHUNK_BYTES) break;
      length += more;
    }
    yield pack(rows.slice(from, to), length);
    from = to;
  }
}

function pack(rows: readonly BatchRow[], length: number): Chunk {
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for (const row of rows) {
    const name = bytes.write(row.drone, at + 1);
    bytes[at] = name;
    at += 1 + name;
    bytes.writeDoubleLE(row.receivedUtcUs, at);
    bytes.writeUInt32LE(row.bytes.length, at + 8);
    at += STAMP_BYTES;
    bytes.set(row.bytes, at);
    at += row.bytes.length;
  }
  return { rows, firstDrone: rows[0]?.drone ?? '', lastDrone: rows.at(-1)?.drone ?? '', bytes };
}

export interface ChunkRecord {
  readonly drone: string;
  readonly receivedUtcUs: number;
  readonly envelope: Uint8Array;
}

/** null, as the last: from here on it is damaged, and the rest is lost. */
export function* recordsIn(bytes: Buffer): Iterable<ChunkRecord | null> {
  for (let at = 0; at < bytes.length; ) {
    const nameEnd = at + 1 + (bytes[at] ?? 0);
    const stampEnd = nameEnd + STAMP_BYTES;
    const end = stampEnd > bytes.length ? Number.POSITIVE_INFINITY : stampEnd + bytes.readUInt32LE(nameEnd + 8);
    if (end > bytes.length) return yield null;
    const drone = bytes.toString('utf8', at + 1, nameEnd);
    yield { drone, receivedUtcUs: bytes.readDoubleLE(nameEnd), envelope: bytes.subarray(stampEnd, end) };
    at = end;
  }
}

/** The batches in a chunk of one drone, or of all. One whose header is damaged is only told of. */
export function* batchesIn(bytes: Buffer, drone: string | null, onDamaged = (): void => {}): Iterable<BatchRow> {
  for (const record of recordsIn(bytes)) {
    if (record === null) return onDamaged();
    if (drone !== null && record.drone !== drone) continue;
    const row = asRow(record.drone, record.receivedUtcUs, record.envelope);
    if (row === null) onDamaged();
    else yield row;
  }
}

function asRow(drone: string, receivedUtcUs: number, envelope: Uint8Array): BatchRow | null {
  const read = peekEnvelope(envelope);
  return read.ok ? rowOf(drone, receivedUtcUs, read.header, read.bytes) : null;
}

/** A batch as the store speaks of it; null: of a lane that is not stored. */
export function rowOf(
  drone: string,
  receivedUtcUs: number,
  { epoch, lane, seq, crc, boot, monoFromUs, monoToUs, rows }: BatchHeader,
  bytes: Uint8Array,
): BatchRow | null {
  if (lane === 'live') return null;
  const stream = streamId({ drone, epoch, lane });
  return { stream, drone, epoch, lane, seq, crc, boot, monoFromUs, monoToUs, rows, receivedUtcUs, bytes };
}

/** Numbers of chunks as one column: f64 each. */
export const packIds = (ids: readonly number[]): Buffer => Buffer.from(Float64Array.from(ids).buffer);

export const unpackIds = (packed: Buffer): number[] =>
  Array.from({ length: packed.length / 8 }, (_, i) => packed.readDoubleLE(i * 8));
