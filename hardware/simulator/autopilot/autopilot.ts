import { offset, type Place } from '../geo.ts';
import type { Meddler } from '../meddler.ts';
import { boardId } from '../messages/identity.ts';
import { Port, type PortOptions } from '../port.ts';
import { createRandom, type Random } from '../random.ts';
import { route } from '../routing.ts';
import type { Service } from '../service.ts';
import { type Disturbances, undisturbed, withParameters } from '../vehicle/disturbances.ts';
import { believed, createVehicle, findPlace, STEP_MS, stepVehicle, type Vehicle } from '../vehicle/vehicle.ts';
import { BOOTED_MS, bootMs } from './boot.ts';
import { type Cargo, cargoOf } from './cargo.ts';
import { circuit } from './circuit.ts';
import { Flight } from './flight.ts';
import { hostOf } from './flightHost.ts';
import { GroundCrew } from './groundCrew.ts';
import { itemLists } from './itemLists.ts';
import { Mission } from './mission.ts';
import { modeSlot } from './modes.ts';
import type { AutopilotOptions } from './options.ts';
import { Parameters } from './parameters.ts';
import { scheduleBoot, schedulePeriodic } from './routine.ts';
import { Schedule } from './schedule.ts';
import type { Sequence } from './sequence.ts';
import { firstValues, startInFlight } from './start.ts';
import { type View, viewOf } from './view.ts';
import { Voice } from './voice.ts';
import { showWind, windOf } from './weather.ts';

const HEARTBEAT = 0;
const HEARTBEAT_US = 1_000_000;
const GPS_GLOBAL_ORIGIN = 49;
const REBOOT_AFTER_MS = 200;
/** Even with nothing to send, the flight goes on. */
const IDLE_MS = 100;
const FLUSH_MS = 20;

/** One simulated flight controller and the vehicle under it, in virtual time: nothing happens but by `advanceTo` and `receive`. */
export class Autopilot {
  nowMs = 0;
  vehicle: Vehicle;
  readonly parameters: Parameters;
  readonly mission = new Mission();
  readonly lists = itemLists(this);
  readonly ports: Port[] = [];
  /** Faults of the lines. */
  readonly meddlers = new Set<Meddler>();
  /** What answers messages of its own: files, logs. */
  readonly services: Service[] = [];
  /** Reasons against arming besides the autopilot's own checks, in its words (`Downloading logs`); null: none. */
  readonly armingBlocks = new Set<() => string | null>();
  /** What is wrong with the aircraft and the sky, as behaviours set it; `troubles` adds the SIM_ parameters. */
  readonly disturbances: Disturbances = undisturbed();
  readonly voice: Voice;
  /** Stick and switch positions; the mode switch stands on channel FLTMODE_CH. */
  readonly channels: number[] = [1_500, 1_500, 1_000, 1_500, 1_800, 1_000, 1_000, 1_800];
  readonly banner: readonly string[];
  readonly world: Place;
  flight: Flight;
  cargo: Cargo;
  /** Null: an ArduPilot. */
  sequence: Sequence | null = null;
  /** Of the local frame; null until the estimator has one. */
  origin: Place | null = null;
  boots = 0;
  #bootAtMs = 0;
  #down = false;
  /** Charge when the count began: at boot, or with a new pack. */
  #countedFromMah: number;
  readonly #crew: GroundCrew | null;
  readonly #schedule = new Schedule();
  readonly #options: AutopilotOptions;
  readonly #air: Random;
  readonly #noise: Random;

