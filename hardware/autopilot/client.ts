/**
 * Our side of the conversation with one autopilot. It wires the machines of this folder and is all that others see.
 *
 *   message ─▶ latch ─▶ clock (boots) ─▶ tracker (state) ─▶ control ─▶ intervals, desk (commands), parameters, logs
 *   tick    ─▶ presence, ground link ─▶ HEARTBEAT           each of them ─▶ FrameMaker (whitelist) ─▶ send
 */
import { type FieldsIn, MavProtocolCapability, MavState, type Message, type Messages } from '@skein/protocol/mavlink';
import { modeName } from '@skein/protocol/telemetry';
import { AckFilter } from './ack-filter.ts';
import { AutopilotClock } from './clock.ts';
import type { CommandOutcome, CommandRequest } from './command.ts';
import type { ControlInput, ControlSnapshot } from './control.ts';
import { type ControlListener, ControlWatch } from './control-watch.ts';
import { CommandDesk } from './desk.ts';
import type { Flavour } from './flavours/flavour.ts';
import { flavourOf } from './flavours/index.ts';
import { GROUND_COMPONENT, GROUND_FIELDS, GroundLink } from './ground-link.ts';
import { GroundSysid } from './ground-sysid.ts';
import { Identity } from './identity.ts';
import type { IntentName, IntentOptions, IntentOutcome } from './intent.ts';
import { runIntent } from './intents.ts';
import { AutopilotLatch } from './latch.ts';
import { LogClient } from './logs.ts';
import type { AutopilotOptions, AutopilotStatus, AutopilotTick } from './options.ts';
import { parameterEncoding } from './parameter-value.ts';
import { ParameterClient } from './parameters.ts';
import { PRESENCE_FIELDS, PresenceBeat } from './presence.ts';
import type { HeardText, VehicleState } from './state.ts';
import { StreamKeeper } from './stream-keeper.ts';
import type { ExtraStream } from './streams.ts';
import { StateTracker } from './tracker.ts';
import { Watches } from './watches.ts';
import { COMPANION, FrameMaker, type SendableMessage, type Sender } from './whitelist.ts';
import { Texts } from './whole-texts.ts';
import { isFlightCommand, isWorthHearing, OtherWriters } from './writers.ts';

export class AutopilotClient {
  readonly parameters: ParameterClient;
  readonly logs: LogClient;
  readonly #o: AutopilotOptions;
  readonly #frames = new FrameMaker();
  readonly #latch = new AutopilotLatch();
  readonly #clock: AutopilotClock;
  readonly #identity = new Identity();
  readonly #tracker = new StateTracker();
  readonly #texts = new Texts();
  readonly #others = new OtherWriters();
  readonly #acks = new AckFilter();
  readonly #control: ControlWatch;
  readonly #desk: CommandDesk;
  readonly #watches: Watches;
  readonly #streams: StreamKeeper;
  readonly #presence = new PresenceBeat();
  readonly #ground = new GroundLink();
  readonly #groundSysid: GroundSysid;
  readonly #listeners = new Set<(message: Message, nowMs: number) => void>();
  #heartbeat: Messages['HEARTBEAT'] | null = null;
  #linkOpen = false;

