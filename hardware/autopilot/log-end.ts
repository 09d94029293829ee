/**
 * LOG_REQUEST_END has no acknowledgement: it is sent, and again while log data still comes. Over within a second.
 */
import { MavFtpOpcode, type Message } from '@skein/protocol/mavlink';
import { type Exchange, NOTHING_TO_SEND, type Outgoing } from './exchange.ts';
import { ftpMessage } from './ftp.ts';
import type { FtpSequence } from './ftp-payload.ts';

const QUIET_MS = 250;
const DEADLINE_MS = 800;

export const END_LOGS: Outgoing = { name: 'LOG_REQUEST_END', fields: {} };

export interface EndLogsOptions {
  readonly sequence: FtpSequence;
  /** The MAVFTP session to close, if one is open. */
  readonly session: number | null;
}

export class EndLogs implements Exchange<'ended'> {
  readonly #messages: readonly Outgoing[];
  #quietMs = 0;
  #deadlineMs = 0;
  #heard = false;
  result: 'ended' | null = null;

  constructor(o: EndLogsOptions) {
    const { sequence, session } = o;
    if (session === null) this.#messages = [END_LOGS];
    else {
      const request = { seq: sequence.next(), session, opcode: MavFtpOpcode.TERMINATESESSION };
      this.#messages = [END_LOGS, ftpMessage(request)];
    }
  }

  begin(nowMs: number): readonly Outgoing[] {
    this.#deadlineMs = nowMs + DEADLINE_MS;
    this.#quietMs = nowMs + QUIET_MS;
    return this.#messages;
  }

  take(message: Message, _nowMs: number): readonly Outgoing[] {
    if (message.name === 'LOG_DATA' || message.name === 'LOG_ENTRY') this.#heard = true;
    return NOTHING_TO_SEND;
  }

  tick(nowMs: number): readonly Outgoing[] {
    if (this.result !== null || nowMs < Math.min(this.#quietMs, this.#deadlineMs)) return NOTHING_TO_SEND;
    if (!this.#heard || nowMs >= this.#deadlineMs) {
      this.result = 'ended';
      return NOTHING_TO_SEND;
    }
    this.#heard = false;
    this.#quietMs = nowMs + QUIET_MS;
    return this.#messages;
  }
}
