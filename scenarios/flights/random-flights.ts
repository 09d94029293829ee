/**
 * Random flights of one drone and its controller in virtual time: itineraries given in every order, flown, held, skipped,
 * aborted, taken back; and everything that may go wrong meanwhile. What must hold is judged by flight-truth.ts, in every run.
 */
import { createRandom, type Random } from '@skein/hardware/simulator';
import {
  type DeliverItem,
  type Itinerary,
  type ItineraryState,
  isItineraryOver,
  isUnderWay,
} from '@skein/protocol/fleet';
import { formatUtc } from '@skein/protocol/time';
import type { FlightMutation } from './flight-mutations.ts';
import { HOME } from './flown.ts';
import { misfortunes } from './misfortunes.ts';
import { drawPlot, type Plot } from './plots.ts';
import { Stranger } from './stranger.ts';
import { VirtualController } from './virtual-controller.ts';
import { VirtualFlight } from './virtual-flight.ts';
import { planned, unsound } from './virtual-plans.ts';

const STORY_MS = 150_000;
/** Long enough for two deliveries. */
const LONG_STORY_MS = 270_000;
/** Then everything is well again, and everything has ended long before. */
const CALM_MS = 210_000;
/** By then a return from anywhere here is over. */
const LAND_AFTER_MS = 90_000;
const LEASE_MS = 15_000;
const TURN_MS = 1_000;
const STRIDE_MS = 100;
const LOAD_KG = 0.6;

export interface FlightRun {
  readonly seed: number;
  readonly virtualS: number;
  readonly counts: Readonly<Record<string, number>>;
  /** Words for what must not be; empty when all holds. */
  readonly wrong: readonly string[];
}

/** One life, from its seed. */
export async function randomFlight(seed: number, mutation?: FlightMutation): Promise<FlightRun> {
  const random = createRandom(seed);
  const life = new Life(seed, random, mutation);
  await life.run();
  return life.result();
}

class Life {
  readonly #seed: number;
  readonly #random: Random;
  readonly flight: VirtualFlight;
  readonly #stranger: Stranger;
  readonly #controller: VirtualController;
  readonly #beginMs: number;
  readonly #plans: { readonly atMs: number; readonly run: () => void }[] = [];
  #connected = true;
  #calm = false;
  #ids = 0;
  readonly #versions = new Map<string, number>();
  #first = new Map<string, Itinerary>();
  #turnMs = 0;
  readonly #plot: Plot;
  readonly #storyMs: number;

  constructor(seed: number, random: Random, mutation?: FlightMutation) {
    this.#seed = seed;
    this.#random = random;
    const quiet = this.#chance(0.3);
    this.flight = new VirtualFlight({
      seed,
      random: random.fork('flight'),
      flavour: this.#chance(0.65) ? 'ardupilot' : 'px4',
      carries: this.#chance(0.5) ? 'winch' : 'gripper',
      loss: quiet ? 0 : this.#pick([0, 0, 0.01, 0.05, 0.1]),
      delayMs: this.#pick([0, 0, 0, 60, 300]),
      bookSlow: this.#chance(0.2) ? 0.1 : 0,
      bookFails: this.#chance(0.15) ? 0.05 : 0,
      bookTears: this.#chance(0.15) ? 0.3 : 0,
      ...(mutation === undefined ? {} : { mutation }),
    });
    this.#beginMs = this.flight.nowMs;
    this.#controller = new VirtualController(this.flight, random.fork('controller'), seed);
    this.#stranger = new Stranger(this.flight.simulator, () => this.flight.truth.foreign());
    this.#plot = quiet ? null : drawPlot(random.fork('plot'));
    this.#storyMs = this.#plot === 'once-more' || this.#plot === 'versions' ? LONG_STORY_MS : STORY_MS;
    misfortunes({
      plot: this.#plot,
      flight: this.flight,
      stranger: this.#stranger,
      random: random.fork('misfortunes'),
      quiet,
      at: (atMs, run) => this.#plans.push({ atMs: this.#beginMs + atMs, run }),
      storyMs: this.#storyMs,
      disconnect: (ms) => {
        this.#connected = false;
        this.#plans.push({ atMs: this.flight.nowMs + ms, run: () => (this.#connected = true) });
      },
    });
  }

