/**
 * Our side of the conversation with one autopilot, for now: be there, and ask for streams. It sends HEARTBEAT,
 * SET_MESSAGE_INTERVAL and REQUEST_MESSAGE, and has no way to send anything else.
 *
 *   message ─▶ latch ─▶ reboot watch ─▶ intervals ─▶ COMMAND_LONG ─┐
 *   tick    ─▶ presence ──────────────────────────▶ HEARTBEAT ────┴▶ send
 */
import { encode, MavComponent, MavState, type Message, messageByName } from '@skein/protocol/mavlink';
import type { CommandOutcome, CommandRequest } from './command.ts';
import type { ControlSnapshot } from './control.ts';
import type { Flavour } from './flavours/flavour.ts';
import type { IntentName, IntentOptions, IntentOutcome } from './intent.ts';
import { type AskOutput, IntervalKeeper } from './intervals.ts';
import { AutopilotLatch } from './latch.ts';
import { PRESENCE_FIELDS, PresenceBeat } from './presence.ts';
import { RebootWatch } from './reboot.ts';
import type { HeardText, VehicleState } from './state.ts';
import { planStreams, WANTED_ONCE } from './streams.ts';

export type AutopilotPriority = 'heartbeat' | 'normal';

export interface AutopilotOptions {
  /** Sends one frame; false when it was dropped. */
  readonly send: (frame: Uint8Array, priority: AutopilotPriority) => boolean;
  readonly sharePct: number;
  readonly onLatched?: (sysid: number) => void;
  readonly onRebooted?: () => void;
}

export interface AutopilotStatus {
  readonly sysid: number | null;
  readonly alive: boolean;
  readonly armed: boolean | null;
  readonly lastHeartbeatAgeMs: number | null;
  readonly bootMs: number | null;
  readonly reboots: number;
  readonly heartbeatsSent: number;
  readonly heartbeatsWithheld: number;
  readonly otherAutopilots: number;
  readonly otherCompanions: number;
  readonly streams: IntervalKeeper['streams'];
  readonly intervals: IntervalKeeper['counters'];
}

export interface AutopilotTick {
  readonly nowMs: number;
  readonly loopTurnedMs: number;
  readonly linkOpen: boolean;
  /** What the line carries. */
  readonly lineBytesPerS: number;
}

export class AutopilotClient {
  readonly #o: AutopilotOptions;
  readonly #latch = new AutopilotLatch();
  readonly #reboot = new RebootWatch();
  readonly #intervals = new IntervalKeeper();
  readonly #presence = new PresenceBeat();
  #seq = 0;
  #asking = false;
  #wasOpen = false;
  #booting = false;

  constructor(o: AutopilotOptions) {
    this.#o = o;
  }

  // ——— The signatures the rest of the agent builds on; being filled in. ———

  /** The newest picture of the vehicle. A new object at each read. */
  get state(): VehicleState {
    throw new Error('not built yet');
  }

  get flavour(): Flavour | null {
    return null;
  }

  /** Who has control, as of the last message. */
  get control(): ControlSnapshot {
    throw new Error('not built yet');
  }

  /** `wasTaken`: a mode change, arm or disarm that nobody here commanded, a failsafe, or another writer took control. */
  onControl(_listener: (now: ControlSnapshot, wasTaken: boolean) => void): () => void {
    throw new Error('not built yet');
  }

  /** An operator takes control back (`resume {takeControl: true}`). */
  takeControl(_by: string): void {
    throw new Error('not built yet');
  }

  /** A write of a station that went through the agent: it makes control `other-station`. */
  noteForeignWrite(_from: { sysid: number; compid: number }, _what: string): void {
    throw new Error('not built yet');
  }

  command(_request: CommandRequest, _o: { readonly signal?: AbortSignal } = {}): Promise<CommandOutcome> {
    throw new Error('not built yet');
  }

  intent(_name: IntentName, _o: IntentOptions = {}): Promise<IntentOutcome> {
    throw new Error('not built yet');
  }

  /** The autopilot's time since boot, asked now by TIMESYNC (three tries within 1.5 s); null: no answer. */
  bootAge(_o: { readonly signal?: AbortSignal } = {}): Promise<{ bootMs: number; rttMs: number } | null> {
    throw new Error('not built yet');
  }

  /** The ground-link heartbeat: (its MAV_GCS_SYSID, 190, GCS), 1 Hz while on and healthy. */
  setGroundLink(_on: boolean): void {
    throw new Error('not built yet');
  }

  /** Streams that others want (stations): the fastest wanted is asked for. */
  setExtraStreams(_wanted: readonly { readonly msgid: number; readonly hz: number }[]): void {
    throw new Error('not built yet');
  }

