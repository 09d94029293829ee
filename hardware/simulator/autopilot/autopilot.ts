import { type Frame, MavSeverity, type Message } from '@skein/protocol/mavlink';
import { offset, type Place } from '../geo.ts';
import { autopilotVersion } from '../messages/identity.ts';
import { sendById } from '../messages/telemetry.ts';
import { type Damage, Port, type PortOptions } from '../port.ts';
import { createRandom, type Random } from '../random.ts';
import { handle } from '../requests.ts';
import { isForAutopilot, targetOf } from '../routing.ts';
import { createVehicle, STEP_MS, stepVehicle, type Vehicle } from '../vehicle/vehicle.ts';
import { calm } from '../vehicle/wind.ts';
import { BOOTED_MS, bootEvents, bootMs, preArmFault } from './boot.ts';
import { circuit } from './circuit.ts';
import { Flight } from './flight.ts';
import { Mission } from './mission.ts';
import { type Parameter, Parameters } from './parameters.ts';
import { startInFlight } from './start.ts';
import type { View } from './view.ts';

export interface AutopilotOptions {
  readonly seed: number;
  readonly home: Place;
  readonly sysid: number;
  readonly start: 'cold' | 'ready' | 'airborne';
  /** Wall clock when the simulation begins, µs. */
  readonly epochUs: bigint;
  /** Every frame that went out undamaged. */
  readonly onSent: (frame: Uint8Array) => void;
}

const HEARTBEAT = 0;
const HEARTBEAT_US = 1_000_000;
const TIMESYNC_MS = 10_000;
const STATISTICS_MS = 30_000;
const PRE_ARM_MS = 31_000;
/** Between the acknowledgement of a reboot and its happening. */
const REBOOT_AFTER_MS = 200;
/** Even with nothing to send, the flight goes on and may have something to say. */
const IDLE_MS = 100;
const LIST_MS = 10;
const FLUSH_MS = 20;
const TEXT_LENGTH = 50;
const NO_INDEX = 65_535;
const MODE_CHANNEL_EDGES = [1_231, 1_361, 1_491, 1_621, 1_750] as const;

/** One simulated flight controller and the vehicle under it, in virtual time: nothing happens but by `advanceTo` and `receive`. */
export class Autopilot {
  nowMs = 0;
  vehicle: Vehicle;
  readonly parameters: Parameters;
  readonly mission = new Mission();
  readonly ports: Port[] = [];
  readonly damages = new Set<Damage>();
  /** Stick and switch positions; the mode switch stands on channel FLTMODE_CH. */
  readonly channels: number[] = [1_500, 1_500, 1_000, 1_500, 1_800, 1_000, 1_000, 1_800];
  readonly banner: readonly string[] = ['ArduCopter V4.7.0-dev (skeinsim)', 'Skein simulated vehicle', 'Frame: QUAD/X'];
  readonly world: Place;
  flight: Flight;
  origin: Place | null = null;
  boots = 0;
  #bootAtMs = 0;
  #nextEvent = 0;
  #later: { readonly atMs: number; readonly run: () => void }[] = [];
  #timesyncAtMs = 0;
  #statisticsAtMs = 0;
  #preArmAtMs = 0;
  #down = false;
  #chargeAtBootMah: number;
  #held: (() => void)[] | null = null;
  #textId = 0;
  readonly #options: AutopilotOptions;
  readonly #air: Random;
  readonly #noise: Random;

  constructor(options: AutopilotOptions) {
    this.#options = options;
    const random = createRandom(options.seed);
    this.world = options.home;
    this.#air = random.fork('air');
    this.#noise = random.fork('noise');
    this.parameters = new Parameters({ MAV_SYSID: options.sysid });
    const charge = options.start === 'airborne' ? random.fork('charge').between(0.72, 0.97) : 0.99;
    const capacityMah = this.parameters.value('BATT_CAPACITY');
    this.vehicle = createVehicle({ random: random.fork('vehicle'), capacityMah, charge });
    this.#showWind();
    this.#chargeAtBootMah = this.vehicle.battery.chargeMah;
    this.flight = this.#newFlight();
    if (options.start === 'cold') {
      this.#boot();
      return;
    }
    // It was switched on long ago: all of the boot is behind it. A pack that was full then is charge below that now.
    const agoMs = BOOTED_MS + random.fork('boot').between(20_000, 400_000);
    this.#bootAtMs = -agoMs;
    this.boots = 1;
    this.#nextEvent = bootEvents.length;
    this.#chargeAtBootMah = capacityMah;
    this.origin = options.home;
    this.flight.home = options.home;
    this.#schedule();
    this.mission.items = circuit(options.home, random.fork('circuit'));
    if (options.start === 'airborne')
      this.vehicle = startInFlight(this.vehicle, this.flight, this.mission, random.fork('place'));
  }

