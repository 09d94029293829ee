/** Orders from the API to the drones and back: place, load, unload, cancel, settle; everything else goes by itself. */
import { Dispatcher, type DispatcherOptions } from './dispatcher.ts';
import { Engine, type EngineOptions } from './engine.ts';
import { orderOf } from './kept.ts';
import { newOrder, type Order, type Wish } from './order.ts';
import { cancel, type Done, load, settle, unload, type Word } from './people.ts';
import type { Actor, Held, KeyUse, Timers } from './ports.ts';
import { type OrderView, orderView } from './view.ts';

export interface OrdersOptions extends EngineOptions, Pick<DispatcherOptions, 'nowMs'> {
  readonly newId: (utcMs: number) => string;
  readonly timers: Timers;
}

export interface Refused {
  readonly ok: false;
  readonly code: 'unknown-order' | 'order-not-so' | 'key-reused' | 'store-unavailable';
  readonly detail: string;
}
export type Answer = { readonly ok: true; readonly fresh?: boolean; readonly order: OrderView } | Refused;
/** Of a parcel: what people did with it, or know of it. */
export type Deed =
  /** `drone`: the one it hangs on, or hung on; null: the one that waits. */
  | { readonly do: 'loaded'; readonly drone: string | null }
  | { readonly do: 'unloaded'; readonly drone: string | null }
  | { readonly do: 'cancel'; readonly why: string | null }
  | { readonly do: 'settle'; readonly word: Word };

const TICK_MS = 1000;
const NOT_CERTAIN = 'not certain: it could not be written down in time, and is still being tried; ask for it again';
/** Between the ticks the planner does a piece of the work of knowing a large fleet; so often it is known anew within 2 s. */
const LOOK_MS = 250;

export class Orders {
  readonly #o: OrdersOptions;
  readonly #engine: Engine;
  readonly #dispatcher: Dispatcher;
  #stops: readonly (() => void)[] = [];
  #looking = false;

  constructor(o: OrdersOptions) {
    this.#o = o;
    this.#engine = new Engine(o);
    this.#dispatcher = new Dispatcher({ ...o, engine: this.#engine });
  }

  start(): void {
    const { timers } = this.#o;
    this.#stops = [timers.every(TICK_MS, () => void this.tick()), timers.every(LOOK_MS, () => this.#lookAround())];
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }

  get open(): number {
    return [...this.#o.records.open()].length;
  }

  /** What is kept of orders besides their documents; it goes with them. */
  get remembered(): number {
    return this.#engine.remembered;
  }

  /** A word of a drone has come: orders it flies for are looked at now. */
  contact(drone: string): void {
    for (const { id, doc } of this.#o.records.open()) {
      if (Object.values(orderOf(doc).attempts).some((one) => one.drone === drone)) this.#engine.look(id);
    }
  }

  /** Something may let a waiting order fly: weather, a base, a stop that ended. */
  wake(): void {
    this.#dispatcher.wake();
  }

  async tick(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      await this.#engine.lookAtCommands();
      const startMs = this.#o.nowMs();
      for (const { id } of [...this.#o.records.open()]) this.#engine.look(id);
      this.#dispatcher.turn(startMs);
    } catch (error) {
      // Of orders and no more: the controller goes on, and the next tick tries again.
      this.#o.count('bugs');
      this.#o.onBug?.(error);
    } finally {
      this.#looking = false;
    }
  }

  #lookAround(): void {
    try {
      this.#dispatcher.lookAround();
    } catch (error) {
      this.#o.count('bugs');
      this.#o.onBug?.(error);
    }
  }

  async place(wish: Omit<Wish, 'base'>, by: Actor, key: KeyUse | null = null): Promise<Answer> {
    return this.#once(key, () => this.#place(wish, by, key));
  }

  async #once(key: KeyUse | null, run: () => Promise<Answer>): Promise<Answer> {
    const once = await this.#o.records.once(key, run);
    if (once.kind === 'run') return once.answer;
    if (once.kind === 'reused') return { ok: false, code: 'key-reused', detail: `"${key?.key}"` };
    const order = await this.get(once.id);
    return order === null ? unknown(once.id) : { ok: true, order };
  }

  async #place(wish: Omit<Wish, 'base'>, by: Actor, key: KeyUse | null): Promise<Answer> {
    if (this.#o.records.full) {
      const detail = 'not placed: too much waits for the database already; place it again in a while';
      return this.#notStored(detail);
    }
    const utcUs = this.#engine.utcUs;
    const judged = this.#o.planner.infeasible(wish);
    const id = this.#o.newId(utcUs / 1e3);
    const base = 'base' in judged ? judged.base : '';
    const fresh = newOrder({ ...wish, base }, by.name, utcUs);
    const order: Order =
      'base' in judged ? fresh : { ...fresh, state: 'infeasible', outcome: 'infeasible', words: judged.words };
    this.#o.count('placed');
    if (order.outcome !== null) this.#o.count('infeasible');
    const written = await this.#engine.change(id, null, order, 'placed', by, key ?? undefined);
    return written ? { ok: true, fresh: true, order: orderView(id, order) } : this.#notStored();
  }

  async get(id: string): Promise<OrderView | null> {
    const held = await this.#o.records.find(id);
    return held === null ? null : viewOf(held);
  }

  async list(q: { open?: boolean; before?: string; limit: number }): Promise<readonly OrderView[]> {
    return (await this.#o.records.list(q)).map(viewOf);
  }

  async deed(id: string, deed: Deed, by: Actor, key: KeyUse | null = null): Promise<Answer> {
    return this.#once(key, () => this.#deed(id, deed, by, key));
  }

  async #deed(id: string, deed: Deed, by: Actor, key: KeyUse | null): Promise<Answer> {
    const held = await this.#o.records.find(id);
    if (held === null) return unknown(id);
    const order = this.#engine.order(id) ?? orderOf(held.doc);
    const done = this.#done(id, order, deed, by.name);
    if (!done.ok) return { ok: false, code: 'order-not-so', detail: done.detail };
    if (done.order === order) return { ok: true, order: orderView(id, order) };
    const written = await this.#engine.change(id, order, done.order, deed.do, by, key ?? undefined);
    const now = this.#engine.order(id) ?? done.order;
    return written ? { ok: true, order: orderView(id, now) } : this.#notStored();
  }

  #done(id: string, order: Order, deed: Deed, by: string): Done {
    const seen = this.#engine.seen(id, order);
    if (deed.do === 'cancel') return cancel(order, { by, why: deed.why, utcUs: seen.utcUs });
    if (deed.do === 'settle') return settle(order, deed.word, by, seen);
    if (deed.do === 'unloaded') return unload(order, seen, deed.drone);
    const isTaken = (drone: string) => this.#engine.takenBy(drone, id) !== null;
    return load(order, { by, drone: deed.drone, utcUs: seen.utcUs, isTaken });
  }

  #notStored(detail = NOT_CERTAIN): Refused {
    this.#o.count('notStored');
    return { ok: false, code: 'store-unavailable', detail };
  }
}

function unknown(id: string): Refused {
  return { ok: false, code: 'unknown-order', detail: `"${id}"` };
}

function viewOf({ id, doc }: Held): OrderView {
  return orderView(id, orderOf(doc));
}
