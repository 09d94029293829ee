/** Reads a recording frame by frame, in chunks of any size: `.tlog` or raw is found out from its head. */
import type { Readable } from 'node:stream';
import { type Frame, FrameParser, TlogReader } from '@skein/protocol/mavlink';
import { formatOf, HEAD_BYTES, type RecordingFormat } from './format.ts';

export type OnFrame = (frame: Frame, timeUs?: number) => void;

export interface ReadRecording {
  readonly format: RecordingFormat;
  readonly skippedBytes: number;
  readonly lostBySeq: number;
}

interface Reader {
  push(chunk: Uint8Array): void;
  flush(): void;
  counters(): { readonly skippedBytes: number; readonly lostBySeq: number };
}

function readerOf(format: RecordingFormat, onFrame: OnFrame): Reader {
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

export interface RecordingEvents {
  readonly onFrame: OnFrame;
  /** After each chunk: what was made of it can be written; false ends the reading. */
  readonly more?: () => Promise<boolean>;
  /** It is known what it is; false ends the reading. */
  readonly onFormat?: (format: RecordingFormat) => boolean;
}

/** Rejects with the system's error when the input cannot be read. */
export async function readRecording(input: Readable, o: RecordingEvents): Promise<ReadRecording> {
  let head: Uint8Array[] = [];
  let headBytes = 0;
  let format: RecordingFormat = 'raw';
  let reader: Reader | null = null;
  let stopped = false;
  const begin = (): Reader => {
    const bytes = Buffer.concat(head);
    head = [];
    format = formatOf(bytes);
    const made = readerOf(format, o.onFrame);
    stopped = o.onFormat?.(format) === false;
    if (!stopped) made.push(bytes);
    return made;
  };
  for await (const chunk of input as AsyncIterable<Buffer>) {
    if (reader === null) {
      head.push(chunk);
      headBytes += chunk.length;
      if (headBytes >= HEAD_BYTES) reader = begin();
    } else {
      reader.push(chunk);
    }
    stopped ||= (await o.more?.()) === false;
    if (stopped) break;
  }
  reader ??= begin();
  if (!stopped) reader.flush();
  const { skippedBytes, lostBySeq } = reader.counters();
  return { format, skippedBytes, lostBySeq };
}