  constructor(o: AutopilotOptions) {
    this.#o = o;
    const { nowMs } = o;
    const state = (): VehicleState => this.state;
    this.#control = new ControlWatch(nowMs());
    this.#watches = new Watches({ nowMs, state });
    this.#clock = new AutopilotClock({
      nowMs,
      drawId: o.drawId,
      send: (fields) => {
        const to = this.#latch.latched;
        return (
          to !== null && this.#send('TIMESYNC', { ...fields, target_system: to.sysid, target_component: to.compid })
        );
      },
      onRebooted: () => this.#rebooted(),
    });
    this.#desk = new CommandDesk({
      nowMs,
      state,
      send: (request, confirmation) => this.#sendCommand(request, confirmation),
      isTaken: (command) => this.#streams.outstanding === command,
      onRefused: (command) => this.#controlInput({ kind: 'refused', command }),
    });
    this.#streams = new StreamKeeper({
      sharePct: o.sharePct,
      ask: (request, confirmation) => this.#sendCommand(request, confirmation),
      isTaken: (command) => this.#desk.wants(command),
    });
    const exchange = {
      nowMs,
      send: <N extends SendableMessage>(name: N, fields: FieldsIn<N>) => this.#send(name, fields),
      target: () => (this.#linkOpen ? this.#latch.latched : null),
    };
    const capabilities = (): bigint => this.#identity.facts?.capabilities ?? 0n;
    this.parameters = new ParameterClient({
      ...exchange,
      encoding: () => parameterEncoding(this.#identity.facts?.capabilities ?? null, this.flavour?.name ?? null),
    });
    this.logs = new LogClient({
      ...exchange,
      armed: () => (this.#latch.isAlive(nowMs()) ? (this.#latch.latched?.armed ?? null) : null),
      hasFtp: () => (capabilities() & BigInt(MavProtocolCapability.FTP)) !== 0n,
    });
    this.#texts.listen((text) => this.#takeText(text));
    this.#groundSysid = new GroundSysid({
      parameters: this.parameters,
      onSysid: (sysid) => this.#ground.setSysid(sysid),
    });
  }
  get sysid(): number | null {
    return this.#latch.latched?.sysid ?? null;
  }

  get flavour(): Flavour | null {
    const { latched } = this.#latch;
    return latched === null ? null : flavourOf(latched.autopilot, latched.vehicleType);
  }

  /** Who has control, as of the last message. */
  get control(): ControlSnapshot {
    return this.#control.now;
  }

  /** Is this frame from the autopilot we latched? */
  isOurs(sysid: number, compid: number): boolean {
    return this.#latch.isOurs(sysid, compid);
  }

  /** Is this message worth decoding and giving to `take`? Everything of ours is, and what others write. */
  wants(sysid: number, compid: number, msgid: number): boolean {
    return this.isOurs(sysid, compid) || isWorthHearing(msgid);
  }

  /** The newest picture of the vehicle: a new object at each read. */
  get state(): VehicleState {
    const nowMs = this.#o.nowMs();
    const { latched } = this.#latch;
    const heartbeat = this.#heartbeat;
    const status = heartbeat?.system_status ?? null;
    const isCritical = latched?.armed === true && (status === MavState.CRITICAL || status === MavState.EMERGENCY);
    return {
      sysid: latched?.sysid ?? null,
      compid: latched?.compid ?? null,
      alive: this.#latch.isAlive(nowMs),
      lastHeartbeatAgeMs: latched === null ? null : nowMs - latched.lastHeartbeatMs,
      armed: latched?.armed ?? null,
      mode:
        latched === null || heartbeat === null
          ? null
          : modeName(latched.autopilot, heartbeat.custom_mode, latched.vehicleType),
      customMode: heartbeat?.custom_mode ?? null,
      systemStatus: status,
      bootId: this.#clock.boot.id,
      bootMs: this.#clock.boot.bootMs(nowMs),
      reboots: this.#clock.boot.reboots,
      uid2: this.#identity.facts?.uid2 ?? null,
      flavour: latched === null ? null : (this.flavour?.name ?? 'other'),
      version: this.#identity.facts?.version ?? null,
      failsafe: isCritical || this.#control.now.state === 'autopilot-failsafe',
      otherWriters: this.#others.list(nowMs),
      ...this.#tracker.snapshot(nowMs),
    };
  }

  onControl(listener: ControlListener): () => void {
    return this.#control.listen(listener);
  }

  /** Whole texts of our autopilot, chunks joined. */
  onText(listener: (text: HeardText) => void): () => void {
    return this.#texts.listen(listener);
  }

  /** Every decoded message of our autopilot, once the state has it. */
  onMessage(listener: (message: Message, nowMs: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** An operator takes control back (`resume {takeControl: true}`). */
  takeControl(by: string): void {
    this.#controlInput({ kind: 'take-control', by });
  }

  /** A write of a station that went through us: it makes control `other-station`. */
  noteForeignWrite(from: { readonly sysid: number; readonly compid: number }, what: string): void {
    this.#others.note(from.sysid, from.compid, this.#o.nowMs());
    this.#controlInput({ kind: 'foreign-write', what, who: `${from.sysid}/${from.compid}` });
  }

  /** The ground-link heartbeat, 1 Hz while on and healthy. */
  setGroundLink(on: boolean): void {
    this.#ground.set(on);
  }

  get groundLink(): ReturnType<GroundLink['status']> {
    return this.#ground.status(this.#o.nowMs());
  }

  /** Streams that others want (stations): the fastest wanted is asked for. */
  setExtraStreams(wanted: readonly ExtraStream[]): void {
    this.#streams.setExtra(wanted);
  }

  /** The autopilot's time since boot, asked now by TIMESYNC; null: no answer within 1.5 s. */
  bootAge(o: { readonly signal?: AbortSignal } = {}): Promise<{ bootMs: number; rttMs: number } | null> {
    return this.#clock.age(o.signal);
  }

  /**
   * One command, by its class (command.ts). What changes flight ends as `aborted` when control is taken from us, and is
   * not sent at all beside a second companion or autopilot.
   */
  command(request: CommandRequest, o: { readonly signal?: AbortSignal } = {}): Promise<CommandOutcome> {
    if (!isFlightCommand(request.command)) return this.#desk.run(request, o.signal);
    if (this.#control.now.readOnly) {
      return Promise.resolve({ ok: false, code: 'aborted', result: null, texts: [], sent: false });
    }
    return this.#desk.run(request, this.#control.guard(o.signal));
  }

  /** What an operator means, by flavour. Who may ask for it is not judged here. */
  async intent(name: IntentName, o: IntentOptions = {}): Promise<IntentOutcome> {
    const { state, flavour } = this;
    const no = (code: 'no-link' | 'no-autopilot' | 'other-station', detail: string): IntentOutcome => ({
      ok: false,
      code,
      detail,
      sent: false,
    });
    if (!this.#linkOpen) return no('no-link', '');
    if (!state.alive) return no('no-autopilot', 'no heartbeat for 5 s');
    if (flavour === null) return no('no-autopilot', 'neither ArduCopter nor a PX4 multicopter');
    if (this.#control.now.readOnly) return no('other-station', this.#control.now.why);
    const ports = {
      command: (request: CommandRequest, { signal }: { readonly signal: AbortSignal }) =>
        this.#desk.run(request, signal),
      see: this.#watches.see.bind(this.#watches),
      state: () => this.state,
    };
    return runIntent(flavour.intent(name, o, state), ports, this.#control.guard(o.signal));
  }

  /** A decoded message of whatever system. */
  take(message: Message, sysid: number, compid: number, nowMs: number): void {
    if (message.name === 'HEARTBEAT' && this.#latch.heartbeat(message, sysid, compid, nowMs)) {
      this.#o.onLatched?.(sysid);
    }
    const { latched } = this.#latch;
    if (latched === null) return;
    if (!this.#latch.isOurs(sysid, compid)) {
      this.#takeOther(message, sysid, compid, latched.sysid, nowMs);
      return;
    }
    this.#streams.seen(message.msgid, nowMs);
    // An empty stamp is no time: ArduPilot sends 0 in messages of before its clock ran.
    if ('time_boot_ms' in message.fields && message.fields.time_boot_ms > 0) {
      this.#clock.stamp(message.fields.time_boot_ms, nowMs);
    }
    this.#tracker.take(message, nowMs);
    switch (message.name) {
      case 'HEARTBEAT':
        this.#takeHeartbeat(message.fields);
        break;
      case 'TIMESYNC':
        this.#clock.take(message.fields, nowMs);
        break;
      case 'STATUSTEXT':
        this.#texts.take(message.fields, nowMs);
        break;
      case 'AUTOPILOT_VERSION': {
        const before = this.#identity.facts?.uid2 ?? '';
        if (this.#identity.take(message.fields)) this.#o.onSwapped?.(before, this.#identity.facts?.uid2 ?? '');
        break;
      }
      case 'RC_CHANNELS':
        this.#takeRc();
        break;
      case 'COMMAND_ACK':
        this.#takeAck(message.fields, latched.sysid, nowMs);
        break;
      default:
    }
    this.parameters.take(message, nowMs);
    this.logs.take(message, nowMs);
    for (const listener of this.#listeners) listener(message, nowMs);
    this.#desk.tick();
    this.#watches.turn();
  }

  #takeOther(message: Message, sysid: number, compid: number, vehicle: number, nowMs: number): void {
    const heard = this.#others.take(message, sysid, compid, vehicle, nowMs);
    if (heard === null) return;
    const { role, wrote } = heard;
    if (role === 'companion' || role === 'autopilot') this.#controlInput({ kind: 'second', what: role });
    if (role === 'station') this.#controlInput({ kind: 'station' });
    if (wrote !== null) this.#controlInput({ kind: 'foreign-write', what: wrote, who: `${sysid}/${compid}` });
  }

  #takeHeartbeat(fields: Messages['HEARTBEAT']): void {
    // Booting again: its intervals are gone. Whether it rebooted, its time since boot will say.
    const isBooting = fields.system_status <= MavState.BOOT;
    if (isBooting && (this.#heartbeat?.system_status ?? 0) > MavState.BOOT) {
      this.#streams.forgotten();
      this.#clock.askSoon();
    }
    this.#heartbeat = fields;
    const armed = this.#latch.latched?.armed ?? false;
    this.#controlInput({ kind: 'heartbeat', mode: fields.custom_mode, armed, status: fields.system_status });
  }

  #takeRc(): void {
    const channel = this.flavour?.modeChannelDefault ?? null;
    const { rc } = this.#tracker.snapshot(this.#o.nowMs());
    const modeUs = channel === null ? null : (rc?.channelsUs[channel - 1] ?? null);
    this.#controlInput({ kind: 'rc', modeUs, healthy: rc?.healthy ?? null });
  }

  #takeText(text: HeardText): void {
    this.#tracker.text(text);
    this.#desk.text(text.text);
    this.#controlInput({ kind: 'text', text: text.text });
    // We upload no missions yet: whoever did, it was another.
    if (text.text === 'Flight plan received') {
      this.#controlInput({ kind: 'foreign-write', what: 'a mission', who: 'somebody else' });
    }
  }

  #takeAck(fields: Messages['COMMAND_ACK'], sysid: number, nowMs: number): void {
    const othersAbout = this.#others.list(nowMs).some(({ lastHeardAgeMs }) => lastHeardAgeMs < 10_000);
    if (!this.#acks.isForUs(fields, sysid, othersAbout)) return;
    const { command, result } = fields;
    if (this.#desk.acknowledged(command, result)) return;
    this.#streams.acknowledged(command, result, nowMs, this.#latch.latched?.armed === true);
  }

  #controlInput(input: ControlInput): void {
    this.#control.take(input, this.#o.nowMs(), this.flavour);
  }

  #rebooted(): void {
    this.#tracker.reset();
    this.#heartbeat = null;
    this.#streams.forgotten();
    this.#groundSysid.forget();
    this.#controlInput({ kind: 'rebooted' });
    this.#o.onRebooted?.();
  }

  /** Call every 100 ms. */
  tick(o: AutopilotTick): void {
    const { nowMs, loopTurnedMs, linkOpen } = o;
    const { latched } = this.#latch;
    const autopilotAlive = this.#latch.isAlive(nowMs);
    // Intervals belong to the link: a reopened one may lead to an autopilot that knows nothing of ours.
    if (linkOpen && !this.#linkOpen) this.#streams.forgotten();
    this.#linkOpen = linkOpen;
    const health = { nowMs, loopTurnedMs, linkOpen, autopilotAlive };
    if (this.#presence.tick(health) && latched !== null) this.#send('HEARTBEAT', PRESENCE_FIELDS);
    const ground = this.#ground.tick(health);
    if (ground !== null) this.#send('HEARTBEAT', GROUND_FIELDS, { sysid: ground, compid: GROUND_COMPONENT });
    this.#texts.tick(nowMs);
    this.parameters.tick(nowMs);
    this.logs.tick(nowMs);
    if (latched !== null) this.#controlInput({ kind: 'time', alive: autopilotAlive });
    this.#desk.tick();
    this.#watches.turn();
    if (latched === null || !linkOpen || !autopilotAlive) {
      this.#clock.askSoon();
      this.#clock.idle(nowMs);
      return;
    }
    this.#clock.tick(nowMs);
    const { flavour } = this;
    if (this.#ground.isOn && flavour !== null) this.#groundSysid.tick(flavour, latched.sysid, nowMs);
    this.#streams.tick({ nowMs, lineBytesPerS: o.lineBytesPerS, armed: latched.armed });
  }

  #sendCommand(request: CommandRequest, confirmation: number): boolean {
    const { latched } = this.#latch;
    if (latched === null || !this.#linkOpen) return false;
    const { flavour } = this;
    const from = { sysid: latched.sysid, compid: COMPANION };
    const to = { sysid: latched.sysid, compid: latched.compid };
    const frame = this.#frames.command(request, { confirmation, to, from, dialect: flavour?.name ?? null });
    // Before it leaves: its effect may be heard before this returns.
    const expected = flavour?.expected(request) ?? null;
    if (expected !== null) this.#controlInput({ kind: 'expect', command: request.command, expected });
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
    const { latched, counters } = this.#latch;
    return {
      sysid: latched?.sysid ?? null,
      alive: this.#latch.isAlive(nowMs),
      armed: latched?.armed ?? null,
      lastHeartbeatAgeMs: latched === null ? null : nowMs - latched.lastHeartbeatMs,
      bootMs: this.#clock.boot.bootMs(nowMs),
      reboots: this.#clock.boot.reboots,
      swaps: this.#identity.swaps,
      heartbeatsSent: this.#presence.sent,
      heartbeatsWithheld: this.#presence.withheld,
      ...counters,
      otherWriters: this.#others.list(nowMs).length,
      groundLink: this.#ground.status(nowMs),
      control: this.#control.now,
      clockOffsetMs: this.#clock.offsetMs,
      timesync: { ...this.#clock.counters },
      commands: { ...this.#desk.counters },
      streams: this.#streams.streams,
      intervals: { ...this.#streams.counters },
    };
  }

  /** Everything that waits is settled. */
  close(): void {
    this.#desk.close();
    this.#watches.close();
    this.#clock.close();
    this.parameters.close();
    this.logs.close();
  }
}