  /** Whole texts of our autopilot, chunks joined. */
  onText(_listener: (text: HeardText) => void): () => void {
    throw new Error('not built yet');
  }

  /** Every decoded message of our autopilot. */
  onMessage(_listener: (message: Message, nowMs: number) => void): () => void {
    throw new Error('not built yet');
  }

  get sysid(): number | null {
    return this.#latch.latched?.sysid ?? null;
  }

  /** Is this frame from the autopilot we latched? */
  isOurs(sysid: number, compid: number): boolean {
    return this.#latch.isOurs(sysid, compid);
  }

  /** A decoded message of whatever system. */
  take(message: Message, sysid: number, compid: number, nowMs: number): void {
    if (message.name === 'HEARTBEAT' && this.#latch.heartbeat(message, sysid, compid, nowMs)) {
      this.#o.onLatched?.(sysid);
    }
    if (!this.#latch.isOurs(sysid, compid)) return;
    this.#intervals.seen(message.msgid, nowMs);
    if (message.name === 'COMMAND_ACK') {
      const { command, result, target_system, target_component } = message.fields;
      const forUs = (target_system ?? 0) === 0 || target_system === sysid;
      const forMe = (target_component ?? 0) === 0 || target_component === MavComponent.ONBOARD_COMPUTER;
      if (forUs && forMe) {
        this.#intervals.acknowledged(command, result, nowMs);
        this.#askNext(nowMs, sysid);
      }
    }
    // Booting again: its intervals are gone. The proof, time since boot going back, comes only with streams.
    if (message.name === 'HEARTBEAT') {
      const booting = message.fields.system_status <= MavState.BOOT;
      if (booting && !this.#booting) this.#asking = false;
      this.#booting = booting;
    }
    if ('time_boot_ms' in message.fields && this.#reboot.take(message.fields.time_boot_ms)) {
      this.#asking = false;
      this.#o.onRebooted?.();
    }
  }

  /** Call every 100 ms. */
  tick(o: AutopilotTick): void {
    const alive = this.#latch.isAlive(o.nowMs);
    const sysid = this.sysid;
    const { nowMs, loopTurnedMs, linkOpen } = o;
    if (this.#presence.tick({ nowMs, loopTurnedMs, linkOpen, autopilotAlive: alive }) && sysid !== null) {
      this.#o.send(encode('HEARTBEAT', PRESENCE_FIELDS, this.#from(sysid)), 'heartbeat');
    }
    // Intervals belong to the link: a reopened one may lead to an autopilot that knows nothing of ours.
    if (linkOpen && !this.#wasOpen) this.#asking = false;
    this.#wasOpen = linkOpen;
    if (sysid === null || !linkOpen || !alive) return;
    if (!this.#asking) {
      this.#asking = true;
      const plan = planStreams({ lineBytesPerS: o.lineBytesPerS, sharePct: this.#o.sharePct });
      this.#intervals.start(
        plan,
        WANTED_ONCE.map((name) => ({ name, msgid: messageByName(name).id })),
      );
    }
    this.#askNext(nowMs, sysid);
  }

  #askNext(nowMs: number, sysid: number): void {
    if (!this.#asking) return;
    const ask = this.#intervals.tick(nowMs, this.#latch.latched?.armed === true);
    if (ask) this.#ask(ask, sysid);
  }

  #ask(ask: AskOutput, sysid: number): void {
    const frame = encode(
      'COMMAND_LONG',
      {
        target_system: sysid,
        target_component: this.#latch.latched?.compid ?? MavComponent.AUTOPILOT1,
        command: ask.command as never,
        confirmation: ask.confirmation,
        param1: ask.param1,
        param2: ask.param2,
        param3: 0,
        param4: 0,
        param5: 0,
        param6: 0,
        param7: 0,
      },
      this.#from(sysid),
    );
    this.#o.send(frame, 'normal');
  }

  #from(sysid: number): { sysid: number; compid: number; seq: number } {
    const seq = this.#seq;
    this.#seq = (seq + 1) & 0xff;
    return { sysid, compid: MavComponent.ONBOARD_COMPUTER, seq };
  }

  status(nowMs: number): AutopilotStatus {
    const { latched } = this.#latch;
    return {
      sysid: latched?.sysid ?? null,
      alive: this.#latch.isAlive(nowMs),
      armed: latched?.armed ?? null,
      lastHeartbeatAgeMs: latched === null ? null : nowMs - latched.lastHeartbeatMs,
      bootMs: this.#reboot.bootMs,
      reboots: this.#reboot.reboots,
      heartbeatsSent: this.#presence.sent,
      heartbeatsWithheld: this.#presence.withheld,
      ...this.#latch.counters,
      streams: this.#intervals.streams,
      intervals: { ...this.#intervals.counters },
    };
  }
}
