import type { Frame } from './frame.ts';
import { Scanner } from './scanner.ts';
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
  /** Bytes that went through a checksum: the work done. */
  readonly checkedBytes: number;
  /** Frames missing by the gaps of the sequence numbers, and jumps too wide or odd to be counted as loss. */
  readonly lostBySeq: number;
  readonly seqJumps: number;
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
      onFrame: (frame) => this.#take(frame),
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

  #take(frame: Frame): void {
    const verdict = this.#signature?.verify(frame);
    if (verdict !== undefined && !verdict.ok) {
      this.#own[verdict.reason]++;
      return;
    }
    this.#sequence.note(frame);
    this.#own.frames++;
    if (!frame.known) this.#own.unknownId++;
    this.#onFrame(frame);
  }
}
