/**
 * What is known of the vehicle and of who speaks on its link: it listens, and sends nothing but TIMESYNC.
 *
 *   message ─▶ latch ─▶ clock (boots) ─▶ tracker, identity, texts (state) ─▶ control
 *      └─ of others ─▶ writers ────────────────────────────────────────────▶ control
 */
import { MavCmd, MavState, type Message, type Messages } from '@skein/protocol/mavlink';
import { modeName } from '@skein/protocol/telemetry';
import { AutopilotClock, type TimeFields } from './clock.ts';
import type { ControlInput } from './control-types.ts';
import { ControlWatch } from './control-watch.ts';
import type { Flavour } from './flavours/flavour.ts';
import { flavourOf } from './flavours/index.ts';
import { Identity } from './identity.ts';
import { AutopilotLatch } from './latch.ts';
import { isLastTurn, MissionProgress } from './mission/progress.ts';
import { MissionWatch } from './mission/watch.ts';
import type { AutopilotOptions } from './options.ts';
import type { HeardText, VehicleState } from './state.ts';
import { StateTracker } from './tracker.ts';
import { Texts } from './whole-texts.ts';
import { OtherWriters } from './writers.ts';

/** Others are about if they were heard within this. */
const ABOUT_MS = 10_000;

export interface HearingOptions extends Pick<AutopilotOptions, 'nowMs' | 'drawId' | 'onLatched' | 'onSwapped'> {
  readonly sendTime: (fields: TimeFields) => boolean;
  readonly onRebooted: () => void;
  /** It says that it boots: what was asked of it is forgotten. */
  readonly onBooting: () => void;
}

export class Hearing {
  readonly latch = new AutopilotLatch();
  readonly clock: AutopilotClock;
  readonly identity = new Identity();
  readonly texts = new Texts();
  readonly control: ControlWatch;
  readonly missionWatch = new MissionWatch();
  readonly missionProgress = new MissionProgress();
  readonly #o: HearingOptions;
  readonly #tracker = new StateTracker();
  readonly #others = new OtherWriters();
  #heartbeat: Messages['HEARTBEAT'] | null = null;