  // --- what builders and handlers see

  get sysid(): number {
    return this.parameters.value('MAV_SYSID');
  }

  get sinceBootMs(): number {
    return this.nowMs - this.#bootAtMs;
  }

  get bootNs(): bigint {
    return BigInt(Math.floor(this.sinceBootMs * 1_000)) * 1_000n + BigInt(this.sysid);
  }

  get consumedMah(): number {
    return this.#chargeAtBootMah - this.vehicle.battery.chargeMah;
  }

  get remainingMah(): number {
    return this.vehicle.battery.capacityMah - this.consumedMah;
  }

  view(): View {
    const { sinceBootMs, vehicle, flight, mission, parameters, world, origin, channels } = this;
    const knowsTime = sinceBootMs > bootMs.gpsDetected + 4_000;
    return {
      sinceBootMs,
      vehicle,
      flight,
      mission,
      parameters,
      world,
      origin,
      channels,
      consumedMah: this.consumedMah,
      remainingMah: this.remainingMah,
      noise: this.#noise,
      unixUs: knowsTime ? this.#options.epochUs + BigInt(Math.floor(this.nowMs * 1_000)) : 0n,
    };
  }

  // --- ports

  attach(options: PortOptions): Port {
    const port = new Port(options, {
      autopilot: this,
      onFrame: (from, frame, message) => this.#route(from, frame, message),
      onSent: (frame) => this.#options.onSent(frame),
    });
    this.ports.push(port);
    if (this.sinceBootMs >= bootMs.firstHeartbeat) port.streams.set(HEARTBEAT, HEARTBEAT_US, this.nowMs);
    return port;
  }

  #route(port: Port, frame: Frame, message: Message | null): void {
    if (this.#down || (frame.sysid === this.sysid && frame.compid === 1)) return;
    if (frame.compid !== 0) port.heard.add(frame.sysid * 256 + frame.compid);
    const target = message === null ? null : targetOf(message);
    const known = (key: number): boolean => this.ports.some((one) => one.heard.has(key));
    const ours = isForAutopilot(target, this.sysid, known);
    if (!ours || target === null || target.system === 0) {
      const key = target === null || target.system === 0 ? null : target.system * 256 + target.component;
      for (const other of this.ports) {
        if (other !== port && (key === null || target?.component === 0 || other.heard.has(key)))
          other.forward(frame.bytes);
      }
    }
    if (ours && message !== null) handle(this, message, { sysid: frame.sysid, compid: frame.compid }, port);
  }

  // --- what it says

