import type { Frame } from './frame.ts';
import { Scanner, type ScannerCounters } from './scanner.ts';
import { SequenceTracker } from './sequence.ts';

const STAMP_LENGTH = 8;

/** One record of a `.tlog`: when the frame was received, and the frame. */
export interface TlogRecord {
  /** Microseconds since 1970 as the recorder's clock had it. */
  readonly timeUs: number;
  readonly frame: Frame;
}

/** A record of the format that QGroundControl, Mission Planner and MAVProxy open: 8 bytes big-endian µs, then the frame. */
export function encodeTlogRecord(timeUs: number, frame: Uint8Array): Uint8Array {
  const record = new Uint8Array(STAMP_LENGTH + frame.length);
  new DataView(record.buffer).setBigUint64(0, BigInt(Math.trunc(timeUs)));
  record.set(frame, STAMP_LENGTH);
  return record;
}

/** Reads the records of a `.tlog` in chunks of any size, past damage and a record cut short by a power loss. */
export class TlogReader {
  readonly #scanner: Scanner;
  readonly #sources = new SequenceTracker();
  #onRecord: (record: TlogRecord) => void = () => {};
  #records = 0;

  constructor() {
    this.#scanner = new Scanner({
      prefix: STAMP_LENGTH,
      onFrame: (frame, source, start) => {
        this.#sources.note(frame);
        this.#records++;
        this.#onRecord({ timeUs: Number(source.getBigUint64(start - STAMP_LENGTH)), frame });
      },
      isSource: (sysid, compid) => this.#sources.has(sysid, compid),
    });
  }

  push(chunk: Uint8Array, onRecord: (record: TlogRecord) => void): void {
    this.#onRecord = onRecord;
    this.#scanner.push(chunk);
  }

  /** The file ends here. */
  flush(onRecord: (record: TlogRecord) => void): void {
    this.#onRecord = onRecord;
    this.#scanner.flush();
  }

  get counters(): Readonly<ScannerCounters> & { readonly records: number; readonly lostBySeq: number } {
    return { ...this.#scanner.counters, records: this.#records, lostBySeq: this.#sources.counters.lostBySeq };
  }
}
