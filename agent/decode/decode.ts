/**
 * `skein-agent decode`: a recording → one JSON object a line. Streams with back-pressure both ways, so files of any size
 * pass in constant memory; a reader that goes away (`| head`) ends it quietly.
 */
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { type Frame, FrameParser, frameJsonLine, TlogReader } from '@skein/protocol/mavlink';
import { formatOf, HEAD_BYTES, type RecordingFormat } from './format.ts';

/** Text gathered before it is written: fewer, larger writes. */
const WRITE_CHARS = 64 << 10;

export interface DecodeSummary {
  readonly format: RecordingFormat;
  readonly frames: number;
  readonly unknownId: number;
  readonly skippedBytes: number;
  readonly lostBySeq: number;
  /** The reader of our output went away before the end. */
  readonly cut: boolean;
}

interface Reader {
  push(chunk: Uint8Array): void;
  flush(): void;
  counters(): { readonly skippedBytes: number; readonly lostBySeq: number };
}

function readerOf(format: RecordingFormat, onFrame: (frame: Frame, timeUs?: number) => void): Reader {
  if (format === 'tlog') {
    const tlog = new TlogReader();
    const take = ({ frame, timeUs }: { frame: Frame; timeUs: number }) => onFrame(frame, timeUs);
    return { push: (chunk) => tlog.push(chunk, take), flush: () => tlog.flush(take), counters: () => tlog.counters };
  }
  const parser = new FrameParser();
  const take = (frame: Frame) => onFrame(frame);
  return {
    push: (chunk) => parser.push(chunk, take),
    flush: () => parser.flush(take),
    counters: () => parser.counters,
  };
}

/** Decodes `input` to `output`. Rejects with the system's error when the input cannot be read. */
export async function decodeRecording(input: Readable, output: Writable): Promise<DecodeSummary> {
  let text = '';
  let frames = 0;
  let unknownId = 0;
  let cut = false;
  const gone = () => {
    cut = true;
  };
  output.on('error', gone);
  output.on('close', gone);
  const onFrame = (frame: Frame, timeUs?: number): void => {
    frames++;
    if (!frame.known) unknownId++;
    text += `${frameJsonLine(frame, timeUs)}\n`;
  };
  const write = async (least: number): Promise<void> => {
    if (text.length <= least || cut) return;
    const part = text;
    text = '';
    if (output.write(part) || cut) return;
    // Whichever comes first takes the other's listeners away.
    const settled = new AbortController();
    const { signal } = settled;
    const first = Promise.race([once(output, 'drain', { signal }), once(output, 'close', { signal })]);
    await first.then(() => {}, gone);
    settled.abort();
  };

  let head: Uint8Array[] = [];
  let headBytes = 0;
  let format: RecordingFormat | null = null;
  let reader: Reader | null = null;
  const begin = (): Reader => {
    const bytes = Buffer.concat(head);
    head = [];
    format = formatOf(bytes);
    const made = readerOf(format, onFrame);
    made.push(bytes);
    return made;
  };
  for await (const chunk of input as AsyncIterable<Buffer>) {
    if (cut) break;
    if (reader === null) {
      head.push(chunk);
      headBytes += chunk.length;
      if (headBytes >= HEAD_BYTES) reader = begin();
    } else {
      reader.push(chunk);
    }
    await write(WRITE_CHARS);
  }
  reader ??= begin();
  if (!cut) reader.flush();
  await write(0);
  output.off('error', gone);
  output.on('error', () => {});
  output.off('close', gone);
  const { skippedBytes, lostBySeq } = reader.counters();
  return { format: format ?? 'raw', frames, unknownId, skippedBytes, lostBySeq, cut };
}

/** The summary as one line for people. */
export function summaryLine(summary: DecodeSummary): string {
  const { format, frames, unknownId, skippedBytes, lostBySeq } = summary;
  return `${frames} frames (${format}), ${unknownId} of unknown id, ${skippedBytes} bytes belong to no frame, ${lostBySeq} missing by sequence number`;
}