  #chance(share: number): boolean {
    return this.#random.next() < share;
  }

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random.next() * list.length)] as T;
  }

  async run(): Promise<void> {
    const { flight } = this;
    flight.leaseUntilMs = flight.nowMs + LEASE_MS;
    flight.start();
    while (!this.#isOver() && flight.truth.wrong.length === 0) {
      const nowMs = flight.nowMs - this.#beginMs;
      if (!this.#calm && nowMs >= this.#storyMs) this.#calmDown();
      this.#runDue();
      if (this.#connected) {
        flight.leaseUntilMs = flight.nowMs + LEASE_MS;
        if (flight.session !== null) this.#controller.send();
      }
      if (flight.nowMs - this.#turnMs >= TURN_MS) {
        this.#turnMs = flight.nowMs;
        if (this.#connected && flight.session !== null) this.#turn();
      }
      await flight.pass(STRIDE_MS);
    }
    flight.truth.parcels.ended(flight.book.text);
    flight.close();
  }

  #runDue(): void {
    for (const one of this.#plans.filter(({ atMs }) => atMs <= this.flight.nowMs)) {
      this.#plans.splice(this.#plans.indexOf(one), 1);
      one.run();
    }
  }

  #calmDown(): void {
    const { flight } = this;
    this.#calm = true;
    for (const one of this.#plans.splice(0)) one.run();
    flight.simulator.clear();
    flight.blind = null;
    flight.line.muteUntilMs = 0;
    this.#connected = true;
    this.#controller.wanted = null;
    if (flight.session === null) flight.start();
  }

  get #state(): ItineraryState | null {
    return (this.flight.current?.state ?? null) as ItineraryState | null;
  }

  #isOver(): boolean {
    const { flight } = this;
    const sinceMs = flight.nowMs - this.#beginMs;
    if (sinceMs >= this.#storyMs + CALM_MS) return true;
    if (!this.#calm || sinceMs < this.#storyMs + 12_000 || flight.isArmed) return false;
    const state = this.#state;
    return this.#controller.open.length === 0 && (state === null || !isUnderWay(state)) && this.#unsaid().length === 0;
  }

  /** Parcels that hang between states. */
  #unsaid(): readonly string[] {
    return [...this.flight.parcels.values()]
      .filter(({ state }) => state === 'releasing' || state === 'at-gate')
      .map(({ itinerary, item, state }) => `${itinerary}/${item} ${state}`);
  }

  #plan(id: string): void {
    const version = (this.#versions.get(id) ?? 0) + 1;
    this.#versions.set(id, version);
    const hows: readonly (DeliverItem['how'] | null)[] =
      this.flight.o.carries === 'winch' ? ['winch', 'winch', null] : ['place', 'gripper', 'drop', null];
    const utc = (inS: number): string => formatUtc(this.flight.utcUs + inS * 1e6);
    const made = planned(this.#random, { id, version, how: this.#pick(hows), utc });
    if (version === 1) this.#first.set(id, made);
    const isSound = !this.#chance(0.08);
    this.#controller.want(id, version, isSound ? made : unsound(this.#random, made), isSound);
  }

  /** What an operator does in this second. */
  #turn(): void {
    const { flight } = this;
    const state = this.#state;
    if (this.#calm) {
      this.#bringHome();
      return;
    }
    if (state === null || isItineraryOver(state)) {
      if (!flight.isArmed && this.#chance(0.4)) this.#next();
      else if (flight.isArmed && this.#chance(0.2)) this.#controller.issue('return');
    } else if (isUnderWay(state)) this.#meddle(state);
    else if (state === 'verified') {
      // Nobody may be there to start it.
      if (this.#chance(this.#plot === 'stranger-while-verified' ? 0.03 : 0.35)) this.#controller.issue('start');
      else if (this.#chance(this.#plot === 'versions' ? 0.5 : 0.06)) this.#confuse();
    } else if (this.#chance(0.08)) this.#again();
  }

  /** Parcels that somebody must say a word on, or the next itinerary. */
  #next(): void {
    const { flight } = this;
    const held = [...flight.parcels.values()].filter(({ state }) => state !== 'released' && state !== 'settled');
    const [first] = held;
    if (flight.custody === 'unknown') {
      this.#controller.issue('settle', { itinerary: 'any', item: 0, released: false });
      return;
    }
    // Now and then the same one is tried again instead: a new version of what was flown.
    if (this.#chance(this.#plot === 'once-more' ? 0.8 : 0.25) && this.#ids > 0) {
      this.#plan(`it-${this.#ids}`);
      return;
    }
    if (first !== undefined) {
      const released = flight.truth.parcels.isGone(`${first.itinerary}/${first.item}`);
      this.#controller.issue('settle', { itinerary: first.itinerary, item: first.item, released });
      return;
    }
    // Who looks after what did not go as planned puts it on anew, and the gripper round it; not everybody does.
    if (!flight.simulator.payload.onBoard || this.#chance(0.5)) flight.people.load(LOAD_KG);
    this.#plan(`it-${++this.#ids}`);
  }

  #again(): void {
    const now = this.flight.current;
    if (now !== null && this.#controller.wanted?.id === now.id) this.#controller.again();
  }

  /** Versions up and down, other ids, taken back. */
  #confuse(): void {
    const now = this.flight.current;
    if (now === null) return;
    const first = this.#first.get(now.id);
    const what = this.#random.next();
    if (what < 0.3) this.#plan(now.id);
    else if (what < (this.#plot === 'versions' ? 0.8 : 0.5) && first !== undefined && now.version > 1)
      this.#controller.want(now.id, 1, first);
    else if (what < 0.7) this.#plan(`it-${++this.#ids}`);
    else this.#controller.takeBack(now.id, now.version);
  }

  #meddle(state: ItineraryState): void {
    if (state === 'held') {
      const far = { latDeg: HOME.latDeg + 2e-4, lonDeg: HOME.lonDeg, altRelM: 15 };
      if (this.#chance(0.25)) this.#controller.issue('resume');
      else if (this.#chance(0.05)) this.#controller.issue('goto', far);
      else if (this.#chance(0.03)) this.#controller.issue('return');
    } else if (state === 'interrupted') {
      if (this.#chance(0.15)) this.#controller.issue('resume', { takeControl: true });
      else if (this.#chance(0.05)) this.#controller.issue(this.#pick(['return', 'land', 'hold']));
    } else if (this.#chance(0.025)) this.#controller.issue('hold');
    else if (this.#chance(0.01)) this.#controller.issue('skip');
    else if (this.#chance(0.006)) this.#controller.issue(this.#pick(['abort', 'return', 'land']));
    if (this.#chance(0.01)) this.#confuse();
  }

  #bringHome(): void {
    const { flight } = this;
    const state = this.#state;
    const sinceMs = flight.nowMs - this.#beginMs - this.#storyMs;
    if (flight.isArmed) this.#controller.issue(sinceMs < LAND_AFTER_MS ? 'return' : 'land');
    else if (state === 'interrupted' && this.#chance(0.1)) this.#controller.issue('abort');
  }

  result(): FlightRun {
    const { flight } = this;
    const state = this.#state;
    const wrong = [
      ...flight.truth.wrong,
      ...(flight.truth.wrong.length > 0
        ? []
        : [
            ...this.#controller.open.map((type) => `${type} has no end`),
            ...this.#unsaid(),
            ...(flight.isArmed ? ['it never came down'] : []),
            ...(state !== null && isUnderWay(state) && !flight.isArmed
              ? [`the itinerary is ${state} on the ground`]
              : []),
          ]),
    ];
    const counts: Record<string, number> = {
      flights: flight.truth.starts,
      releases: flight.truth.jumps,
      parcelsGone: flight.simulator.payload.releases,
      commands: this.#controller.commands,
    };
    for (const { state: said } of flight.stands) {
      const over = isItineraryOver(said as ItineraryState) || said === 'verified';
      if (over) counts[said] = (counts[said] ?? 0) + 1;
    }
    for (const { state: said } of flight.parcels.values()) {
      counts[`parcel ${said}`] = (counts[`parcel ${said}`] ?? 0) + 1;
    }
    return { seed: this.#seed, virtualS: Math.round((flight.nowMs - this.#beginMs) / 1000), counts, wrong };
  }
}