  constructor(options: AutopilotOptions) {
    this.#options = options;
    const random = createRandom(options.seed);
    this.banner = ['ArduCopter V4.7.0-dev (skeinsim)', boardId(options.seed), 'Frame: QUAD/X'];
    this.world = options.home;
    this.#air = random.fork('air');
    this.#noise = random.fork('noise');
    this.parameters = new Parameters({
      values: firstValues(options),
      olderNames: options.olderNames ?? false,
    });
    this.voice = new Voice({
      ports: this.ports,
      parameters: this.parameters,
      view: () => this.view(),
    });
    const charge = options.start === 'airborne' ? random.fork('charge').between(0.72, 0.97) : 0.99;
    const capacityMah = this.parameters.value('BATT_CAPACITY');
    this.vehicle = createVehicle({ random: random.fork('vehicle'), capacityMah, charge });
    showWind(this.parameters, this.vehicle.wind);
    this.#countedFromMah = this.vehicle.battery.chargeMah;
    this.cargo = cargoOf(this);
    this.flight = new Flight(hostOf(this));
    this.#crew = options.start === 'airborne' ? new GroundCrew() : null;
    if (options.start === 'cold') this.#boot();
    else this.#startBooted(options.start, random);
  }

  /** It was switched on long ago: all of the boot is behind it, and the pack was full then. */
  #startBooted(start: 'ready' | 'airborne', random: Random): void {
    const { home } = this.#options;
    this.#bootAtMs = -(BOOTED_MS + random.fork('boot').between(20_000, 400_000));
    this.boots = 1;
    this.#countedFromMah = this.vehicle.battery.capacityMah;
    this.origin = home;
    this.flight.setHome(home);
    schedulePeriodic(this, this.#schedule);
    this.mission.items = circuit(home, random.fork('circuit'));
    this.parameters.set('MIS_TOTAL', this.mission.items.length);
    if (start === 'airborne') {
      this.vehicle = startInFlight(this.vehicle, this.flight, this.mission, random.fork('place'));
    }
  }

  get sysid(): number {
    return this.parameters.value('MAV_SYSID');
  }

  get sinceBootMs(): number {
    return this.nowMs - this.#bootAtMs;
  }

  /** As TIMESYNC tells it: the system id stands in the last digits. */
  get bootNs(): bigint {
    return BigInt(Math.floor(this.sinceBootMs * 1_000)) * 1_000n + BigInt(this.sysid);
  }

  get consumedMah(): number {
    return this.#countedFromMah - this.vehicle.battery.chargeMah;
  }

  get remainingMah(): number {
    return this.vehicle.battery.capacityMah - this.consumedMah;
  }

  /** All that is wrong at this moment with the aircraft and the sky. */
  get troubles(): Readonly<Disturbances> {
    return withParameters(this.disturbances, (name) => this.parameters.get(name)?.value ?? 0);
  }

