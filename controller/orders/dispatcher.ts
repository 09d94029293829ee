/**
 * Chooses who flies what: the orders that wait, in their turn, each against the air and the pads that are kept for those
 * before it. What it decides is only a change of the order; telling the drone is the engine's (engine.ts).
 */
import { DISPATCHER, type Engine, type EngineOptions } from './engine.ts';
import { orderOf } from './kept.ts';
import { type Attempt, closed, currentOf, type Leg, moved, type Order, withAttempt } from './order.ts';
import type { Decision, Held, Planned, Planner, Turn } from './ports.ts';
import { waited } from './tries.ts';

export interface DispatcherOptions extends Pick<EngineOptions, 'records' | 'planner' | 'drones' | 'count' | 'onBug'> {
  readonly engine: Engine;
  readonly nowMs: () => number;
}

/** The main thread is given to a tick for so long, ms; what is left to be planned waits for the next one. */
const SLICE_MS = 20;
/** What a decision takes at most is learnt, and forgotten by so much with each. */
const FORGET = 0.9;
/** An order that found no drone is looked at again after, µs; sooner where the planner says when. */
const AGAIN_US = 5e6;
/** Why an order waits is written down again where only its figures are new (a charge, minutes, when) after, µs. */
const FIGURES_US = 60e6;

export class Dispatcher {
  readonly #o: DispatcherOptions;
  readonly #dueUtcUs = new Map<string, number>();
  /** When it was last written down why an order waits. */
  readonly #saidUtcUs = new Map<string, number>();
  /** Where the last slice ended. */
  #left: string[] = [];
  /** What a decision may take, ms. */
  #costMs = 0;

  constructor(o: DispatcherOptions) {
    this.#o = o;
  }

  /** Something has changed that may let a waiting order fly. */
  wake(): void {
    this.#dueUtcUs.clear();
  }

  /** Between two turns. */
  lookAround(): void {
    for (const _ of this.#o.records.open()) {
      this.#o.planner.ready();
      return;
    }
  }

