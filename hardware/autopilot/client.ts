/**
 * Our side of the conversation with one autopilot: what we know of it (hearing.ts) and what we say to it. It wires the
 * machines of this folder and is all that others see.
 *
 *   message ─▶ hearing ─▶ answers ─▶ desk (commands, intents), intervals, exchanges (parameters, logs, missions)
 *   tick    ─▶ presence, ground link ─▶ HEARTBEAT     each of them ─▶ FrameMaker (whitelist) ─▶ send
 */
import type { FieldsIn, Message } from '@skein/protocol/mavlink';
import { AckFilter } from './ack-filter.ts';
import type { CommandOutcome, CommandRequest } from './command.ts';
import type { ControlSnapshot } from './control-types.ts';
import type { ControlListener } from './control-watch.ts';
import { CommandDesk } from './desk.ts';
import { Exchanges } from './exchanges.ts';
import { type Flavour, refused } from './flavours/flavour.ts';
import { GROUND_COMPONENT, GROUND_FIELDS, GroundLink, type GroundLinkStatus } from './ground-link.ts';
import { GroundSysid } from './ground-sysid.ts';
import { Hearing } from './hearing.ts';
import type { IntentName, IntentOptions, IntentOutcome } from './intent.ts';
import { carryOut } from './intents.ts';
import type { LogClient } from './logs.ts';
import type { MissionClient } from './mission/missions.ts';
import type { AutopilotOptions, AutopilotStatus, AutopilotTick } from './options.ts';
import type { ParameterClient } from './parameters.ts';
import { PRESENCE_FIELDS, PresenceBeat } from './presence.ts';
import type { HeardText, VehicleState } from './state.ts';
import { StreamKeeper } from './stream-keeper.ts';
import type { ExtraStream } from './streams.ts';
import { Watches } from './watches.ts';
import { COMPANION, FrameMaker, type SendableMessage, type Sender } from './whitelist.ts';
import { isFlightCommand, isWorthHearing } from './writers.ts';

export class AutopilotClient {
  readonly #o: AutopilotOptions;
  readonly #frames = new FrameMaker();
  readonly #hearing: Hearing;
  readonly #exchanges: Exchanges;
  readonly #acks = new AckFilter();
  readonly #desk: CommandDesk;
  readonly #watches: Watches;
  readonly #streams: StreamKeeper;
  readonly #presence = new PresenceBeat();
  readonly #ground = new GroundLink();
  readonly #groundSysid: GroundSysid;
  readonly #listeners = new Set<(message: Message, nowMs: number) => void>();
  #linkOpen = false;

