/**
 * A drone as orders meet it: it takes plans, starts, flies, releases and lands by itself, and says so when it can be heard. It
 * knows what is physically aboard; nobody else does.
 */

import type { Itinerary } from '@skein/protocol/fleet';
import type { StandState } from '../../controller/orders/ports.ts';
import type { Random } from '../kit/seed.ts';

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
}

/** What goes wrong, each as a share of occasions. */
export interface Luck {
  readonly refuses: number;
  readonly failsUpload: number;
  readonly pilot: number;
  readonly gateCloses: number;
  readonly sticks: number;
  readonly unproved: number;
  readonly crashes: number;
  readonly strays: number;
}

type Released = (drone: VirtualDrone, order: string, itinerary: string) => void;

export class VirtualDrone {
  readonly id: string;
  /** Where it stands; null: in the air, or in a field. */
  base: string | null;
  inAir = false;
  crashed = false;
  /** It can be heard, and hears. */
  linked = true;
  lastHeardS = 0;
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

  constructor(id: string, base: string, o: { random: Random; luck: Luck; released: Released }) {
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
      to,
      delivers,
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
  start(nowS: number, utcUs: number): string | null {
    const { task } = this;
    if (this.crashed || task === null || task.phase !== 'verified') return 'not-verified';
    if (task.itinerary.notAfter !== undefined && utcUs > Date.parse(task.itinerary.notAfter) * 1e3)
      return 'too-late-to-fly';
    this.inAir = true;
    this.base = null;
    task.phase = 'flying';
    task.untilS = nowS + this.#random.between(30, 200);
    this.#say(task);
    return null;
  }

  abort(nowS: number): string | null {
    const { task } = this;
    if (this.crashed || task === null || !this.inAir) return 'not-under-way';
    if (task.phase === 'interrupted') return 'pilot';
    task.phase = 'returning';
    task.untilS = nowS + this.#random.between(20, 120);
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
      task.untilS = nowS + this.#random.between(20, 200);
      this.#say(task);
    }
    if (nowS < task.untilS) return;
    this.#next(task, nowS);
  }

  #next(task: Task, nowS: number): void {
    const go = (phase: Phase, lowS: number, highS: number) => {
      task.phase = phase;
      task.untilS = nowS + this.#random.between(lowS, highS);
      this.#say(task);
    };
    if (task.phase === 'uploading') {
      if (this.#chance(this.#luck.failsUpload)) {
        task.untilS = Number.POSITIVE_INFINITY;
        this.outbox.push({ ...this.#said(task), state: 'failed', words: 'upload-failed' });
      } else go('verified', 1e9, 1e9);
    } else if (task.phase === 'flying') {
      if (task.delivers) go('at-gate', 5, 60);
      else this.#land(task, 'completed');
    } else if (task.phase === 'at-gate') {
      if (this.aboard === null || this.#chance(this.#luck.gateCloses)) go('returning', 20, 200);
      else go('releasing', 5, 40);
    } else if (task.phase === 'releasing') {
      this.#release(task);
      go('returning', 20, 200);
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
    this.base = this.#chance(this.#luck.strays) ? null : (task.to ?? this.base);
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