  /** @param startMs when the tick began that this is the end of */
  turn(startMs: number): void {
    const open = [...this.#o.records.open()];
    if (open.length > 0 && !this.#o.planner.ready()) return;
    if (this.#left.length === 0)
      this.#left = open
        .filter((held) => this.#waits(held))
        .sort(this.#byTurn)
        .map(({ id }) => id);
    let fromMs = this.#o.nowMs();
    // The first always: else a slow machine would never plan.
    for (let id = this.#left.shift(); id !== undefined; id = this.#left.shift()) {
      const order = this.#o.engine.order(id);
      if (order !== null && isWaiting(order) && !this.#o.engine.isUnwritten(id)) this.#plan(id, order);
      const nowMs = this.#o.nowMs();
      this.#costMs = Math.max(nowMs - fromMs, this.#costMs * FORGET);
      fromMs = nowMs;
      if (nowMs - startMs + this.#costMs > SLICE_MS) return;
    }
    for (const map of [this.#dueUtcUs, this.#saidUtcUs])
      for (const id of map.keys()) if (this.#o.records.get(id)?.open !== true) map.delete(id);
  }

  #waits({ id, doc }: Held): boolean {
    const order = orderOf(doc);
    const leftUs = (this.#dueUtcUs.get(id) ?? 0) - this.#o.engine.utcUs;
    // Further off than any is put: the clock was set back.
    return isWaiting(order) && (leftUs <= 0 || leftUs > AGAIN_US);
  }

  /** Who has the parcel aboard goes first; then as planning says. */
  readonly #byTurn = (a: Held, b: Held): number => {
    const [x, y] = [orderOf(a.doc), orderOf(b.doc)];
    const loaded = Number(y.state === 'ready') - Number(x.state === 'ready');
    return loaded || this.#o.planner.inTurn(turnOf(a.id, x), turnOf(b.id, y), this.#o.engine.utcUs);
  };

  #plan(id: string, order: Order): void {
    const { utcUs } = this.#o.engine;
    const attempt = currentOf(order);
    const avoid = new Set(Object.keys(order.avoid).filter((drone) => (order.avoid[drone] ?? 0) > utcUs));
    const decision = this.#decided({
      ...{ id, wish: order.wish, placedUtcUs: order.placedUtcUs, avoid, open: [...this.#o.records.open()] },
      attempt: attempt?.n ?? nextOf(order),
      ...(attempt === null ? {} : { drone: attempt.drone }),
    });
    const after = attempt === null ? this.#chosen(id, order, decision) : this.#planned(id, order, attempt, decision);
    const until = decision.kind === 'wait' ? decision.untilUtcUs : null;
    this.#dueUtcUs.set(id, Math.min(until ?? Number.POSITIVE_INFINITY, utcUs + AGAIN_US));
    if (after === order) return;
    if (decision.kind === 'wait') {
      const isFresh = Math.abs(utcUs - (this.#saidUtcUs.get(id) ?? 0)) < FIGURES_US;
      if (sameButFigures(order, after) && isFresh) return;
      this.#saidUtcUs.set(id, utcUs);
    }
    void this.#o.engine.change(id, order, after, decision.kind === 'fly' ? 'planned' : 'waits', DISPATCHER);
  }

  /** A bug of planning holds up this order, and no other. */
  #decided(asked: Parameters<Planner['plan']>[0]): Decision {
    try {
      return this.#o.planner.plan(asked);
    } catch (error) {
      this.#o.count('bugs');
      this.#o.onBug?.(error);
      const why = error instanceof Error ? error.message : String(error);
      return { kind: 'wait', words: `it could not be planned (${why}); tried again`, untilUtcUs: null, why: [] };
    }
  }

  #chosen(id: string, order: Order, decision: Decision): Order {
    const { utcUs } = this.#o.engine;
    if (decision.kind === 'wait') return waited(order, decision.words, decision.untilUtcUs);
    if (decision.kind === 'infeasible') {
      return { ...closed(order, 'infeasible', decision.words, utcUs), state: 'infeasible' };
    }
    const n = nextOf(order);
    const { drone, ferry, why } = decision;
    const attempt: Attempt = {
      ...{
        n,
        drone,
        phase: 'ferry',
        delivery: null,
        before: {},
        flights: 0,
        plans: 0,
        parcel: 'none',
        loadedBy: null,
        deliveredUtcUs: null,
        landedUtcUs: null,
      },
      ferry: ferry === null ? null : legOf(ferry, drone, { id: `order-${id}-${n}-ferry`, version: 1, utcUs }),
      ...{ chosenUtcUs: utcUs, why, preflight: this.#o.drones.preflight(drone), end: null },
    };
    this.#o.count('chosen');
    if (n > 1) this.#o.count('relaunched');
    const words = ferry === null ? `${drone} is at ${order.wish.base}` : `${drone} comes to ${order.wish.base}`;
    return { ...moved({ ...withAttempt(order, attempt), attempt: n }, 'assigned', words, utcUs), dueUtcUs: null };
  }

  /** Of a parcel that is aboard already: its flight. */
  #planned(id: string, order: Order, attempt: Attempt, decision: Decision): Order {
    const { utcUs } = this.#o.engine;
    if (decision.kind === 'wait') return waited(order, decision.words, decision.untilUtcUs);
    if (decision.kind === 'infeasible') {
      return moved(order, 'unloading', `${decision.words}: take the parcel off, and say so`, utcUs);
    }
    const plans = attempt.plans + 1;
    const names = { id: `order-${id}-${attempt.n}`, version: plans, utcUs };
    const delivery = legOf(decision.delivery, attempt.drone, names);
    const preflight = this.#o.drones.preflight(attempt.drone);
    const words = `the plan is on its way to ${attempt.drone}`;
    return waited(moved(withAttempt(order, { ...attempt, delivery, plans, preflight }), 'ready', words, utcUs), words);
  }
}

function sameButFigures(a: Order, b: Order): boolean {
  const plain = ({ state, words, dueUtcUs }: Order) =>
    `${state} ${dueUtcUs === null} ${words?.replace(/[\d.]+/g, '0')}`;
  return plain(a) === plain(b);
}

function nextOf(order: Order): number {
  return Math.max(0, ...Object.keys(order.attempts).map(Number)) + 1;
}

function isWaiting(order: Order): boolean {
  if (order.cancel !== null) return false;
  if (order.state === 'queued') return true;
  const attempt = currentOf(order);
  return order.state === 'ready' && attempt?.phase === 'delivery' && attempt.delivery === null;
}

function turnOf(id: string, { wish: { priority }, placedUtcUs }: Order): Turn {
  return { id, priority, placedUtcUs };
}

interface Made {
  readonly id: string;
  readonly version: number;
  readonly utcUs: number;
}

function legOf(planned: Planned, drone: string, { id, version, utcUs }: Made): Leg {
  const { itinerary, startUtcUs, notAfterUtcUs, endsUtcUs, reservation, needsPct } = planned;
  return {
    ...{
      itinerary: { ...itinerary, id, version },
      drone,
      plannedUtcUs: utcUs,
      startUtcUs,
      notAfterUtcUs,
      endsUtcUs,
      reservation,
      needsPct,
    },
    ...{ starts: 0, startedUtcUs: null, repeats: 0 },
  };
}