  constructor(o: HearingOptions) {
    this.#o = o;
    this.control = new ControlWatch(o.nowMs());
    this.clock = new AutopilotClock({
      nowMs: o.nowMs,
      drawId: o.drawId,
      send: o.sendTime,
      onRebooted: () => this.#rebooted(),
    });
    this.texts.listen((text) => this.#takeText(text));
  }

  get flavour(): Flavour | null {
    const { latched } = this.latch;
    return latched === null ? null : flavourOf(latched.autopilot, latched.vehicleType);
  }

  /** A new object at each read. */
  get state(): VehicleState {
    const nowMs = this.#o.nowMs();
    const { latched } = this.latch;
    const { facts } = this.identity;
    const { boot } = this.clock;
    const heartbeat = this.#heartbeat;
    const mode = heartbeat?.custom_mode ?? null;
    const status = heartbeat?.system_status ?? null;
    const isCritical = latched?.armed === true && (status === MavState.CRITICAL || status === MavState.EMERGENCY);
    return {
      sysid: latched?.sysid ?? null,
      compid: latched?.compid ?? null,
      alive: this.latch.isAlive(nowMs),
      lastHeartbeatAgeMs: latched === null ? null : nowMs - latched.lastHeartbeatMs,
      armed: this.latch.armed,
      mode: latched === null || mode === null ? null : modeName(latched.autopilot, mode, latched.vehicleType),
      customMode: mode,
      systemStatus: status,
      bootId: boot.id,
      bootMs: boot.bootMs(nowMs),
      reboots: boot.reboots,
      uid2: facts?.uid2 ?? null,
      flavour: latched === null ? null : (this.flavour?.name ?? 'other'),
      version: facts?.version ?? null,
      failsafe: isCritical || this.control.now.state === 'autopilot-failsafe',
      otherWriters: this.#others.list(nowMs),
      ...this.#tracker.snapshot(nowMs),
    };
  }

  get othersAbout(): boolean {
    return this.#others.list(this.#o.nowMs()).some(({ lastHeardAgeMs }) => lastHeardAgeMs < ABOUT_MS);
  }

  /** A decoded message of whatever system. True: of our autopilot. */
  take(message: Message, sysid: number, compid: number, nowMs: number): boolean {
    if (message.name === 'HEARTBEAT' && this.latch.heartbeat(message, sysid, compid, nowMs)) {
      this.#o.onLatched?.(sysid);
    }
    const { latched } = this.latch;
    if (latched === null) return false;
    if (!this.latch.isOurs(sysid, compid)) {
      this.#takeOther(message, sysid, compid, latched.sysid, nowMs);
      return false;
    }
    // 0 is no time: it stands in messages from before its clock ran.
    if ('time_boot_ms' in message.fields && message.fields.time_boot_ms > 0) {
      this.clock.stamp(message.fields.time_boot_ms, nowMs);
    }
    this.#tracker.take(message, nowMs);
    switch (message.name) {
      case 'HEARTBEAT':
        this.#takeHeartbeat(message.fields);
        break;
      case 'TIMESYNC':
        this.clock.take(message.fields, nowMs);
        break;
      case 'STATUSTEXT':
        this.texts.take(message.fields, nowMs);
        break;
      case 'AUTOPILOT_VERSION':
        this.#takeVersion(message.fields);
        break;
      case 'RC_CHANNELS':
        this.#takeRc();
        break;
      case 'MISSION_CURRENT':
        if (this.missionWatch.current(message.fields, nowMs)) this.#foreignPlan();
        break;
      default:
    }
    const { current } = this.missionProgress;
    this.missionProgress.take(message, nowMs);
    if (isLastTurn(current, this.missionProgress.current)) this.tell({ kind: 'last-item' });
    return true;
  }

  /** Call every 100 ms. */
  tick(nowMs: number): void {
    this.texts.tick(nowMs);
    if (this.latch.latched !== null) this.tell({ kind: 'time', alive: this.latch.isAlive(nowMs) });
  }

  /** Something that says who has control. */
  tell(input: ControlInput): void {
    if (input.kind === 'expect' && input.expected.armed === true) this.latch.toldToArm(this.#o.nowMs());
    if (input.kind === 'refused' && input.command === MavCmd.COMPONENT_ARM_DISARM) this.latch.refusedToArm();
    this.control.take(input, this.#o.nowMs(), this.flavour);
  }

  /** A write of another that did not come by the link itself. */
  noteWrite(sysid: number, compid: number, what: string): void {
    this.#others.note(sysid, compid, this.#o.nowMs());
    this.#foreignWrite(`${sysid}/${compid}`, what);
  }

  #takeOther(message: Message, sysid: number, compid: number, vehicle: number, nowMs: number): void {
    const heard = this.#others.take(message, sysid, compid, vehicle, nowMs);
    if (heard === null) return;
    const { role, wrote } = heard;
    if (role === 'companion' || role === 'autopilot') this.tell({ kind: 'second', what: role });
    if (role === 'station') this.tell({ kind: 'station' });
    if (wrote !== null) this.#foreignWrite(`${sysid}/${compid}`, wrote);
  }

  #foreignWrite(who: string, what: string): void {
    this.missionWatch.foreignWrite(who, what);
    this.tell({ kind: 'foreign-write', what, who });
  }

  #takeHeartbeat(fields: Messages['HEARTBEAT']): void {
    // Whether it rebooted, its time since boot will say.
    const isBooting = fields.system_status <= MavState.BOOT;
    if (isBooting && (this.#heartbeat?.system_status ?? 0) > MavState.BOOT) {
      this.#o.onBooting();
      this.clock.askSoon();
    }
    this.#heartbeat = fields;
    const armed = this.latch.latched?.armed ?? false;
    this.tell({ kind: 'heartbeat', mode: fields.custom_mode, armed, status: fields.system_status });
  }

  #takeVersion(fields: Messages['AUTOPILOT_VERSION']): void {
    const before = this.identity.facts?.uid2 ?? '';
    if (this.identity.take(fields)) this.#o.onSwapped?.(before, this.identity.facts?.uid2 ?? '');
  }

  #takeRc(): void {
    const channel = this.flavour?.modeChannelDefault ?? null;
    const { rc } = this.#tracker.snapshot(this.#o.nowMs());
    const modeUs = channel === null ? null : (rc?.channelsUs[channel - 1] ?? null);
    this.tell({ kind: 'rc', modeUs, healthy: rc?.healthy ?? null });
  }

  #takeText(text: HeardText): void {
    this.#tracker.text(text);
    this.tell({ kind: 'text', text: text.text });
    if (this.missionWatch.text(text.text, text.atMs)) this.#foreignPlan();
  }

  #foreignPlan(): void {
    this.tell({ kind: 'foreign-write', what: 'a mission', who: 'somebody else' });
  }

  #rebooted(): void {
    this.#tracker.reset();
    this.#heartbeat = null;
    this.missionWatch.rebooted();
    this.missionProgress.reset();
    this.tell({ kind: 'rebooted' });
    this.#o.onRebooted();
  }
}
