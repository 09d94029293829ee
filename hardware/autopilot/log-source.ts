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

/** 1.7 MB/s by LOG_REQUEST_DATA, 80 kB/s by MAVFTP (observed over TCP). */
const FTP_PIECES = 200;

export function ftpSession(o: { readonly sequence: FtpSequence; readonly session: number }): LogSource {
  return { windowBytes: FTP_PIECES * FTP_DATA_BYTES, window: (run) => new FtpWindow({ ...run, ...o }) };
}
