/**
 * `skein-agent decode`: a recording → one JSON object a line. Streams with back-pressure both ways, so files of any size
 * pass in constant memory; a reader that goes away (`| head`) ends it quietly.
 */
import type { Readable, Writable } from 'node:stream';
import { frameJsonLine } from '@skein/protocol/mavlink';
import { Outlet } from '../outlet.ts';
import type { RecordingFormat } from './format.ts';
import { readRecording } from './recording.ts';

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

/** Decodes `input` to `output`. Rejects with the system's error when the input cannot be read. */
export async function decodeRecording(input: Readable, output: Writable): Promise<DecodeSummary> {
  const outlet = new Outlet(output);
  let text = '';
  let frames = 0;
  let unknownId = 0;
  const write = async (least: number): Promise<boolean> => {
    if (text.length > least) {
      const part = text;
      text = '';
      await outlet.put(part);
    }
    return !outlet.gone;
  };
  const read = await readRecording(input, {
    onFrame: (frame, timeUs) => {
      frames++;
      if (!frame.known) unknownId++;
      text += `${frameJsonLine(frame, timeUs)}\n`;
    },
    more: () => write(WRITE_CHARS),
  });
  await write(0);
  outlet.release();
  return { ...read, frames, unknownId, cut: outlet.gone };
}

/** The summary as one line for people. */
export function summaryLine(summary: Omit<DecodeSummary, 'cut'>): string {
  const { format, frames, unknownId, skippedBytes, lostBySeq } = summary;
  return `${frames} frames (${format}), ${unknownId} of unknown id, ${skippedBytes} bytes belong to no frame, ${lostBySeq} missing by sequence number`;
}
