/**
 * The life of the city: a shop orders, people at the pads load and unload, and change packs. They know what anybody could know
 * (the API) and touch what anybody could touch (the drone before them: its simulator).
 */
import { setTimeout as pause } from 'node:timers/promises';
import { randomFrom } from '../kit/seed.ts';
import type { Drone } from '../world.ts';
import { Api } from './api.ts';
import { BASES, CALM, DOORS, ZONES } from './places.ts';

export interface OrderView {
  readonly id: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly words: string | null;
  readonly drone: string | null;
  readonly parcel: string | null;
}

export interface LifeOptions {
  readonly httpUrl: string;
  readonly drones: readonly Drone[];
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  /** Between two orders, s. */
  readonly orderEveryS: number;
}

const LOOK_MS = 1000;
const PARCEL_KG = 0.6;
/** Orders that wait or fly at a time. */
const MAX_OPEN = 4;
/** A pack is changed on the pad when it holds less, %. */
const CHANGE_BELOW_PCT = 45;

export class CityLife {
  readonly #o: LifeOptions;
  readonly api: Api;
  readonly #random;
  readonly #said = new Map<string, string>();
  #paused = false;

  constructor(o: LifeOptions) {
    this.#o = o;
    this.api = new Api(o.httpUrl, o.signal);
    this.#random = randomFrom(o.seed);
  }

  /** Bases, zones and weather, as the people of the city put them. */
  async furnish(): Promise<void> {
    const api = this.api.certain();
    for (const { id, base } of BASES) {
      await api.put(`/bases/${id}`, base);
      await api.put(`/weather/${id}`, CALM);
    }
    for (const { id, zone } of ZONES) await api.put(`/zones/${id}`, zone);
  }

  /** Nobody orders any more, or again. */
  pauseOrders(paused: boolean): void {
    this.#paused = paused;
  }

  /** Until the signal ends it. What fails for a moment (a controller that is down) is tried again. */
  async live(): Promise<void> {
    let nextOrderMs = performance.now() + 5_000;
    while (!this.#o.signal.aborted) {
      try {
        const { orders } = await this.api.get<{ orders: readonly OrderView[] }>('/orders?limit=50');
        const open = orders.filter(({ state }) => state !== 'closed' && state !== 'infeasible');
        for (const order of orders) this.#tell(order);
        for (const order of open) await this.#handle(order);
        await this.#changePacks(open);
        if (!this.#paused && open.length < MAX_OPEN && performance.now() >= nextOrderMs) {
          nextOrderMs = performance.now() + this.#o.orderEveryS * 1000;
          await this.#order();
        }
      } catch (error) {
        if (this.#o.signal.aborted) return;
        // It is down, or busy: the city goes on when it is back.
        if (!(error instanceof TypeError) && !(error instanceof Error)) throw error;
      }
      await pause(LOOK_MS, undefined, { signal: this.#o.signal }).catch(() => {});
    }
  }

  async #order(): Promise<void> {
    const { base } = this.#random.pick(BASES);
    const near = DOORS.filter((door) => metres(door, base.place) < 900);
    const dropOff = this.#random.pick(near.length > 0 ? near : DOORS);
    await this.api.post('/orders', { pickup: base.place, dropOff, payloadKg: PARCEL_KG, issuedBy: 'corner-shop' });
  }

  async #handle({ id, state, drone, parcel }: OrderView): Promise<void> {
    const simulator = this.#o.drones.find((one) => one.id === drone)?.simulator.program;
    if (simulator === undefined) return;
    if (state === 'loading') {
      simulator.tell(`load ${PARCEL_KG}`);
      await this.api.post(`/orders/${id}/loaded`, { issuedBy: 'Kim' });
    }
    if (state === 'unloading' && parcel === 'aboard') {
      simulator.tell('load 0');
      await this.api.post(`/orders/${id}/unloaded`, { issuedBy: 'Kim' });
    }
  }

  async #changePacks(open: readonly OrderView[]): Promise<void> {
    for (const { id, simulator } of this.#o.drones) {
      if (open.some(({ drone }) => drone === id)) continue;
      const seen = await this.api.get<Seen>(`/drones/${id}`).catch(() => null);
      const pct = seen?.kinds.battery?.values.remainingPct ?? 100;
      if (pct < CHANGE_BELOW_PCT && seen?.kinds.status?.values.armed === false)
        simulator.program.tell('fault battery:percent=100');
    }
  }

  #tell({ id, state, outcome, words, drone }: OrderView): void {
    const now = `${state} ${outcome ?? ''}`;
    if (this.#said.get(id) === now) return;
    this.#said.set(id, now);
    const who = drone === null ? '' : ` ${drone}`;
    this.#o.say(`  order …${id.slice(-4)} ${state}${who}${words === null ? '' : `: ${words}`}`);
  }
}

interface Seen {
  readonly kinds: {
    readonly battery?: { readonly values: { readonly remainingPct: number | null } };
    readonly status?: { readonly values: { readonly armed: boolean | null } };
  };
}

function metres(a: { latDeg: number; lonDeg: number }, b: { latDeg: number; lonDeg: number }): number {
  const north = (a.latDeg - b.latDeg) * 111_320;
  return Math.hypot(north, (a.lonDeg - b.lonDeg) * 111_320 * Math.cos((a.latDeg * Math.PI) / 180));
}
