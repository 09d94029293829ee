/**
 * Logs as files behind MAVFTP: finding the file of a log, opening, closing and asking for its checksum.
 */
import { MavFtpErr, MavFtpOpcode } from '@skein/protocol/mavlink';
import type { Exchange, Interruption } from './exchange.ts';
import { FtpCall, type FtpResult } from './ftp.ts';
import { type FtpPayload, FtpSequence, ftpPath } from './ftp-payload.ts';
import type { LogEntry } from './logs.ts';

/** Runs one exchange in its turn. */
export type RunExchange = <R>(exchange: Exchange<R>) => Promise<R | Interruption>;

export interface FtpFile {
  readonly name: string;
  readonly sizeBytes: number;
}

/** Where ArduPilot keeps them: on boards with a card, on Linux and in software. */
const FOLDERS = ['/APM/LOGS', '/logs'];
/** Ours; the usual ground station takes 0, and a session of one would cut into a session of the other. */
const SESSION = 191;
/** Entries of a directory, at most this many answers. */
const MAX_PAGES = 200;
/** The autopilot reads its whole file for a checksum, at some 50 kB/s on a slow card. */
const CHECKSUM_BYTES_PER_MS = 50;
const CHECKSUM_REPEAT_MS = 5_000;

export class LogFiles {
  readonly sequence = new FtpSequence();
  readonly #run: RunExchange;

  constructor(run: RunExchange) {
    this.#run = run;
  }

  /** The path of a log; null when no file is surely it. */
  async find(entry: LogEntry, logs: readonly LogEntry[]): Promise<string | null> {
    for (const folder of FOLDERS) {
      const files = await this.list(folder);
      if (files === null) continue;
      const name = fileOf(entry, logs, files);
      if (name !== null) return `${folder}/${name}`;
    }
    return null;
  }

  /** Files of a folder; null when there is none, or no answer. */
  async list(folder: string): Promise<FtpFile[] | null> {
    const data = ftpPath(folder);
    if (data === null) return null;
    const files: FtpFile[] = [];
    let offset = 0;
    for (let page = 0; page < MAX_PAGES; page++) {
      const answer = await this.#call({ opcode: MavFtpOpcode.LISTDIRECTORY, offset, data });
      if (typeof answer === 'string') return null;
      if (!answer.ok) return answer.code === 'refused' && answer.error === MavFtpErr.EOF ? files : null;
      const entries = new TextDecoder()
        .decode(answer.answer.data)
        .split('\0')
        .filter((entry) => entry !== '');
      if (entries.length === 0) return files;
      offset += entries.length;
      for (const entry of entries) {
        const match = /^F(.+)\t(\d+)$/.exec(entry);
        if (match?.[1] !== undefined) files.push({ name: match[1], sizeBytes: Number(match[2]) });
      }
    }
    return null;
  }

  /** The session of the open file; null when it cannot be opened. */
  async open(path: string): Promise<number | null> {
    const data = ftpPath(path);
    if (data === null) return null;
    // What an earlier run of ours left open.
    await this.close(SESSION);
    const answer = await this.#call({ opcode: MavFtpOpcode.OPENFILERO, data });
    const opened = payloadOf(answer);
    return opened?.session ?? null;
  }

  async close(session: number): Promise<void> {
    await this.#run(
      new FtpCall({
        sequence: this.sequence,
        request: { session, opcode: MavFtpOpcode.TERMINATESESSION },
        waitMs: 250,
        attempts: 3,
      }),
    );
  }

  /** CRC-32 with start 0 and nothing inverted, as MAVFTP has it; null when it is not told. */
  async checksum(path: string, sizeBytes: number): Promise<number | null> {
    const data = ftpPath(path);
    if (data === null) return null;
    const answer = await this.#run(
      new FtpCall({
        sequence: this.sequence,
        request: { session: SESSION, opcode: MavFtpOpcode.CALCFILECRC, data },
        waitMs: CHECKSUM_REPEAT_MS,
        attempts: 2 + Math.ceil(sizeBytes / CHECKSUM_BYTES_PER_MS / CHECKSUM_REPEAT_MS),
      }),
    );
    const told = payloadOf(answer);
    return told === null || told.size < 4 ? null : uint32(told.data);
  }

  #call(o: { opcode: number; offset?: number; data: Uint8Array }): Promise<FtpResult | Interruption> {
    return this.#run(new FtpCall({ sequence: this.sequence, request: { ...o, session: SESSION } }));
  }
}

/**
 * Which file a log is. Entries and files are both in the order of time, but nothing says so in so many words: the
 * numbers of both must agree, and all sizes (but that of the newest, which may still be written).
 */
export function fileOf(entry: LogEntry, logs: readonly LogEntry[], files: readonly FtpFile[]): string | null {
  const inOrder = files.filter(({ name }) => /^\d+\.bin$/i.test(name)).sort((a, b) => a.name.localeCompare(b.name));
  if (inOrder.length !== logs.length) return null;
  for (const [index, { sizeBytes }] of logs.entries()) {
    if (inOrder[index]?.sizeBytes !== sizeBytes && index < logs.length - 1) return null;
  }
  return inOrder[logs.findIndex(({ id }) => id === entry.id)]?.name ?? null;
}

function payloadOf(result: FtpResult | Interruption): FtpPayload | null {
  return typeof result !== 'string' && result.ok ? result.answer : null;
}

function uint32(data: Uint8Array): number {
  return new DataView(data.buffer, data.byteOffset).getUint32(0, true);
}
