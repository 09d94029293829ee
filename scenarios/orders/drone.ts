/**
 * A drone as orders meet it: it takes plans, starts, flies, releases and lands by itself, and says so when it can be heard. It
 * knows what is physically aboard; nobody else does.
 */

import type { Itinerary, Place } from '@skein/protocol/fleet';
import type { StandState } from '../../controller/orders/ports.ts';
import type { Random } from '../kit/seed.ts';
import { Flight, type Way } from './course.ts';
import type { Ground, Heard } from './ground.ts';
import type { Luck } from './luck.ts';

export interface Said {
  readonly itinerary: string;
  readonly version: number;
  readonly state: StandState;
  readonly words: string | null;
  readonly parcel: string | null;
}

type Phase =
  | 'idle'
  | 'uploading'
  | 'verified'
  | 'flying'
  | 'at-gate'
  | 'releasing'
  | 'returning'
  | 'interrupted'
  | 'held';

interface Task {
  readonly itinerary: Itinerary;
  phase: Phase;
  untilS: number;
  parcel: string | null;
  /** Where it lands. */
  to: string | null;
  readonly delivers: boolean;
  /** null: on the ground, or over ground that is not known. */
  flight: Flight | null;
}

export interface DroneOptions {
  readonly random: Random;
  readonly luck: Luck;
  readonly released: Released;
  readonly ground?: Ground | null;
}

type Released = (drone: VirtualDrone, order: string, itinerary: string) => void;

/** What it said longer ago says nothing of now, s. */
const FRESH_S = 3;
/** Its samples come so much after its presence, s. */
const SAMPLES_S = 2;

export class VirtualDrone {
  readonly id: string;
  /** Where it stands; null: in the air, or in a field. */
  base: string | null;
  /** Of that base, where those are known. */
  pad: string | null = null;
  heard: Heard | null = null;
  inAir = false;
  crashed = false;
  /** It can be heard, and hears. */
  linked = true;
  lastHeardS = 0;
  /** After an outage: its presence comes before its samples do. */
  backS = Number.NEGATIVE_INFINITY;
  /** Order whose parcel is physically aboard. */
  aboard: string | null = null;
  task: Task | null = null;
  /** What it has said and nobody heard yet. */
  readonly outbox: Said[] = [];
  /** Itineraries it never flies (any more). */
  readonly over = new Set<string>();
  readonly #random: Random;
  readonly #luck: Luck;
  /** Something physical happens. */
  readonly #released: Released;
  readonly #ground: Ground | null;

  constructor(id: string, base: string | null, o: DroneOptions) {
    this.#ground = o.ground ?? null;
    this.id = id;
    this.base = base;
    this.#random = o.random;
    this.#luck = o.luck;
    this.#released = o.released;
  }

  get armed(): boolean {
    return this.inAir;
  }

  take(itinerary: Itinerary, nowS: number): void {
    const key = keyOf(itinerary);
    if (this.crashed || this.over.has(key) || this.over.has(itinerary.id)) return;
    const { task } = this;
    if (task !== null && keyOf(task.itinerary) === key) {
      this.#say(task);
      return;
    }
    const isBusy = task !== null && this.inAir;
    if (isBusy || this.#chance(this.#luck.refuses)) {
      this.#refuse(itinerary, isBusy ? 'other-active' : 'bad-itinerary');
      return;
    }
    if (task !== null) this.#end(task, 'replaced', null);
    const last = itinerary.items.at(-1);
    const to = last?.do === 'land' ? `base-${last.latDeg}` : this.base;
    const delivers = itinerary.items.some((one) => one.do === 'deliver');
    this.task = {
      itinerary,
      phase: 'uploading',
      untilS: nowS + this.#random.between(1, 20),
      parcel: null,
      ...{ to, delivers, flight: null },
    };
    this.#say(this.task);
  }

  /** Assigned once more: looked at again. */
  again(itinerary: Itinerary, nowS: number): void {
    if (this.task !== null && keyOf(this.task.itinerary) === keyOf(itinerary) && !this.inAir) {
      this.task.phase = 'uploading';
      this.task.untilS = nowS + this.#random.between(1, 10);
      this.#say(this.task);
    } else this.take(itinerary, nowS);
  }

  takeBack(id: string): void {
    if (this.crashed) return;
    const { task } = this;
    if (task?.itinerary.id !== id) {
      this.over.add(id);
      return;
    }
    if (this.inAir) this.#say(task);
    else this.#end(task, 'cancelled', null);
    if (!this.inAir) this.over.add(id);
  }

