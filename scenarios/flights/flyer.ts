/** A drone with an itinerary: what a person does with it over the controller's API, what is true of it, and its end by kill -9. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeliverItem, Itinerary } from '@skein/protocol/fleet';
import type { InProcessDrone, InProcessWorld } from '../in-process.ts';
import { type Delivery, Operator } from '../kit/operator.ts';
import { until } from '../kit/until.ts';
import { BOOK, kill, revive } from './killing.ts';
import type { OwnProcess } from './own-process.ts';
import { isReady } from './ready.ts';
import { Witness } from './witness.ts';

const M_PER_DEG = 111_320;
const LOOK_MS = 100;
/** Low and near, so that a flight takes seconds. */
const APPROACH_M = 6;

export interface PlanShape {
  /** How far north of its base it delivers. */
  readonly awayM?: number;
  readonly speedMps?: number;
  readonly altM?: number;
  /** Null: nothing is delivered, it flies to the place and comes back. */
  readonly deliver?: Partial<DeliverItem> | null;
}

interface StandView {
  readonly drone: string;
  readonly version: number;
  readonly state: string;
  readonly reason: string | null;
  readonly refusals: readonly {
    readonly item: number | null;
    readonly rule: string;
    readonly value: unknown;
    readonly limit: unknown;
  }[];
  readonly steps: readonly { readonly state: string; readonly reason: string | null }[];
  readonly deliveries: readonly {
    readonly state: string;
    readonly reason: string | null;
    readonly evidence: unknown;
    readonly steps: readonly { readonly state: string }[];
  }[];
}

/** A drone with an itinerary, and the person who has it flown. */
export class Flyer {
  readonly drone: InProcessDrone;
  readonly witness: Witness;
  /** Its agent is a process of its own; what it says of itself is then seen at the controller only. */
  alone: OwnProcess | null = null;
  readonly #world: InProcessWorld;
  readonly #ann: Operator;

  constructor(world: InProcessWorld, index: number) {
    const drone = world.drones[index];
    if (drone === undefined) throw new Error(`no drone ${index}`);
    this.drone = drone;
    this.#world = world;
    this.#ann = new Operator(world.httpUrl);
    this.witness = new Witness(drone.simulator.simulator);
  }

  get id(): string {
    return this.drone.id;
  }

