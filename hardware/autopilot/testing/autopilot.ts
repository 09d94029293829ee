/** The far end of a client, scripted by the test: it hears what we send and says what it is told to. */
import {
  decode,
  encode,
  type FieldsIn,
  type Frame,
  FrameParser,
  MavCmd,
  type Message,
  type MessageName,
} from '@skein/protocol/mavlink';
import { AutopilotClient } from '../client.ts';
import { forbidden } from './forbidden.ts';

export interface Sent {
  readonly message: Message;
  readonly sysid: number;
  readonly compid: number;
  readonly atMs: number;
}

/** A message as it would come off the wire. */
export function message<N extends MessageName>(name: N, fields: FieldsIn<N>): Message {
  const parser = new FrameParser();
  let found: Message | null = null;
  const take = (frame: Frame): void => {
    found = decode(frame);
  };
  parser.push(encode(name, fields, { sysid: 1, compid: 1, seq: 0 }), take);
  parser.flush(take);
  if (found === null) throw new Error(`${name} did not come back`);
  return found;
}

export class ScriptedAutopilot {
  readonly client: AutopilotClient;
  readonly sent: Sent[] = [];
  readonly events: string[] = [];
  nowMs = 0;
  linkOpen = true;
  /** Its heartbeat; null: it is silent. */
  beat: FieldsIn<'HEARTBEAT'> | null = {
    type: 2,
    autopilot: 3,
    base_mode: 81,
    custom_mode: 4,
    system_status: 3,
    mavlink_version: 3,
  };
  /** MAV_RESULT of a command; null: it does not answer. Called before it is answered. */
  answer: (command: number, params: readonly number[]) => number | null = () => 0;
  bootedAtMs = -60_000;
  /** Of parameters it has. */
  parameters = new Map<string, number>([['SYSID_MYGCS', 255]]);
  readonly #parser = new FrameParser();
  readonly #inbox: (() => void)[] = [];

  constructor() {
    let boots = 0;
    this.client = new AutopilotClient({
      sharePct: 60,
      nowMs: () => this.nowMs,
      drawId: () => `boot${++boots}`,
      onLatched: (sysid) => this.events.push(`latched ${sysid}`),
      onRebooted: () => this.events.push('rebooted'),
      onSwapped: (before, now) => this.events.push(`swapped ${before} ${now}`),
      send: (bytes) => {
        if (!this.linkOpen) return false;
        this.#parser.push(bytes, (frame) => this.#hear(frame));
        return true;
      },
    });
  }

  say<N extends MessageName>(name: N, fields: FieldsIn<N>, sysid = 7, compid = 1): void {
    this.client.take(message(name, fields), sysid, compid, this.nowMs);
  }

  sayBeat(fields: Partial<FieldsIn<'HEARTBEAT'>> = {}): void {
    if (this.beat === null) return;
    this.beat = { ...this.beat, ...fields };
    this.say('HEARTBEAT', this.beat);
  }

  text(text: string, severity = 4): void {
    this.say('STATUSTEXT', { severity, text });
  }

  /** Turns time; promises settle between the ticks. */
  async run(ms: number, each?: (atMs: number) => void): Promise<void> {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs; ) {
      this.nowMs += 100;
      if (this.nowMs % 1000 === 0) this.sayBeat();
      each?.(this.nowMs);
      this.client.tick({
        nowMs: this.nowMs,
        loopTurnedMs: this.nowMs - 100,
        linkOpen: this.linkOpen,
        lineBytesPerS: 1e6,
      });
      for (const act of this.#inbox.splice(0)) act();
      for (let turns = 0; turns < 8; turns++) await Promise.resolve();
    }
  }

  /** What a PX4 knows as a message only counts as the command that it is elsewhere. */
  commands(): readonly number[] {
    return this.sent.flatMap(({ message: { name, fields } }) => {
      if (name === 'MISSION_SET_CURRENT') return [MavCmd.DO_SET_MISSION_CURRENT];
      return name === 'COMMAND_LONG' || name === 'COMMAND_INT' ? [fields.command as number] : [];
    });
  }

  #hear(frame: Frame): void {
    const heard = decode(frame);
    if (heard === null) return;
    const why = forbidden(heard, frame.sysid, frame.compid);
    if (why !== null) throw new Error(`it sent ${why}`);
    this.sent.push({ message: heard, sysid: frame.sysid, compid: frame.compid, atMs: this.nowMs });
    this.#inbox.push(() => this.#reply(heard));
  }

  #reply(heard: Message): void {
    if (this.beat === null) return;
    if (heard.name === 'TIMESYNC' && heard.fields.tc1 === 0n) {
      const bootNs = BigInt(this.nowMs - this.bootedAtMs) * 1_000_000n;
      this.say('TIMESYNC', { tc1: bootNs, ts1: heard.fields.ts1 });
    }
    if (heard.name === 'PARAM_REQUEST_READ') {
      const { param_id } = heard.fields;
      const value = this.parameters.get(param_id);
      if (value === undefined) return;
      const fields = { param_id, param_value: value, param_type: 4, param_count: 900, param_index: 65_535 } as const;
      this.say('PARAM_VALUE', fields);
    }
    if (heard.name === 'MISSION_SET_CURRENT') {
      const { seq } = heard.fields;
      if (this.answer(MavCmd.DO_SET_MISSION_CURRENT, [seq]) === 0) this.say('MISSION_CURRENT', { seq, total: 9 });
    }
    if (heard.name !== 'COMMAND_LONG' && heard.name !== 'COMMAND_INT') return;
    const f = heard.fields;
    const result = this.answer(f.command, [f.param1, f.param2, f.param3, f.param4]);
    if (result === null) return;
    this.say('COMMAND_ACK', { command: f.command, result: result as 0, target_system: 7, target_component: 191 });
  }
}