  /** null: it goes. */
  start(meant: Pick<Itinerary, 'id' | 'version'>, nowS: number, utcUs: number): string | null {
    const { task } = this;
    if (task !== null && keyOf(meant) !== keyOf(task.itinerary)) return 'not-verified';
    if (this.crashed || task === null || task.phase !== 'verified') return 'not-verified';
    if (task.itinerary.notAfter !== undefined && utcUs > Date.parse(task.itinerary.notAfter) * 1e3)
      return 'too-late-to-fly';
    task.flight = this.#takesOff(task.itinerary, nowS);
    this.inAir = true;
    this.base = null;
    this.pad = null;
    task.phase = 'flying';
    task.untilS = nowS + (task.flight?.goes('out', nowS) ?? this.#random.between(30, 200));
    this.#say(task);
    return null;
  }

  #takesOff(itinerary: Itinerary, nowS: number): Flight | null {
    const { base, pad } = this;
    if (this.#ground === null) return null;
    const home = base === null || pad === null ? (itinerary.base as Place) : this.#ground.placeOf({ base, pad });
    const pace = this.#chance(this.#luck.slow) ? this.#random.between(1.2, 3) : this.#random.between(0.95, 1.1);
    return new Flight(itinerary, { home, pace, nowS });
  }

  /** There are samples of now. */
  isSeen(nowS: number): boolean {
    return nowS - this.lastHeardS < FRESH_S && nowS - this.backS >= SAMPLES_S;
  }

  /** Where it is; null: in a field, or nowhere that is known. */
  at(nowS: number): Place | null {
    const { base, pad } = this;
    if (this.inAir) return this.task?.flight?.at(nowS).place ?? null;
    return base === null || pad === null ? null : (this.#ground?.placeOf({ base, pad }) ?? null);
  }

  isHeard(nowS: number): void {
    if (nowS - this.lastHeardS > FRESH_S) this.backS = nowS;
    this.lastHeardS = nowS;
    const { task, inAir } = this;
    const itinerary = task === null ? null : { ...this.#said(task), id: task.itinerary.id };
    this.heard = { atS: nowS, at: this.at(nowS), inAir, itinerary };
  }

  abort(nowS: number): string | null {
    const { task } = this;
    if (this.crashed || task === null || !this.inAir) return 'not-under-way';
    if (task.phase === 'interrupted') return 'pilot';
    task.phase = 'returning';
    task.untilS = nowS + (task.flight?.goes('home', nowS) ?? this.#random.between(20, 120));
    this.#say(task);
    return null;
  }

  tick(nowS: number): void {
    const { task } = this;
    if (this.crashed || task === null) return;
    if (this.inAir && this.#chance(this.#luck.crashes)) {
      this.crashed = true;
      this.inAir = false;
      this.linked = false;
      return;
    }
    if (this.inAir && task.phase !== 'interrupted' && this.#chance(this.#luck.pilot)) {
      task.phase = 'interrupted';
      task.flight?.goes('stay', nowS);
      task.untilS = nowS + this.#random.between(20, 200);
      this.#say(task);
    }
    if (nowS < task.untilS) return;
    this.#next(task, nowS);
  }

  #next(task: Task, nowS: number): void {
    const go = (phase: Phase, lowS: number, highS: number, way?: Way) => {
      task.phase = phase;
      const takesS = way === undefined ? undefined : task.flight?.goes(way, nowS);
      task.untilS = nowS + (takesS || this.#random.between(lowS, highS));
      this.#say(task);
    };
    if (task.phase === 'uploading') {
      if (this.#chance(this.#luck.failsUpload)) {
        task.untilS = Number.POSITIVE_INFINITY;
        this.outbox.push({ ...this.#said(task), state: 'failed', words: 'upload-failed' });
      } else go('verified', 1e9, 1e9);
    } else if (task.phase === 'flying') {
      if (task.delivers) go('at-gate', 5, 60, 'gate');
      else this.#land(task, 'completed');
    } else if (task.phase === 'at-gate') {
      if (this.aboard === null || this.#chance(this.#luck.gateCloses)) go('returning', 20, 200, 'shut');
      else go('releasing', 5, 40, 'release');
    } else if (task.phase === 'releasing') {
      this.#release(task);
      go('returning', 20, 200, 'back');
    } else if (task.phase === 'returning') this.#land(task, 'completed');
    else if (task.phase === 'interrupted') this.#land(task, 'aborted');
  }

  #release(task: Task): void {
    const order = this.aboard;
    if (order !== null && !this.#chance(this.#luck.sticks)) {
      this.aboard = null;
      this.#released(this, order, task.itinerary.id);
      task.parcel = this.#chance(this.#luck.unproved) ? 'unproved' : 'released';
    } else task.parcel = this.#chance(this.#luck.unproved) ? 'unproved' : 'not-released';
  }

  #land(task: Task, state: 'completed' | 'aborted'): void {
    this.inAir = false;
    const strays = this.#chance(this.#luck.strays);
    const spot = task.flight === null ? null : (this.#ground?.spotAt(task.flight.lands) ?? null);
    this.base = strays ? null : task.flight === null ? (task.to ?? this.base) : (spot?.base ?? null);
    this.pad = strays ? null : (spot?.pad ?? null);
    this.#ground?.landed(this);
    if (task.delivers && task.parcel === null) task.parcel = 'aboard';
    this.#end(task, state, state === 'aborted' ? 'pilot' : null);
  }

  #end(task: Task, state: StandState, words: string | null): void {
    this.over.add(keyOf(task.itinerary));
    this.outbox.push({ ...this.#said(task), state, words });
    if (this.task === task) this.task = null;
  }

  #refuse(itinerary: Itinerary, words: string): void {
    this.over.add(keyOf(itinerary));
    this.outbox.push({ itinerary: itinerary.id, version: itinerary.version, state: 'refused', words, parcel: null });
  }

  #say(task: Task): void {
    this.outbox.push(this.#said(task));
  }

  #said({ itinerary, phase, parcel }: Task): Said {
    const state = phase === 'idle' ? 'received' : phase;
    return { itinerary: itinerary.id, version: itinerary.version, state, words: null, parcel };
  }

  #chance(share: number): boolean {
    return this.#random.next() < share;
  }
}

export function keyOf({ id, version }: Pick<Itinerary, 'id' | 'version'>): string {
  return `${id}@${version}`;
}
