/**
 * One log from the autopilot into a sink: windows in order, then the proof.
 *
 *   resume: hash what is there, compare its last block ─▶ windows ─▶ write ─▶ checksum of the autopilot's own file,
 *                                                                            or a second look
 *
 * LOG_DATA and MAVFTP are protected by the 16-bit checksum of the frame only, which lets one in 65 536 damaged frames
 * pass: a few in a long log over a poor line. So the bytes are proved: by the CRC-32 that MAVFTP computes over the
 * file, or, without it, by reading again what was in doubt and samples of the rest. One difference, or another
 * checksum, and all is read again. Where two readings differ a third decides.
 */
import { crc32 } from 'node:zlib';
import type { Interruption } from './exchange.ts';
import type { RunExchange } from './ftp-files.ts';
import type { LogSource } from './log-source.ts';
import type { FetchOutcome, LogEntry, LogSink, LogVerification } from './logs.ts';
import type { Run } from './pieces.ts';

/** Compared before an earlier attempt is carried on. */
const OVERLAP_BYTES = 4_096;
/** Of a second look. */
const SAMPLE_BYTES = 4_096;
const SAMPLES = 16;
const READ_BYTES = 65_536;

export interface LogFetchOptions {
  readonly run: RunExchange;
  readonly entry: LogEntry;
  readonly source: LogSource;
  /** Another, when the first fails; null when there is none. */
  readonly fallback: () => Promise<LogSource | null>;
  /** The autopilot's own CRC-32 (start 0, not inverted); null when it cannot be had. */
  readonly checksum: () => Promise<number | null>;
  readonly sink: LogSink;
  readonly from: number;
  readonly onProgress: (bytes: number) => void;
}

type Code = Extract<FetchOutcome, { ok: false }>['code'];

/** Thrown inside a transfer to end it; never leaves this file. */
class Ended extends Error {
  readonly code: Code;

  constructor(code: Code, detail = '') {
    super(detail);
    this.code = code;
  }
}