  get #autopilot() {
    return this.drone.simulator.simulator.autopilot;
  }

  get mode(): string {
    return this.#autopilot.flight.mode.name;
  }

  /** The autopilot's own failsafe of its ground link. */
  get groundLinkFailsafe(): boolean {
    return this.#autopilot.flight.failsafes.groundLink.tripped;
  }

  get armed(): boolean {
    return this.#autopilot.flight.armed;
  }

  get upM(): number {
    return this.#autopilot.vehicle.body.upM;
  }

  get speedMps(): number {
    const { northMS, eastMS, upMS } = this.#autopilot.vehicle.body;
    return Math.hypot(northMS, eastMS, upMS);
  }

  get awayM(): number {
    const { northM, eastM } = this.#autopilot.vehicle.body;
    return Math.hypot(northM, eastM);
  }

  get payload() {
    return this.drone.simulator.simulator.payload;
  }

  /** As the drone itself says it stands. */
  get own() {
    return this.drone.agent.status().itinerary;
  }

  get rung(): string {
    return this.drone.agent.status().commanding.ladder.rung;
  }

  plan({ awayM = 30, speedMps = 6, altM = APPROACH_M, deliver = {} }: PlanShape = {}): Itinerary {
    const { latE7, lonE7 } = this.#autopilot.world;
    const [latDeg, lonDeg] = [latE7 / 1e7, lonE7 / 1e7];
    const at = (northM: number) => ({ latDeg: latDeg + northM / M_PER_DEG, lonDeg, altM, frame: 'home' as const });
    const way = { do: 'waypoint' as const, ...at(awayM / 2), speedMps };
    const there: Itinerary['items'] =
      deliver === null
        ? [{ do: 'waypoint', ...at(awayM) }]
        : [
            {
              do: 'deliver',
              ...at(awayM),
              how: 'drop',
              releaseAltM: 4,
              gateS: 40,
              minBatteryPct: 30,
              parcel: `P-${this.id}`,
              ...deliver,
            },
          ];
    const items: Itinerary['items'] = [{ do: 'take-off', altM }, way, ...there, { do: 'return' }];
    return { id: `it-${this.id}`, version: 1, base: { latDeg, lonDeg }, items };
  }

  async #call(path: string, body: unknown): Promise<unknown> {
    const answer = await fetch(`${this.#world.httpUrl}/api/v1/itineraries${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  /** Given to the controller, assigned, and verified by the drone. */
  async given(plan: Itinerary): Promise<void> {
    await this.assigned(plan);
    const { id, version } = plan;
    const isIt = () => this.own.current?.id === id && this.own.current.version === version;
    await this.see(`version ${version} verified`, () => isIt() && this.own.current?.state === 'verified');
  }

  async assigned(plan: Itinerary): Promise<void> {
    await this.#call(`?id=${plan.id}&version=${plan.version}`, plan);
    await this.#call(`/${plan.id}/assign`, { targets: [this.id], issuedBy: 'Ann' });
  }

  /** As the controller shows it. */
  async stand(id = `it-${this.id}`): Promise<StandView> {
    const answer = await fetch(`${this.#world.httpUrl}/api/v1/itineraries/${id}`);
    const { drones } = (await answer.json()) as { readonly drones: readonly StandView[] };
    const stand = drones.filter(({ drone }) => drone === this.id).at(-1);
    if (stand === undefined) throw new Error(`${id} is not assigned to ${this.id}`);
    return stand;
  }

  order(type: string, params: Readonly<Record<string, unknown>> = {}): Promise<Delivery> {
    return this.#ann.order(this.id, type, params);
  }

  /** Once it is ready; asked again, as a person would, while a busy machine keeps its disk, or what speaks for it, waiting too long. */
  async started(tries = 3): Promise<void> {
    await isReady(this);
    const { state, reason } = await this.order('start');
    if (/^(journal-unavailable|not-now)/.test(reason ?? '') && tries > 1) return this.started(tries - 1);
    if (state !== 'succeeded') throw new Error(`${this.id} was not started: ${state} ${reason}`);
  }

  /** Until it is so; the state of the drone is said when it never is. */
  async see(what: string, condition: () => boolean, timeoutMs = 60_000): Promise<number> {
    const seen = () => ({
      mode: this.mode,
      upM: this.upM,
      awayM: this.awayM,
      rung: this.#rungNow(),
      own: this.#ownNow(),
    });
    const { tookMs } = await until(condition, { timeoutMs, everyMs: LOOK_MS, what: `${this.id}: ${what}`, seen });
    return tookMs;
  }

  #rungNow(): string {
    try {
      return this.rung;
    } catch {
      return 'no agent';
    }
  }

  #ownNow(): unknown {
    try {
      return this.own;
    } catch {
      return 'no agent';
    }
  }

  becomes(state: string, timeoutMs = 60_000): Promise<number> {
    return this.see(state, () => this.own.current?.state === state, timeoutMs);
  }

  /** The disk has it as well: a kill from now on forgets nothing of it. */
  kept(text: string): Promise<number> {
    return this.see(`${text} on its disk`, () => readFileSync(join(this.drone.dir, BOOK), 'utf8').includes(text));
  }

  /** The motors stand, at home. */
  landed(timeoutMs = 90_000): Promise<number> {
    return this.see('landed', () => !this.armed && this.upM < 0.5, timeoutMs);
  }

  /** An operator says what became of the parcel; resolves with the HTTP status. */
  async settled(word: 'released' | 'aboard', item = 2): Promise<number> {
    const path = `/it-${this.id}/deliveries/${this.id}/${item}/settle`;
    const answer = await fetch(`${this.#world.httpUrl}/api/v1/itineraries${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ word, issuedBy: 'Ann' }),
    });
    await answer.text();
    return answer.status;
  }

  /** Verified, refused, or not taken by the autopilot: what the controller has heard first. */
  async answered(id: string): Promise<StandView> {
    let stand: StandView | null = null;
    await until(
      async () => {
        stand = await this.stand(id);
        return /verified|refused|failed/.test(stand.state);
      },
      { timeoutMs: 30_000, everyMs: 200, what: `${this.id} to answer for ${id}`, seen: () => stand },
    );
    return this.stand(id);
  }

  /** Height of where it stands over the sea, m. */
  get homeAmslM(): number {
    return this.#autopilot.world.altM;
  }

  /** The controller has heard how it ended. */
  async ended(state: string, timeoutMs = 60_000, id?: string): Promise<StandView> {
    let stand: StandView | null = null;
    const seen = () => stand?.steps.map((step) => `${step.state} ${step.reason ?? ''}`);
    await until(
      async () => {
        stand = await this.stand(id);
        return stand.state === state;
      },
      { timeoutMs, everyMs: 500, what: `${this.id} to have ended ${state}`, seen },
    );
    return this.stand(id);
  }

  /** The controller has heard what became of the parcel; of one never carried off nothing is heard. */
  async parcelIs(state: string, timeoutMs = 20_000): Promise<void> {
    let stand: StandView | null = null;
    await until(
      async () => {
        stand = await this.stand();
        return (stand.deliveries[0]?.state ?? 'aboard') === state;
      },
      { timeoutMs, everyMs: 500, what: `the parcel of ${this.id} to be ${state}`, seen: () => stand?.deliveries[0] },
    );
  }

  /** As kill -9; resolves when it is gone. */
  async killed(): Promise<void> {
    if (this.alone === null) await kill(this.drone);
    else await this.alone.agent.program.kill9();
  }

  async revived(): Promise<void> {
    if (this.alone === null) await revive(this.drone);
    else await this.alone.agent.start();
  }
}