  say(text: string, severity: number = MavSeverity.INFO): void {
    this.#orHold(() => {
      for (const port of this.ports) this.sayTo(port, text, severity);
    });
  }

  /** Longer texts go in pieces of 50 with a common id. */
  sayTo(port: Port, text: string, severity: number = MavSeverity.INFO): void {
    if (text.length > TEXT_LENGTH) this.#textId = (this.#textId % NO_INDEX) + 1;
    const id = text.length > TEXT_LENGTH ? this.#textId : 0;
    for (let at = 0; at < text.length || at === 0; at += TEXT_LENGTH) {
      port.send('STATUSTEXT', { severity, text: text.slice(at, at + TEXT_LENGTH), id, chunk_seq: at / TEXT_LENGTH });
    }
  }

  sendOne(msgid: number, port: Port): void {
    if (msgid === 148) port.send('AUTOPILOT_VERSION', autopilotVersion(this.#options.seed));
    else sendById(msgid, this.view(), port);
  }

  sendToAll(msgid: number): void {
    this.#orHold(() => {
      for (const port of this.ports) this.sendOne(msgid, port);
    });
  }

  sendParameter(port: Port, { name, type, value }: Parameter, index: number): void {
    port.send('PARAM_VALUE', {
      param_id: name,
      param_value: value,
      param_type: type,
      param_count: this.parameters.count,
      param_index: index,
    });
  }

  #announce(name: string): void {
    const parameter = this.parameters.get(name);
    if (parameter !== undefined) for (const port of this.ports) this.sendParameter(port, parameter, NO_INDEX);
  }

  /** Unknown names and what is no number get no answer at all. */
  setParameter(name: string, value: number): void {
    if (this.parameters.set(name, value) === undefined) return;
    if (name.startsWith('SIM_WIND_')) this.#takeWind();
    this.#announce(name);
  }

  /** Texts and heartbeats that a command causes come after its answer. The returned function lets them go. */
  hold(): () => void {
    const held: (() => void)[] = [];
    this.#held = held;
    return () => {
      this.#held = null;
      for (const run of held) run();
    };
  }

  #orHold(run: () => void): void {
    if (this.#held === null) run();
    else this.#held.push(run);
  }

  sendMissionItem(port: Port, seq: number, to: { readonly sysid: number; readonly compid: number }): void {
    const found = this.mission.items[seq];
    if (found === undefined) return;
    const { frame, ...rest } = found;
    port.send('MISSION_ITEM_INT', {
      target_system: to.sysid,
      target_component: to.compid,
      seq,
      frame,
      current: seq === this.mission.current ? 1 : 0,
      autocontinue: 1,
      mission_type: 0,
      ...rest,
    });
  }

  setCurrent(seq: number): boolean {
    if (seq < 0 || seq > this.mission.total) return false;
    this.mission.current = seq;
    if (this.flight.mode.number === 3 && this.flight.armed) this.flight.runner.resume(this.vehicle.body, false);
    return true;
  }

  /** The pilot moves a stick or switch: channel from 1, pulse width in µs. A move of the mode switch sets its mode. */
  setChannel(channel: number, pulseUs: number): void {
    this.channels[channel - 1] = pulseUs;
    if (channel !== this.parameters.value('FLTMODE_CH')) return;
    const slot = 1 + MODE_CHANNEL_EDGES.filter((edge) => pulseUs >= edge).length;
    this.flight.setMode(this.parameters.value(`FLTMODE${slot}`), this.vehicle.body, this.nowMs);
  }

  // --- life

  #newFlight(): Flight {
    const autopilot = this;
    return new Flight({
      world: this.world,
      parameters: this.parameters,
      mission: this.mission,
      channels: this.channels,
      get sinceBootMs() {
        return autopilot.sinceBootMs;
      },
      get remainingMah() {
        return autopilot.remainingMah;
      },
      say: (text, severity) => this.say(text, severity),
      reached: () => this.sendToAll(46),
      modeChanged: () => this.sendToAll(HEARTBEAT),
      homeChanged: () => this.sendToAll(242),
      armedChanged: (armed) => {
        if (armed) this.sendToAll(49);
        else this.#orHold(() => this.#announce('STAT_FLTTIME'));
      },
    });
  }

  scheduleReboot(): void {
    if (this.#down) return;
    this.#down = true;
    this.#at(this.nowMs + REBOOT_AFTER_MS, () => this.reboot());
  }

  /** Restarts the autopilot now. The vehicle under it goes on, without motors until it is armed again. */
  reboot(): void {
    for (const port of this.ports) port.restart();
    this.#boot();
  }

  #boot(): void {
    this.#down = false;
    this.boots += 1;
    this.#bootAtMs = this.nowMs;
    this.#nextEvent = 0;
    this.#later = [];
    this.#held = null;
    this.origin = null;
    this.#chargeAtBootMah = this.vehicle.battery.chargeMah;
    this.parameters.set('STAT_BOOTCNT', this.boots);
    this.mission.restart();
    this.flight = this.#newFlight();
    this.#schedule();
    // In its first second a real one sends each heartbeat twice.
    const first = this.nowMs + bootMs.firstHeartbeat;
    const twice = (): void => {
      for (const port of this.ports) for (let i = 0; i < 2; i += 1) this.sendOne(HEARTBEAT, port);
    };
    this.#at(first, twice);
    this.#at(first + 1_000, () => {
      twice();
      for (const port of this.ports) port.streams.set(HEARTBEAT, HEARTBEAT_US, this.nowMs);
    });
  }

  #schedule(): void {
    const nextOf = (everyMs: number): number => this.#bootAtMs + (Math.floor(this.sinceBootMs / everyMs) + 1) * everyMs;
    this.#timesyncAtMs = nextOf(TIMESYNC_MS);
    this.#statisticsAtMs = nextOf(STATISTICS_MS);
    this.#preArmAtMs = nextOf(PRE_ARM_MS);
  }

  #at(atMs: number, run: () => void): void {
    this.#later.push({ atMs, run });
  }

  /** When something happens next, ms. */
  get nextDueMs(): number {
    let due = Math.min(this.nowMs + IDLE_MS, this.#timesyncAtMs, this.#statisticsAtMs, this.#preArmAtMs);
    const event = bootEvents[this.#nextEvent];
    if (event !== undefined) due = Math.min(due, this.#bootAtMs + event.atMs);
    for (const { atMs } of this.#later) due = Math.min(due, atMs);
    for (const port of this.ports) {
      if (!port.connected) continue;
      due = Math.min(due, port.streams.nextDueMs);
      if (port.listAt !== null) due = Math.min(due, port.listDueMs);
    }
    return Math.max(due, this.nowMs);
  }

  /** Lets time pass up to `toMs`; everything happens at its own moment on the way. */
  advanceTo(toMs: number): void {
    let flushedMs = this.nowMs;
    for (;;) {
      const dueMs = this.nextDueMs;
      if (dueMs > toMs) break;
      this.#fly(dueMs);
      this.nowMs = dueMs;
      this.#fire();
      // In one step of real time all goes out together; over a long stretch each goes at its time.
      if (dueMs - flushedMs >= FLUSH_MS) {
        flushedMs = dueMs;
        for (const port of this.ports) port.flush();
      }
    }
    this.#fly(toMs);
    this.nowMs = Math.max(this.nowMs, toMs);
    for (const port of this.ports) port.flush();
  }

  /** The body moves in steps of its own. */
  #fly(toMs: number): void {
    while (this.vehicle.atMs + STEP_MS <= toMs) {
      const demand = this.flight.step(this.vehicle, this.vehicle.atMs, STEP_MS);
      this.vehicle = stepVehicle(this.vehicle, demand, this.#air);
    }
  }

  #fire(): void {
    const { nowMs } = this;
    const dueLater = this.#later.filter(({ atMs }) => atMs <= nowMs);
    if (dueLater.length > 0) {
      this.#later = this.#later.filter(({ atMs }) => atMs > nowMs);
      for (const { run } of dueLater) run();
    }
    this.#fireBoot();
    this.#firePeriodic();
    const view = this.view();
    for (const port of this.ports) {
      if (this.#down || !port.connected) {
        port.streams.skipTo(nowMs);
        continue;
      }
      port.streams.fire(nowMs, (msgid) => (msgid === 148 ? this.sendOne(msgid, port) : sendById(msgid, view, port)));
      this.#fireList(port);
    }
  }

  #fireBoot(): void {
    for (;;) {
      const event = bootEvents[this.#nextEvent];
      if (event === undefined || this.#bootAtMs + event.atMs > this.nowMs) return;
      this.#nextEvent += 1;
      if ('text' in event) this.say(event.text, event.severity);
      else if ('console' in event) for (const port of this.ports) port.sendConsole(event.console);
      else if ('parameter' in event) this.#announce(event.parameter);
      else this.#setOrigin();
    }
  }

  #setOrigin(): void {
    const { body } = this.vehicle;
    this.origin = { ...offset(this.world, body), altM: this.world.altM + body.upM };
    this.sendToAll(49);
    this.flight.setHome(this.origin);
  }

  #firePeriodic(): void {
    if (this.#timesyncAtMs <= this.nowMs) {
      this.#timesyncAtMs += TIMESYNC_MS;
      for (const port of this.ports) port.send('TIMESYNC', { tc1: 0n, ts1: this.bootNs });
    }
    if (this.#statisticsAtMs <= this.nowMs) {
      this.#statisticsAtMs += STATISTICS_MS;
      this.parameters.set('STAT_RUNTIME', Math.floor(this.sinceBootMs / 1_000));
      this.parameters.set('STAT_FLTTIME', Math.floor(this.flight.flownMs / 1_000));
      if (this.flight.flownMs > 0) this.#announce('STAT_FLTTIME');
      this.#announce('STAT_RUNTIME');
    }
    if (this.#preArmAtMs <= this.nowMs) {
      this.#preArmAtMs += PRE_ARM_MS;
      const fault = this.flight.armed ? null : preArmFault(this.sinceBootMs);
      if (fault !== null) this.say(`PreArm: ${fault}`, MavSeverity.CRITICAL);
    }
  }

  #fireList(port: Port): void {
    if (port.listAt === null || port.listDueMs > this.nowMs) return;
    port.listDueMs = this.nowMs + LIST_MS;
    const until = Math.min(this.parameters.count, port.listAt + Math.ceil((port.parametersPerS * LIST_MS) / 1_000));
    for (; port.listAt < until; port.listAt += 1) {
      const parameter = this.parameters.at(port.listAt);
      if (parameter !== undefined) this.sendParameter(port, parameter, port.listAt);
    }
    if (port.listAt >= this.parameters.count) port.listAt = null;
  }

  #showWind(): void {
    const { wind } = this.vehicle;
    this.parameters.set('SIM_WIND_SPD', wind.speedMS);
    this.parameters.set('SIM_WIND_DIR', wind.fromDeg);
    this.parameters.set('SIM_WIND_TURB', wind.turbulence);
  }

  #takeWind(): void {
    const [speed, from, turbulence] = ['SIM_WIND_SPD', 'SIM_WIND_DIR', 'SIM_WIND_TURB'].map((name) =>
      this.parameters.value(name),
    );
    this.vehicle = { ...this.vehicle, wind: calm(from ?? 0, speed ?? 0, turbulence ?? 0) };
  }
}