export class LogFetch {
  readonly #o: LogFetchOptions;
  readonly #size: number;
  #source: LogSource;
  #fellBack = false;
  /** Good bytes in the sink. */
  #bytes = 0;
  #crc = 0;
  readonly #doubtful: Run[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(o: LogFetchOptions) {
    this.#o = o;
    this.#size = o.entry.sizeBytes;
    this.#source = o.source;
  }

  async run(): Promise<FetchOutcome> {
    try {
      await this.#resume();
      await this.#windows();
      const verified = await this.#prove();
      return { ok: true, bytes: this.#bytes, crc: this.#crc, verified };
    } catch (error) {
      if (!(error instanceof Ended)) throw error;
      const { code, message } = error;
      return {
        ok: false,
        code,
        bytes: code === 'changed' ? 0 : this.#bytes,
        ...(message !== '' && { detail: message }),
      };
    }
  }

  /** What is there already must be the beginning of this log: numbers shift when the autopilot removes old ones. */
  async #resume(): Promise<void> {
    const { from } = this.#o;
    if (from === 0) return;
    if (from > this.#size) throw new Ended('changed', `${from} bytes are there, the log has ${this.#size}`);
    this.#crc = await this.#hash(from);
    this.#bytes = from;
    const offset = Math.max(0, from - OVERLAP_BYTES);
    const there = await this.#read({ offset, length: from - offset });
    const again = await this.#window({ offset, length: from - offset });
    if (!isSame(there, again)) throw new Ended('changed', `the bytes before ${from} are others`);
  }

  /** The next window is under way while the sink takes the last one. */
  async #windows(): Promise<void> {
    let offset = this.#bytes;
    while (offset < this.#size) {
      const length = Math.min(this.#source.windowBytes, this.#size - offset);
      let bytes: Uint8Array;
      try {
        bytes = await this.#window({ offset, length });
      } catch (error) {
        await this.#writing;
        throw error;
      }
      await this.#writing;
      this.#writing = this.#append(offset, bytes);
      this.#writing.catch(() => {});
      offset += bytes.length;
      if (bytes.length < length) {
        await this.#writing;
        throw new Ended('short', `it ends at ${offset} of ${this.#size}`);
      }
    }
    await this.#writing;
  }

  async #append(offset: number, bytes: Uint8Array): Promise<void> {
    await this.#write(offset, bytes);
    this.#crc = crc32(bytes, this.#crc);
    this.#bytes = offset + bytes.length;
    this.#o.onProgress(this.#bytes);
  }

  /** One stretch, whole or up to the end of the log. What came before a failure is kept. */
  async #window(run: Run): Promise<Uint8Array> {
    for (;;) {
      const window = this.#source.window(run);
      const result = await this.#o.run(window);
      if (typeof result === 'string') throw await this.#interrupted(result, run, window.prefix);
      if (result.ok) {
        if (result.doubts > 0) this.#doubtful.push(run);
        return result.bytes;
      }
      const other = this.#fellBack ? null : await this.#o.fallback();
      if (other === null) throw await this.#interrupted('no-answer', run, result.bytes);
      this.#fellBack = true;
      this.#source = other;
    }
  }

  async #interrupted(code: Interruption | 'no-answer', run: Run, prefix: Uint8Array): Promise<Ended> {
    await this.#writing;
    if (run.offset === this.#bytes && prefix.length > 0) await this.#append(run.offset, prefix);
    return new Ended(code);
  }

  async #prove(): Promise<LogVerification> {
    const first = await this.#isTheirs();
    if (first === true) return 'checksum';
    if (first === null) {
      let differed = 0;
      for (const run of [...this.#doubtful, ...sampleRuns(this.#size, this.#crc)]) {
        if (await this.#lookAgain(run)) differed++;
      }
      if (differed > 0) await this.#lookAtAll();
      return 'second-look';
    }
    await this.#lookAtAll();
    // Still another: the file has grown since it was listed, and what was listed has been read twice.
    return (await this.#isTheirs()) === true ? 'checksum' : 'second-look';
  }

  /** By its checksum; null when there is none. */
  async #isTheirs(): Promise<boolean | null> {
    const theirs = await this.#o.checksum();
    return theirs === null ? null : theirs === (await this.#plainCrc());
  }

  async #lookAtAll(): Promise<void> {
    for (let offset = 0; offset < this.#size; offset += this.#source.windowBytes) {
      await this.#lookAgain({ offset, length: Math.min(this.#source.windowBytes, this.#size - offset) });
    }
    this.#crc = await this.#hash(this.#size);
  }

  /** True when it differed; it is then right in the sink. */
  async #lookAgain(run: Run): Promise<boolean> {
    const first = await this.#read(run);
    const second = await this.#window(run);
    if (isSame(first, second)) return false;
    const third = await this.#window(run);
    if (isSame(third, second)) await this.#write(run.offset, second);
    else if (!isSame(third, first))
      throw new Ended('damaged', `three readings of ${run.length} bytes at ${run.offset} differ`);
    return true;
  }

  /** CRC-32 of the first bytes of the sink, as of zip and zlib. */
  async #hash(length: number): Promise<number> {
    let crc = 0;
    for (let offset = 0; offset < length; offset += READ_BYTES) {
      crc = crc32(await this.#read({ offset, length: Math.min(READ_BYTES, length - offset) }), crc);
    }
    return crc;
  }

  /** Start 0 and nothing inverted, as MAVFTP has it: zlib's, with its two inversions undone. */
  async #plainCrc(): Promise<number> {
    let crc = 0;
    for (let offset = 0; offset < this.#size; offset += READ_BYTES) {
      const bytes = await this.#read({ offset, length: Math.min(READ_BYTES, this.#size - offset) });
      crc = ~crc32(bytes, ~crc >>> 0) >>> 0;
    }
    return crc;
  }

  async #read(run: Run): Promise<Uint8Array> {
    let bytes: Uint8Array;
    try {
      bytes = await this.#o.sink.read(run.offset, run.length);
    } catch (error) {
      throw new Ended('disk', String(error));
    }
    if (bytes.length < run.length) throw new Ended('disk', `only ${run.offset + bytes.length} bytes are there`);
    return bytes;
  }

  async #write(offset: number, bytes: Uint8Array): Promise<void> {
    try {
      await this.#o.sink.write(offset, bytes);
    } catch (error) {
      throw new Ended('disk', String(error));
    }
  }
}

/** First, last, and some between, at places that differ from log to log. */
export function sampleRuns(size: number, seed: number): Run[] {
  if (size <= SAMPLES * SAMPLE_BYTES) return size === 0 ? [] : [{ offset: 0, length: size }];
  const stride = Math.floor((size - SAMPLE_BYTES) / (SAMPLES - 1));
  return Array.from({ length: SAMPLES }, (_, index) => {
    const shift = index === 0 || index === SAMPLES - 1 ? 0 : seed % Math.max(1, stride - SAMPLE_BYTES);
    const offset = index === SAMPLES - 1 ? size - SAMPLE_BYTES : index * stride + shift;
    return { offset: Math.min(offset, size - SAMPLE_BYTES), length: SAMPLE_BYTES };
  });
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
