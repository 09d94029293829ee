/** Where the flights with itineraries are flown: one drone, its pilot with a line of his own, and an operator. */
import type { DroneEntry } from '../../controller/live/messages.ts';
import type { DeliverItem, Itinerary } from '../../protocol/fleet/index.ts';
import type { Agent } from '../kit/agent.ts';
import { getJson } from '../kit/http.ts';
import { type Delivery, Operator } from '../kit/operator.ts';
import { until } from '../kit/until.ts';
import type { ModeName } from './makes.ts';
import { Pilot } from './pilot.ts';
import { apartM, type Place, planOf, type Round, Rounds, roundWords } from './rounds.ts';
import type { Steps } from './steps.ts';

export interface SiteOptions {
  readonly drone: string;
  readonly httpUrl: string;
  /** The pilot's own line. */
  readonly pilotUrl: string;
  readonly steps: Steps;
  readonly controller: { stop(): Promise<unknown>; start(): Promise<void> };
  readonly agent: Agent;
  readonly altM: number;
  /** How long hold is watched, ms. */
  readonly watchMs: number;
  readonly armableWithinMs: number;
}

export interface Leg {
  readonly awayM: number;
  readonly speedMps: number;
  readonly deliver?: Partial<DeliverItem> | null;
  readonly rallyM?: number;
}

/** Of the plans in rounds.ts. */
const DELIVERED_ITEM = 2;
const FLOWN_WITHIN_MS = 240_000;

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
export const told = ({ state, reason, detail }: Delivery): string =>
  `${state} (${reason})${detail === null || Object.keys(detail).length === 0 ? '' : ` ${JSON.stringify(detail)}`}`;

export class Site {
  readonly o: SiteOptions;
  readonly steps: Steps;
  readonly pilot: Pilot;
  readonly rounds: Rounds;
  readonly #ann: Operator;

  constructor(o: SiteOptions) {
    this.o = o;
    this.steps = o.steps;
    this.pilot = new Pilot(o.pilotUrl);
    this.rounds = new Rounds(o.httpUrl, o.drone);
    this.#ann = new Operator(o.httpUrl, 'Ann');
  }

  get place(): Place {
    const { latDeg, lonDeg } = this.pilot.seen;
    return { latDeg, lonDeg };
  }

  entry(): Promise<DroneEntry> {
    return getJson<DroneEntry>(`${this.o.httpUrl}/api/v1/drones/${this.o.drone}`);
  }

  /** From where it stands now. */
  plan(id: string, { awayM, speedMps, deliver = null, rallyM }: Leg): Itinerary {
    const shape = { id, base: this.place, altM: this.o.altM, awayM, speedMps, deliver };
    return planOf(rallyM === undefined ? shape : { ...shape, rallyM });
  }

  async succeeds(type: string, params: Readonly<Record<string, unknown>> = {}): Promise<Delivery> {
    const delivery = await this.#ann.order(this.o.drone, type, params);
    if (delivery.state !== 'succeeded') throw new Error(`${type}: ${told(delivery)}`);
    return delivery;
  }

  async refused(why: RegExp, type: string, params: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const delivery = await this.#ann.order(this.o.drone, type, params);
    if (delivery.state !== 'rejected' || !why.test(delivery.reason ?? ''))
      throw new Error(`${type}: ${told(delivery)}`);
    return told(delivery);
  }

  /** The pre-flight list has no stop. */
  async fit(): Promise<number> {
    interface Preflight {
      readonly items: readonly { readonly item: string; readonly verdict: string; readonly words: string }[];
    }
    let stops: readonly string[] = [];
    const { tookMs } = await until(
      async () => {
        const { items } = await getJson<Preflight>(`${this.o.httpUrl}/api/v1/drones/${this.o.drone}/preflight`);
        stops = items.flatMap(({ item, verdict, words }) => (verdict === 'stop' ? [`${item}: ${words}`] : []));
        return items.length > 0 && stops.length === 0;
      },
      { timeoutMs: this.o.armableWithinMs, everyMs: 500, what: 'a pre-flight list without a stop', seen: () => stops },
    );
    return tookMs;
  }

  /** Given, verified, fit, started, and so far away. */
  async sends(id: string, leg: Leg, m: number): Promise<string> {
    await this.rounds.give(this.plan(id, leg));
    const { tookMs: verifiedMs } = await this.rounds.becomes(id, 'verified', 90_000);
    return `verified after ${seconds(verifiedMs)}, ${await this.starts(m)}`;
  }

