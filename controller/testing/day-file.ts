/**
 * The batches of a day file, read past the store: by the tables (controller/store/README.md) and the envelopes
 * (docs/wire.md §5), with nothing of the code that wrote them, so that what tests count is not what the store believes.
 */
import { readEnvelope } from '@skein/protocol/telemetry';
import type { Database } from 'better-sqlite3';

export interface FoundBatch {
  readonly drone: string;
  readonly epoch: string;
  readonly lane: 'urgent' | 'history';
  readonly seq: number;
  readonly rows: number;
  readonly crc: number;
  readonly bytes: Uint8Array;
}

/** Behind a drone's name: when it came, f64, and how long the envelope is, u32. */
const BETWEEN = 12;
const utf8 = new TextDecoder();

/** Of all drones or of one. Throws at what is damaged. */
export function* batchesInDay(db: Database, drone: string | null = null): Iterable<FoundBatch> {
  const keyed = db.prepare('SELECT drone, epoch, lane, seq, bytes FROM batch WHERE drone = ifnull(?, drone)');
  for (const row of keyed.iterate(drone) as IterableIterator<Omit<FoundBatch, 'rows' | 'crc'>>) {
    const found = open(row.drone, row.bytes);
    const { epoch, lane, seq } = row;
    if (epoch !== found.epoch || lane !== found.lane || seq !== found.seq) {
      throw new Error(`${row.drone}/${epoch}/${lane}/${seq} holds ${found.epoch}/${found.lane}/${found.seq}`);
    }
    yield found;
  }
  const chunks = db.prepare('SELECT bytes FROM chunk ORDER BY id').pluck();
  for (const chunk of chunks.iterate() as IterableIterator<Buffer>) yield* batchesInChunk(chunk, drone);
}

function* batchesInChunk(chunk: Buffer, drone: string | null): Iterable<FoundBatch> {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
  for (let at = 0; at < chunk.length; ) {
    const nameEnd = at + 1 + view.getUint8(at);
    const begin = nameEnd + BETWEEN;
    const end = begin + view.getUint32(begin - 4, true);
    if (end > chunk.length) throw new Error('a chunk that is cut short');
    const name = utf8.decode(chunk.subarray(at + 1, nameEnd));
    if (drone === null || drone === name) yield open(name, chunk.subarray(begin, end));
    at = end;
  }
}

function open(drone: string, bytes: Uint8Array): FoundBatch {
  const read = readEnvelope(bytes);
  if (!read.ok) throw new Error(`a batch of ${drone}: ${read.reason}`);
  const { epoch, lane, seq, rows, crc, byteLength } = read.header;
  if (lane === 'live' || read.gap !== null || byteLength !== bytes.length) {
    throw new Error(`of ${drone}: ${lane} ${seq}, ${bytes.length} bytes, is no one batch of a lane that is stored`);
  }
  return { drone, epoch, lane, seq, rows, crc, bytes };
}
