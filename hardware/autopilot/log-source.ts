/**
 * Where the bytes of a log come from: LOG_REQUEST_DATA, which every autopilot has, or an open file of MAVFTP.
 */
import { FtpWindow } from './ftp.ts';
import { FTP_DATA_BYTES, type FtpSequence } from './ftp-payload.ts';
import { LOG_PIECE_BYTES, LogWindow, newLogPace, type Window } from './log-window.ts';
import type { Run } from './pieces.ts';

export interface LogSource {
  /** Asked for at once: what a sink gets in one write, and the memory a transfer takes, twice. */
  readonly windowBytes: number;
  window(run: Run): Window;
}

export function logMessages(id: number): LogSource {
  const pace = newLogPace();
  return { windowBytes: 512 * LOG_PIECE_BYTES, window: (run) => new LogWindow({ ...run, id, pace }) };
}

const FTP_PIECES = 200;

/**
 * Reads, four on their way at a time. Not bursts: those of ArduPilot are of 500 pieces that nothing stops, and slower
 * (observed: 44 kB/s in bursts, 80 kB/s in reads, 1.7 MB/s by LOG_REQUEST_DATA).
 */
export function ftpSession(o: { readonly sequence: FtpSequence; readonly session: number }): LogSource {
  return { windowBytes: FTP_PIECES * FTP_DATA_BYTES, window: (run) => new FtpWindow({ ...run, ...o, burst: false }) };
}