  view(): View {
    return viewOf(this, { noise: this.#noise, ...this.#options });
  }

  // --- ports

  attach(options: PortOptions): Port {
    const port = new Port(options, {
      autopilot: this,
      onFrame: (from, frame, message) => {
        if (!this.#down) route(this, from, frame, message);
      },
      onSent: (frame) => this.#options.onSent(frame),
    });
    this.ports.push(port);
    if (this.sinceBootMs >= bootMs.firstHeartbeat) port.streams.set(HEARTBEAT, HEARTBEAT_US, this.nowMs);
    return port;
  }

  detach(port: Port): void {
    const at = this.ports.indexOf(port);
    if (at >= 0) this.ports.splice(at, 1);
    port.connected = false;
  }

  // --- what is done to it

  /** Another charge in the pack (0–1), known to the autopilot. */
  setCharge(fraction: number): void {
    const { battery } = this.vehicle;
    this.#countedFromMah = battery.capacityMah;
    this.vehicle = { ...this.vehicle, battery: { ...battery, chargeMah: battery.capacityMah * fraction } };
  }

  /** The time since boot jumps: on a real one a fault of its clock. */
  jumpBootClock(ms: number): void {
    this.#bootAtMs -= ms;
  }

  /** Unknown names and what is no number get no answer at all. */
  setParameter(name: string, value: number): void {
    const parameter = this.parameters.setTold(name, value);
    if (parameter === undefined) return;
    if (parameter.name.startsWith('SIM_WIND_')) this.vehicle = { ...this.vehicle, wind: windOf(this.parameters) };
    this.voice.announce(parameter);
  }

  /** A heartbeat of somebody else came in: those of the ground station's system feed its failsafe. */
  heardHeartbeat(sysid: number): void {
    if (sysid === this.parameters.value('MAV_GCS_SYSID')) this.flight.failsafes.groundLink.heard(this.nowMs);
  }

  /** What a command begins and takes its time for; a reboot ends it. */
  later(ms: number, run: () => void): void {
    this.#schedule.once(this.nowMs + ms, run);
  }

  /** The pilot moves a stick or switch: channel from 1, pulse width in µs. A move of the mode switch sets its mode. */
  setChannel(channel: number, pulseUs: number): void {
    this.channels[channel - 1] = pulseUs;
    if (channel !== this.parameters.value('FLTMODE_CH')) return;
    this.flight.setMode(this.parameters.value(`FLTMODE${modeSlot(pulseUs)}`), this.vehicle.body, this.nowMs);
  }

  /** Down in 0.2 s: until then silence. */
  scheduleReboot(): void {
    if (this.#down) return;
    this.#down = true;
    this.#schedule.once(this.nowMs + REBOOT_AFTER_MS, () => this.reboot());
  }

  /** Restarts the autopilot now. The vehicle under it goes on, without motors until it is armed again. */
  reboot(): void {
    for (const port of this.ports) port.restart();
    for (const service of this.services) service.restart();
    this.#boot();
  }

  #boot(): void {
    this.#down = false;
    this.boots += 1;
    this.#bootAtMs = this.nowMs;
    this.origin = null;
    this.#countedFromMah = this.vehicle.battery.chargeMah;
    this.parameters.set('STAT_BOOTCNT', this.boots);
    this.mission.restart();
    this.cargo = cargoOf(this);
    this.flight = new Flight(hostOf(this));
    this.#schedule.clear();
    schedulePeriodic(this, this.#schedule);
    scheduleBoot(this, this.#schedule);
  }

  /** The estimator has found where it is; home is there until it is armed. */
  setOrigin(): void {
    this.vehicle = findPlace(this.vehicle);
    const { body } = believed(this.vehicle, this.troubles);
    this.origin = { ...offset(this.world, body), altM: this.world.altM + body.upM };
    this.voice.sendToAll(GPS_GLOBAL_ORIGIN);
    this.flight.setHome(this.origin);
  }

  /** When something happens next, ms. */
  get nextDueMs(): number {
    let due = Math.min(this.nowMs + IDLE_MS, this.#schedule.nextDueMs);
    for (const port of this.ports) {
      due = Math.min(due, port.nextDueMs);
      // On the way down nothing is sent, so nothing of a port's is due.
      if (this.#down || !port.connected) continue;
      due = Math.min(due, port.streams.nextDueMs);
      if (port.listAt !== null) due = Math.min(due, port.listDueMs);
    }
    if (!this.#down) for (const service of this.services) due = Math.min(due, service.nextDueMs);
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
      for (const port of this.ports) port.tick(dueMs);
      if (!this.#down) for (const service of this.services) service.tick(dueMs);
      this.#schedule.fire(dueMs);
      this.voice.stream(dueMs, this.#down);
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
    if (this.vehicle.atMs + STEP_MS > toMs) return;
    const { troubles } = this;
    const { transmitterOn } = troubles;
    while (this.vehicle.atMs + STEP_MS <= toMs) {
      const demand = this.flight.step(believed(this.vehicle, troubles), this.vehicle.atMs, STEP_MS, transmitterOn);
      this.cargo.step(this.vehicle.atMs, this.vehicle.payload.lineM);
      this.vehicle = stepVehicle(this.vehicle, demand, this.#air, troubles, this.cargo.orders);
      this.#crew?.step(this.vehicle, this.flight, this.vehicle.atMs, (battery) => {
        this.vehicle = { ...this.vehicle, battery };
        this.#countedFromMah = battery.chargeMah;
        this.flight.failsafes.battery.reset();
      });
    }
  }
}
