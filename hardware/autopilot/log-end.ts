/**
 * The end of a transfer, within a second. LOG_REQUEST_END has no acknowledgement: it is sent, and again while log data
 * still comes. The closing of a MAVFTP session has one.
 */
import { MavFtpOpcode, type Message } from '@skein/protocol/mavlink';
import { type Exchange, NOTHING_TO_SEND, type Outgoing } from './exchange.ts';
import { ftpAnswer, ftpMessage } from './ftp.ts';
import type { FtpRequest, FtpSequence } from './ftp-payload.ts';

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
  #again = false;
  readonly #closing: FtpRequest | null;
  result: 'ended' | null = null;

  constructor(o: EndLogsOptions) {
    const { sequence, session } = o;
    this.#closing = session === null ? null : { seq: sequence.next(), session, opcode: MavFtpOpcode.TERMINATESESSION };
    this.#messages = this.#closing === null ? [END_LOGS] : [END_LOGS, ftpMessage(this.#closing)];
  }

  begin(nowMs: number): readonly Outgoing[] {
    this.#deadlineMs = nowMs + DEADLINE_MS;
    this.#quietMs = nowMs + QUIET_MS;
    this.#again = this.#closing !== null;
    return this.#messages;
  }

  take(message: Message, _nowMs: number): readonly Outgoing[] {
    if (message.name === 'LOG_DATA' || message.name === 'LOG_ENTRY') this.#again = true;
    if (this.#closing !== null && ftpAnswer(message)?.reqOpcode === this.#closing.opcode) this.#again = false;
    return NOTHING_TO_SEND;
  }

  tick(nowMs: number): readonly Outgoing[] {
    if (this.result !== null || nowMs < Math.min(this.#quietMs, this.#deadlineMs)) return NOTHING_TO_SEND;
    if (!this.#again || nowMs >= this.#deadlineMs) {
      this.result = 'ended';
      return NOTHING_TO_SEND;
    }
    this.#again = this.#closing !== null;
    this.#quietMs = nowMs + QUIET_MS;
    return this.#messages;
  }
}
