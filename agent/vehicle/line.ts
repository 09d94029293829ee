/**
 * What only whoever parses can see of a line: noise without a frame, a peer that says nothing. Also its sample.
 */
import type { ParserCounters } from '@skein/protocol/mavlink';
import type { Sample } from '@skein/protocol/telemetry';

const NO_FRAMES_HINT_MS = 3_000;
/** A TCP peer that serves another client first stays silent for ever (observed): begin anew. */
const SILENT_TCP_MS = 15_000;

/** What is asked of a link here; hardware/link fits. */
export interface Line {
  readonly isOpen: boolean;
  readonly endpoint: { readonly kind: string };
  readonly measuredBytesPerS: number;
  readonly counters: { readonly bytesOut: number; readonly opens: number };
  hint(what: 'no-frames'): void;
  reopen(): void;
}

export class LineWatch {
  readonly #line: Line;
  #frameMs: number;
  #before: { readonly atMs: number; readonly bytesOut: number } | null = null;
  /** Times a serial line was told to try its next baud. */
  hints = 0;

  constructor(line: Line, nowMs: number) {
    this.#line = line;
    this.#frameMs = nowMs;
  }

  frame(nowMs: number): void {
    this.#frameMs = nowMs;
  }

  tick(nowMs: number): void {
    const line = this.#line;
    if (!line.isOpen) {
      this.#frameMs = nowMs;
      return;
    }
    const silentMs = nowMs - this.#frameMs;
    if (line.endpoint.kind === 'serial' && silentMs >= NO_FRAMES_HINT_MS) {
      this.hints++;
      this.#frameMs = nowMs;
      line.hint('no-frames');
    } else if (line.endpoint.kind === 'tcp' && silentMs >= SILENT_TCP_MS) {
      this.#frameMs = nowMs;
      line.reopen();
    }
  }

  /** How the line does, since the sample before. */
  sample(nowMs: number, parser: ParserCounters): Sample {
    const line = this.#line;
    const { bytesOut, opens } = line.counters;
    const before = this.#before;
    const spanS = before === null ? 0 : (nowMs - before.atMs) / 1000;
    const outBytesPerS = before === null || spanS <= 0 ? 0 : (bytesOut - before.bytesOut) / spanS;
    this.#before = { atMs: nowMs, bytesOut };
    return {
      kind: 'link',
      monoUs: Math.round(nowMs * 1000),
      bootMs: null,
      values: {
        open: line.isOpen,
        inBytesPerS: Math.round(line.measuredBytesPerS),
        outBytesPerS: Math.round(outBytesPerS),
        frames: parser.frames,
        badFrames: parser.badChecksum,
        skippedBytes: parser.skippedBytes,
        lostFrames: parser.lostBySeq,
        reopened: Math.max(0, opens - 1),
      },
    };
  }
}
