/** MAVFTP as far as it is used: folders, open files, checksums. Each call is an exchange that waits its turn. */
import { MavFtpErr, MavFtpOpcode } from '@skein/protocol/mavlink';
import type { Exchange, Interruption } from './exchange.ts';
import { FtpCall, type FtpResult } from './ftp.ts';
import { type FtpPayload, FtpSequence, ftpPath } from './ftp-payload.ts';

/** Runs one exchange in its turn. */
export type RunExchange = <R>(exchange: Exchange<R>) => Promise<R | Interruption>;

export interface FtpFile {
  readonly name: string;
  readonly sizeBytes: number;
}

/**
 * ArduPilot takes the number of a session from its client, and the usual ground station takes 0: with numbers of our
 * own nobody reads or closes another's file.
 */
export const FTP_SESSIONS = { logs: 191, parameters: 190 } as const;

/** Without an answer there are other ways to everything that is had here. */
const ATTEMPTS = 4;
/** Entries of a directory, at most this many answers. */
const MAX_PAGES = 200;
/** The autopilot reads its whole file for a checksum, at some 50 kB/s on a slow card. */
const CHECKSUM_BYTES_PER_MS = 50;
const CHECKSUM_REPEAT_MS = 5_000;

export class FtpFiles {
  readonly sequence: FtpSequence;
  readonly #run: RunExchange;
  readonly #session: number;

  constructor(o: { readonly run: RunExchange; readonly session: number }) {
    this.#run = o.run;
    this.#session = o.session;
    // Two users of one server must not take each other's answers for their own.
    this.sequence = new FtpSequence(o.session << 8);
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
    await this.close(this.#session);
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
        request: { session: this.#session, opcode: MavFtpOpcode.CALCFILECRC, data },
        waitMs: CHECKSUM_REPEAT_MS,
        attempts: 2 + Math.ceil(sizeBytes / CHECKSUM_BYTES_PER_MS / CHECKSUM_REPEAT_MS),
      }),
    );
    const told = payloadOf(answer);
    return told === null || told.size < 4 ? null : uint32(told.data);
  }

  #call(o: { opcode: number; offset?: number; data: Uint8Array }): Promise<FtpResult | Interruption> {
    const request = { ...o, session: this.#session };
    return this.#run(new FtpCall({ sequence: this.sequence, request, attempts: ATTEMPTS }));
  }
}

function payloadOf(result: FtpResult | Interruption): FtpPayload | null {
  return typeof result !== 'string' && result.ok ? result.answer : null;
}

function uint32(data: Uint8Array): number {
  return new DataView(data.buffer, data.byteOffset).getUint32(0, true);
}