  constructor(o: AutopilotOptions) {
    this.#o = o;
    const { nowMs } = o;
    this.#streams = new StreamKeeper({
      sharePct: o.sharePct,
      ask: (request, confirmation) => this.#sendCommand(request, confirmation),
      isTaken: (command) => this.#desk.wants(command),
    });
    this.#desk = new CommandDesk({
      nowMs,
      state: () => this.state,
      send: (request, confirmation) => this.#sendCommand(request, confirmation),
      isTaken: (command) => this.#streams.outstanding === command,
      onRefused: (command) => this.#hearing.tell({ kind: 'refused', command }),
    });
    this.#watches = new Watches({ nowMs, state: () => this.state });
    const hearing = new Hearing({
      ...o,
      onRebooted: () => {
        this.#streams.forgotten();
        this.#groundSysid.forget();
        o.onRebooted?.();
      },
      onBooting: () => this.#streams.forgotten(),
      sendTime: (fields) => {
        const to = hearing.latch.latched;
        return (
          to !== null && this.#send('TIMESYNC', { ...fields, target_system: to.sysid, target_component: to.compid })
        );
      },
    });
    this.#hearing = hearing;
    this.#exchanges = new Exchanges(hearing, {
      nowMs,
      send: (name, fields) => this.#send(name, fields),
      target: () => (this.#linkOpen ? hearing.latch.latched : null),
    });
    hearing.texts.listen(({ text }) => this.#desk.text(text));
    this.#groundSysid = new GroundSysid({
      parameters: this.parameters,
      onSysid: (sysid) => this.#ground.setSysid(sysid),
    });
  }

  get parameters(): ParameterClient {
    return this.#exchanges.parameters;
  }

  get logs(): LogClient {
    return this.#exchanges.logs;
  }

  /** Mission, fence and rally points; who else changed them; how far the mission has come. */
  get missions(): MissionClient {
    return this.#exchanges.missions;
  }

  get sysid(): number | null {
    return this.#hearing.latch.latched?.sysid ?? null;
  }

  get flavour(): Flavour | null {
    return this.#hearing.flavour;
  }

  /** Who has control, as of the last message. */
  get control(): ControlSnapshot {
    return this.#hearing.control.now;
  }

  /** Is this frame from the autopilot we latched? */
  isOurs(sysid: number, compid: number): boolean {
    return this.#hearing.latch.isOurs(sysid, compid);
  }

  /** Is this message worth decoding and giving to `take`? Everything of ours is, and what others write. */
  wants(sysid: number, compid: number, msgid: number): boolean {
    return this.isOurs(sysid, compid) || isWorthHearing(msgid);
  }

  /** The newest picture of the vehicle: a new object at each read. */
  get state(): VehicleState {
    return this.#hearing.state;
  }

  onControl(listener: ControlListener): () => void {
    return this.#hearing.control.listen(listener);
  }

  /** Whole texts of our autopilot, chunks joined. */
  onText(listener: (text: HeardText) => void): () => void {
    return this.#hearing.texts.listen(listener);
  }

  /** Every decoded message of our autopilot, once the state has it. */
  onMessage(listener: (message: Message, nowMs: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** An operator takes control back (`resume {takeControl: true}`). */
  takeControl(by: string): void {
    this.#hearing.tell({ kind: 'take-control', by });
  }

  /** A write of a station that went through us: it makes control `other-station`. */
  noteForeignWrite(from: { readonly sysid: number; readonly compid: number }, what: string): void {
    this.#hearing.noteWrite(from.sysid, from.compid, what);
  }

  /** The ground-link heartbeat, 1 Hz while on and healthy. */
  setGroundLink(on: boolean): void {
    this.#ground.set(on);
  }

  get groundLink(): GroundLinkStatus {
    return this.#ground.status(this.#o.nowMs());
  }

  /** Streams that others want (stations): the fastest wanted is asked for. */
  setExtraStreams(wanted: readonly ExtraStream[]): void {
    this.#streams.setExtra(wanted);
  }

  /** The autopilot's time since boot, asked now by TIMESYNC; null: no answer within 1.5 s. */
  bootAge(o: { readonly signal?: AbortSignal } = {}): Promise<{ bootMs: number; rttMs: number } | null> {
    return this.#hearing.clock.age(o.signal);
  }

  /**
   * One command, by its class (command.ts). What changes flight ends as `aborted` when control is taken from us, and is
   * not sent at all beside a second companion or autopilot.
   */
  command(request: CommandRequest, o: { readonly signal?: AbortSignal } = {}): Promise<CommandOutcome> {
    if (!isFlightCommand(request.command)) return this.#desk.run(request, o.signal);
    if (this.control.readOnly) {
      return Promise.resolve({ ok: false, code: 'aborted', result: null, texts: [], sent: false });
    }
    return this.#desk.run(request, this.#hearing.control.guard(o.signal));
  }

  /** What an operator means, by flavour. Who may ask for it is not judged here. */
  async intent(name: IntentName, o: IntentOptions = {}): Promise<IntentOutcome> {
    const { state, flavour } = this;
    if (!this.#linkOpen) return refused('no-link');
    if (!state.alive) return refused('no-autopilot', 'no heartbeat for 5 s');
    if (flavour === null) return refused('no-autopilot', 'neither ArduCopter nor a PX4 multicopter');
    if (this.control.readOnly) return refused('other-station', this.control.why);
    const ports = {
      command: (request: CommandRequest, { signal }: { readonly signal: AbortSignal }) =>
        this.#desk.run(request, signal),
      see: this.#watches.see.bind(this.#watches),
      state: () => this.state,
    };
    return carryOut(flavour, name, o, ports, (signal) => this.#hearing.control.guard(signal));
  }

  /** A decoded message of whatever system. */
  take(message: Message, sysid: number, compid: number, nowMs: number): void {
    if (!this.#hearing.take(message, sysid, compid, nowMs)) return;
    this.#streams.seen(message.msgid, nowMs);
    if (message.name === 'COMMAND_ACK') {
      const { command, result } = message.fields;
      const isForUs = this.#acks.isForUs(message.fields, sysid, this.#hearing.othersAbout);
      if (isForUs && !this.#desk.acknowledged(command, result)) {
        this.#streams.acknowledged(command, result, nowMs, this.#hearing.latch.latched?.armed === true);
      }
    }
    this.#exchanges.take(message, nowMs);
    if (message.name === 'PARAM_VALUE') this.#groundSysid.heard(message.fields.param_id, message.fields.param_value);
    for (const listener of this.#listeners) listener(message, nowMs);
    this.#desk.tick();
    this.#watches.turn();
  }

  /** Call every 100 ms. */
  tick(o: AutopilotTick): void {
    const { nowMs, loopTurnedMs, linkOpen } = o;
    const { latched } = this.#hearing.latch;
    const autopilotAlive = this.#hearing.latch.isAlive(nowMs);
    // Intervals belong to the link: a reopened one may lead to an autopilot that knows nothing of ours.
    if (linkOpen && !this.#linkOpen) this.#streams.forgotten();
    this.#linkOpen = linkOpen;
    const health = { nowMs, loopTurnedMs, linkOpen, autopilotAlive };
    if (this.#presence.tick(health) && latched !== null) this.#send('HEARTBEAT', PRESENCE_FIELDS);
    const ground = this.#ground.tick(health);
    if (ground !== null) this.#send('HEARTBEAT', GROUND_FIELDS, { sysid: ground, compid: GROUND_COMPONENT });
    this.#hearing.tick(nowMs);
    this.#exchanges.tick(nowMs);
    this.#desk.tick();
    this.#watches.turn();
    if (latched === null || !linkOpen || !autopilotAlive) {
      this.#hearing.clock.askSoon();
      this.#hearing.clock.idle(nowMs);
      return;
    }
    this.#hearing.clock.tick(nowMs);
    if (this.#ground.isOn && this.flavour !== null) this.#groundSysid.tick(this.flavour, latched.sysid, nowMs);
    this.#streams.tick({ nowMs, lineBytesPerS: o.lineBytesPerS, armed: this.#hearing.latch.armed !== false });
  }

  #sendCommand(request: CommandRequest, confirmation: number): boolean {
    const { latched } = this.#hearing.latch;
    if (latched === null || !this.#linkOpen) return false;
    const { flavour } = this;
    const from = { sysid: latched.sysid, compid: COMPANION };
    const frame = this.#frames.command(request, { confirmation, to: latched, from, dialect: flavour?.name ?? null });
    // Before it leaves: its effect may be heard before this returns.
    const expected = flavour?.expected(request) ?? null;
    if (expected !== null) this.#hearing.tell({ kind: 'expect', command: request.command, expected });
    return this.#o.send(frame, 'normal');
  }

  /** As our companion, unless said otherwise. */
  #send<N extends SendableMessage>(name: N, fields: FieldsIn<N>, from?: Sender): boolean {
    const { sysid } = this;
    if (sysid === null || !this.#linkOpen) return false;
    const frame = this.#frames.make(name, fields, from ?? { sysid, compid: COMPANION });
    return this.#o.send(frame, name === 'HEARTBEAT' ? 'heartbeat' : 'normal');
  }

  status(nowMs: number): AutopilotStatus {
    const { latched, counters } = this.#hearing.latch;
    return {
      sysid: latched?.sysid ?? null,
      alive: this.#hearing.latch.isAlive(nowMs),
      armed: this.#hearing.latch.armed,
      lastHeartbeatAgeMs: latched === null ? null : nowMs - latched.lastHeartbeatMs,
      bootMs: this.#hearing.clock.boot.bootMs(nowMs),
      reboots: this.#hearing.clock.boot.reboots,
      swaps: this.#hearing.identity.swaps,
      heartbeatsSent: this.#presence.sent,
      heartbeatsWithheld: this.#presence.withheld,
      ...counters,
      otherWriters: this.state.otherWriters.length,
      groundLink: this.#ground.status(nowMs),
      control: this.#hearing.control.now,
      clockOffsetMs: this.#hearing.clock.offsetMs,
      timesync: { ...this.#hearing.clock.counters },
      commands: { ...this.#desk.counters },
      streams: this.#streams.streams,
      intervals: { ...this.#streams.counters },
    };
  }

  /** Everything that waits is settled. */
  close(): void {
    this.#desk.close();
    this.#watches.close();
    this.#hearing.clock.close();
    this.#exchanges.close();
  }
}
