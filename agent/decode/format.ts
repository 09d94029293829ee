/** Is this a `.tlog` (8 bytes of time before each frame) or frames as they came from a line? */
import { FrameParser, TlogReader } from '@skein/protocol/mavlink';

export type RecordingFormat = 'tlog' | 'raw';

/** Bytes that are enough to tell. */
export const HEAD_BYTES = 64 << 10;

/** Reads the head both ways; the right way leaves fewer bytes over. */
export function formatOf(head: Uint8Array): RecordingFormat {
  const raw = new FrameParser();
  raw.push(head, () => {});
  raw.flush(() => {});
  const tlog = new TlogReader();
  tlog.push(head, () => {});
  tlog.flush(() => {});
  return tlog.counters.records > 0 && tlog.counters.skippedBytes < raw.counters.skippedBytes ? 'tlog' : 'raw';
}
