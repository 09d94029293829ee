import fs from 'node:fs';
import { decode, TlogReader } from '@skein/protocol/mavlink';

export interface SentPosition {
  /** When the simulator sent it, UTC µs. */
  readonly sentUtcUs: number;
  /** The autopilot's own stamp: names one frame as long as it does not reboot. */
  readonly bootMs: number;
  readonly latDeg: number;
  readonly lonDeg: number;
}

/** Every position frame in a simulator's log of what it sent. */
export function sentPositions(file: string): SentPosition[] {
  const sent: SentPosition[] = [];
  const reader = new TlogReader();
  const take = ({ timeUs, frame }: Parameters<Parameters<TlogReader['push']>[1]>[0]): void => {
    const message = decode(frame);
    if (message?.name !== 'GLOBAL_POSITION_INT') return;
    const { time_boot_ms, lat, lon } = message.fields;
    sent.push({ sentUtcUs: timeUs, bootMs: time_boot_ms, latDeg: lat / 1e7, lonDeg: lon / 1e7 });
  };
  reader.push(fs.readFileSync(file), take);
  reader.flush(take);
  return sent;
}
