import { MavSeverity } from '@skein/protocol/mavlink';
import { sendById, sendCurrentAs } from '../messages/telemetry.ts';
import type { Port } from '../port.ts';
import type { Parameter, Parameters } from './parameters.ts';
import type { View } from './view.ts';

const TEXT_LENGTH = 50;
const LIST_MS = 10;
const TEXT_IDS = 65_535;
/** Index of a PARAM_VALUE that is not part of a list. */
export const NO_INDEX = 65_535;

export interface VoiceOptions {
  readonly ports: readonly Port[];
  readonly parameters: Parameters;
  readonly view: () => View;
}

/** What the autopilot says by itself or in answer, to one port or to all. */
export class Voice {
  readonly #options: VoiceOptions;
  #held: (() => void)[] | null = null;
  #textId = 0;

  constructor(options: VoiceOptions) {
    this.#options = options;
  }

  /** Texts and heartbeats that a command causes come after its answer. The returned function lets them go. */
  hold(): () => void {
    const held: (() => void)[] = [];
    this.#held = held;
    return () => {
      if (this.#held === held) this.#held = null;
      for (const run of held) run();
    };
  }

  /** Runs it now, or when what is held is let go. */
  inTurn(run: () => void): void {
    if (this.#held === null) run();
    else this.#held.push(run);
  }

  say(text: string, severity: number = MavSeverity.INFO): void {
    this.inTurn(() => {
      for (const port of this.#options.ports) this.sayTo(port, text, severity);
    });
  }

  /** Longer texts go in pieces of 50 with a common id. */
  sayTo(port: Port, text: string, severity: number = MavSeverity.INFO): void {
    const long = text.length > TEXT_LENGTH;
    if (long) this.#textId = (this.#textId % TEXT_IDS) + 1;
    const id = long ? this.#textId : 0;
    for (let at = 0; at < text.length || at === 0; at += TEXT_LENGTH) {
      port.send('STATUSTEXT', { severity, text: text.slice(at, at + TEXT_LENGTH), id, chunk_seq: at / TEXT_LENGTH });
    }
  }

  /** What the ports send by themselves and is due. With nobody there, or on the way down, it is not made up for. */
  stream(nowMs: number, down: boolean): void {
    const view = this.#options.view();
    for (const port of this.#options.ports) {
      if (down || !port.connected) {
        port.streams.skipTo(nowMs);
        continue;
      }
      port.streams.fire(nowMs, (msgid) => sendById(msgid, view, port));
      this.goOnListing(port, nowMs);
    }
  }

  sendOne(msgid: number, port: Port): void {
    sendById(msgid, this.#options.view(), port);
  }

  /** MISSION_CURRENT with another number than that of the current item, as an answer to whoever set it. */
  sendCurrent(port: Port, seq: number): void {
    sendCurrentAs(seq, this.#options.view(), port);
  }

  sendToAll(msgid: number): void {
    this.inTurn(() => {
      for (const port of this.#options.ports) this.sendOne(msgid, port);
    });
  }

  sendParameter(port: Port, { name, type, value }: Parameter, index: number, count?: number): void {
    port.send('PARAM_VALUE', {
      param_id: name,
      param_value: value,
      param_type: type,
      param_count: count ?? this.#options.parameters.count,
      param_index: index,
    });
  }

  /** A parameter that changed, to all; by the name the simulator knows it by. `count`: how many it believes there are. */
  announce(which: Parameter | string, count?: number): void {
    const parameter = typeof which === 'string' ? this.#options.parameters.get(which) : which;
    if (parameter === undefined) return;
    this.inTurn(() => {
      for (const port of this.#options.ports) this.sendParameter(port, parameter, NO_INDEX, count);
    });
  }

  /** The next part of a parameter list that runs on the port: as much as its line takes in 10 ms. */
  goOnListing(port: Port, nowMs: number): void {
    if (port.listAt === null || port.listDueMs > nowMs) return;
    const { parameters } = this.#options;
    const until = Math.min(parameters.count, port.listAt + Math.ceil((port.parametersPerS * LIST_MS) / 1_000));
    for (let index = port.listAt; index < until; index += 1) {
      const parameter = parameters.at(index);
      if (parameter !== undefined) this.sendParameter(port, parameter, index);
    }
    port.listDueMs = nowMs + LIST_MS;
    port.listAt = until < parameters.count ? until : null;
  }
}
