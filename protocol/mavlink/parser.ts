import { type Frame, HEADER_V1, HEADER_V2, INCOMPAT_SIGNED, MAGIC_V2 } from './frame.ts';
import { type Found, Scanner } from './scanner.ts';
import { SequenceTracker } from './sequence.ts';
import type { SignatureVerifier } from './signing.ts';

export interface ParserOptions {
  /** Without one, signed frames are delivered like others and nothing is verified. */
  readonly signature?: SignatureVerifier;
}

export interface ParserCounters {
  readonly bytes: number;
  /** Frames delivered. */
  readonly frames: number;
  /** Of these, with an id that the dialect does not know. */
  readonly unknownId: number;
  /** Bytes that belong to no frame: noise, console text, damaged frames. */
  readonly skippedBytes: number;
  /** Places that began like a frame: refused by their header; by their checksum; unknown id with too little proof. */
  readonly badHeader: number;
  readonly badChecksum: number;
  readonly unproved: number;
  /** Frames missing by the gaps of the sequence numbers, and jumps too wide or odd to be counted as loss. */
  readonly lostBySeq: number;
  readonly seqJumps: number;
  readonly sourcesForgotten: number;
  /** With a signature verifier: good checksum, not delivered. */
  readonly badSignature: number;
  readonly replayed: number;
  readonly unsignedRefused: number;
}

/** Bytes of a link → frames. One per link and direction; see `Scanner` for how it treats damage. */
export class FrameParser {
  readonly #scanner: Scanner;
  readonly #sequence = new SequenceTracker();
  readonly #signature: SignatureVerifier | undefined;
  readonly #own = { frames: 0, unknownId: 0, badSignature: 0, replayed: 0, unsignedRefused: 0 };
  #onFrame: (frame: Frame) => void = () => {};

  constructor(options: ParserOptions = {}) {
    this.#signature = options.signature;
    this.#scanner = new Scanner({
      prefix: 0,
      onFound: (found) => this.#take(found),
      isSource: (sysid, compid) => this.#sequence.has(sysid, compid),
    });
  }

  /** Calls `onFrame` for every frame that `chunk` completes, in order. A frame is a view of `chunk` where it can be. */
  push(chunk: Uint8Array, onFrame: (frame: Frame) => void): void {
    this.#onFrame = onFrame;
    this.#scanner.push(chunk);
  }

  /** Nothing will come to complete what is pending: the end of a file, or a line idle for 250 ms. */
  flush(onFrame: (frame: Frame) => void): void {
    this.#onFrame = onFrame;
    this.#scanner.flush();
  }

  /** A snapshot. */
  get counters(): ParserCounters {
    return { ...this.#scanner.counters, ...this.#own, ...this.#sequence.counters };
  }

  #take(found: Found): void {
    const frame = toFrame(found);
    const verdict = this.#signature?.verify(frame);
    if (verdict !== undefined && !verdict.ok) {
      this.#own[verdict.reason]++;
      return;
    }
    this.#sequence.note(frame);
    this.#own.frames++;
    if (!found.known) this.#own.unknownId++;
    this.#onFrame(frame);
  }
}

export function toFrame(found: Found): Frame {
  const { start, length } = found;
  const end = start + length;
  const bytes = found.borrowed ? found.bytes.slice(start, end) : found.bytes.subarray(start, end);
  const at = (index: number) => bytes[index] ?? 0;
  if (at(0) === MAGIC_V2) {
    return {
      bytes,
      version: 2,
      incompatFlags: at(2),
      compatFlags: at(3),
      seq: at(4),
      sysid: at(5),
      compid: at(6),
      msgid: at(7) | (at(8) << 8) | (at(9) << 16),
      payloadStart: HEADER_V2,
      payloadLength: at(1),
      signed: (at(2) & INCOMPAT_SIGNED) !== 0,
      known: found.known,
    };
  }
  return {
    bytes,
    version: 1,
    incompatFlags: 0,
    compatFlags: 0,
    seq: at(2),
    sysid: at(3),
    compid: at(4),
    msgid: at(5),
    payloadStart: HEADER_V1,
    payloadLength: at(1),
    signed: false,
    known: found.known,
  };
}