  async starts(m: number): Promise<string> {
    const fitMs = await this.fit();
    const from = this.place;
    // GUIDED takes a position estimate that the pre-arm checks of STABILIZE do not ask for.
    const { value, tookMs } = await until(
      async () => {
        const delivery = await this.#ann.order(this.o.drone, 'start');
        if (delivery.state === 'succeeded') return delivery;
        if (!/Need Position Estimate/.test(delivery.reason ?? '')) throw new Error(`start: ${told(delivery)}`);
        return null;
      },
      { timeoutMs: this.o.armableWithinMs, everyMs: 3_000, what: 'a start' },
    );
    const began = performance.now();
    await this.away(from, m);
    const words = `fit after ${seconds(fitMs)}, start ${told(value)} within ${seconds(tookMs)}`;
    return `${words}, ${m} m away ${seconds(performance.now() - began)} later`;
  }

  async away(from: Place, m: number): Promise<void> {
    await until(() => this.pilot.isIn('auto') && apartM(this.place, from) > m, {
      timeoutMs: 90_000,
      what: `${m} m on its way in its mission`,
      seen: () => this.pilot.seen,
    });
  }

  /** Fastest, m/s, and most up or down, m, within a while. */
  async watch(ms: number): Promise<string> {
    const began = performance.now();
    const { altRelM } = this.pilot.seen;
    let [fastestMps, offM] = [0, 0];
    const looked = (): boolean => {
      fastestMps = Math.max(fastestMps, this.pilot.seen.speedMps);
      offM = Math.max(offM, Math.abs(this.pilot.seen.altRelM - altRelM));
      return performance.now() - began > ms;
    };
    await until(looked, { timeoutMs: ms * 3, everyMs: 100, what: 'the time to pass' });
    const words = `at most ${fastestMps.toFixed(2)} m/s and ${offM.toFixed(2)} m up or down in ${seconds(ms)}`;
    if (fastestMps > 1 || offM > 1) throw new Error(`it moves: ${words}`);
    return words;
  }

  async mode(name: ModeName, withinMs: number): Promise<number> {
    const { tookMs } = await until(() => this.pilot.isIn(name), {
      timeoutMs: withinMs,
      everyMs: 20,
      what: `mode ${name}`,
      seen: () => [this.pilot.seen.mode, ...this.pilot.texts.slice(-3)],
    });
    return tookMs;
  }

  async landed(): Promise<number> {
    const { tookMs } = await until(() => !this.pilot.seen.armed, {
      timeoutMs: FLOWN_WITHIN_MS,
      what: 'it to land and disarm',
      seen: () => this.pilot.seen,
    });
    return tookMs;
  }

  /** How it ended, with its parcel. */
  async ended(id: string, state: string, why: RegExp, parcel: string | null): Promise<string> {
    const isSo = (round: Round): boolean =>
      round.state === state &&
      why.test(round.reason ?? '') &&
      (parcel === null || (round.deliveries[0]?.state ?? 'aboard') === parcel);
    const { round } = await this.rounds.is(id, `${state}, ${why}, parcel ${parcel}`, isSo, FLOWN_WITHIN_MS);
    const [had] = round.deliveries;
    const words = parcel === null ? '' : `; parcel ${had === undefined ? 'aboard' : roundWords(had)}`;
    return `${roundWords(round)}${words}`;
  }

  /** An operator's word on the parcel; until it is said the drone answers for it and takes no other. */
  async settled(id: string, word: 'released' | 'aboard'): Promise<string> {
    await this.rounds.settle(id, DELIVERED_ITEM, word);
    // The drone's own word: what the controller has written down it may not have heard yet.
    const isSettled = ({ deliveries }: Round): boolean =>
      deliveries[0]?.steps.some(({ state, by }) => state === 'settled' && by === 'drone') === true;
    await this.rounds.is(id, 'settled', isSettled, 30_000);
    return `settled: ${word}`;
  }

  /** The failsafe of the ground link was said since this many texts. */
  failsafeSaid(since: number): boolean {
    return this.pilot.failsafeSince(since) !== undefined;
  }

  /** The controller goes away; it is back when this is called. */
  async controllerBack(): Promise<void> {
    await this.o.controller.start();
    await until(async () => (await this.entry()).freshness.state === 'fresh', {
      timeoutMs: 60_000,
      what: 'fresh data at the controller that is back',
    });
  }

  async close(): Promise<void> {
    await this.pilot.land().catch((error: unknown) => console.error(String(error)));
    await this.pilot.close();
  }
}
