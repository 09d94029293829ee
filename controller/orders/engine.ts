/**
 * Brings every open order nearer to its end: looks, decides (step.ts), writes down, and only then tells (owed.ts). Driven by
 * whatever may have changed and by each second; after a restart it goes on as if nothing had been.
 */

import { orderOf, patchOf } from './kept.ts';
import { abortKey, legKey, nameOf, startKey } from './keys.ts';
import { withLateWords } from './late-word.ts';
import { callsFor, withAsked } from './needs.ts';
import { type Attempt, currentOf, isOver, type Leg, legOf, type Order } from './order.ts';
import { goesOn, type Owed, owedOf, type SeenOf } from './owed.ts';
import type { Actor, Change, Clock, Count, Drones, Flights, KeyUse, OrderRecords, Planner } from './ports.ts';
import type { CommandSeen, Seen, StandSeen } from './seen.ts';
import { step } from './step.ts';
import { has, isLeftAboard } from './taken.ts';

export interface EngineOptions {
  readonly records: OrderRecords;
  readonly flights: Flights;
  readonly drones: Drones;
  readonly planner: Planner;
  readonly clock: Clock;
  readonly count: Count;
  /** Counted besides as `bugs`. */
  readonly onBug?: (error: unknown) => void;
  /** How far the clocks of controller and drones may be apart, µs. */
  readonly clockErrUs: () => number;
  /** People are called where they have not come for so long to load or to unload, µs; 0: never. */
  readonly askAfterUs: number;
  /** People must look: an alert of the order. */
  readonly onAlert: (id: string, code: string, words: string) => void;
}

export const DISPATCHER: Actor = { kind: 'controller', name: 'dispatcher' };
/** A telling that was refused is tried again after, µs. */
const RETRY_US = 5e6;
/** A drone is told what is owed for so long after the end, µs: no drone keeps a plan longer without a word. */
const LOOSE_US = 48 * 3600e6;

interface Telling {
  busy: boolean;
  dueMonoUs: number;
}

export class Engine {
  readonly #o: EngineOptions;
  /** Commands posted by this run, under their keys, and how they stood when looked at last. */
  readonly #commands = new Map<string, { readonly id: string; seen: CommandSeen | null }>();
  /** Plans that break a rule of itineraries, and why: they never left. */
  readonly #refused = new Map<string, string>();
  readonly #tellings = new Map<string, Telling>();

  constructor(o: EngineOptions) {
    this.#o = o;
  }

  get utcUs(): number {
    return this.#o.clock.utcUs();
  }

  order(id: string): Order | null {
    const held = this.#o.records.get(id);
    return held === null ? null : orderOf(held.doc);
  }

  /** Things kept besides the documents. */
  get remembered(): number {
    return this.#commands.size + this.#refused.size + this.#tellings.size;
  }

  /** Its newest change is not durable yet. */
  isUnwritten(id: string): boolean {
    return !this.#o.records.isDurable(id);
  }

  /** As far as it can go now. A bug in one order ends neither the others nor the controller. */
  look(id: string): void {
    try {
      this.#look(id);
    } catch (error) {
      this.#o.count('bugs');
      this.#o.onBug?.(error);
    }
  }

  #look(id: string): void {
    const order = this.order(id);
    if (order === null || !this.#isKnown(order)) return;
    const late = this.#lateWords(id, order);
    const after = this.#asked(this.#settled(id, late));
    if (after !== order) void this.change(id, order, after, 'moved', DISPATCHER);
    else if (isOver(order) && this.#o.records.get(id)?.open === true && !this.#isLoose(id, order)) {
      this.#forget(id, order);
      void this.#o.records.write([{ id, type: 'put-away', set: {}, open: false, by: DISPATCHER }]);
    } else this.tell(id, order);
  }

  /** Nothing is owed to anybody any more. */
  #forget(id: string, { attempts }: Order): void {
    for (const name of this.#tellings.keys()) if (name.startsWith(`${id}/`)) this.#tellings.delete(name);
    for (const { ferry, delivery, before } of Object.values(attempts)) {
      for (const leg of [ferry, delivery, ...Object.values(before)])
        if (leg !== null) this.#refused.delete(legKey(leg));
    }
  }

  /** The order that has this drone, or whose parcel may hang on it still, besides one; null: none. */
  takenBy(drone: string, besides: string): string | null {
    for (const { id, doc } of this.#o.records.open()) if (id !== besides && has(orderOf(doc), drone)) return id;
    return null;
  }

  /** What its drones have said of its flights is in memory; after a restart it is read first: silence would look like it. */
  #isKnown({ attempts }: Order): boolean {
    let known = true;
    for (const { ferry, delivery, before } of Object.values(attempts)) {
      for (const leg of [ferry, delivery, ...Object.values(before)]) {
        // Each is asked for, also where one is known to be missing already.
        if (leg !== null && !this.#o.flights.known(leg.itinerary.id)) known = false;
      }
    }
    return known;
  }

  #settled(id: string, order: Order): Order {
    let now = order;
    // Each round leads to a later state; a bound in case of a bug.
    for (let rounds = 0; rounds < 10; rounds++) {
      const next = step(now, this.seen(id, now));
      if (next === now) return now;
      now = next;
    }
    return now;
  }

  #asked(order: Order): Order {
    const silentS = (drone: string) => this.#o.drones.seen(drone).silentS;
    return withAsked(order, { utcUs: this.utcUs, askAfterUs: this.#o.askAfterUs, silentS });
  }

  #lateWords(id: string, order: Order): Order {
    const standOf = ({ itinerary, drone }: Leg) => this.#o.flights.stand(itinerary.id, itinerary.version, drone);
    const onTwice = (drone: string) =>
      this.#o.onAlert(id, 'delivered-twice', `${drone} says that it released its parcel as well`);
    return withLateWords(order, { standOf, onTwice, utcUs: this.utcUs });
  }

  seen(id: string, order: Order): Seen {
    const attempt = currentOf(order);
    const drone = attempt?.drone ?? '';
    const base = order.wish.base;
    return {
      ...{ utcUs: this.utcUs, clockErrUs: this.#o.clockErrUs() },
      drone: this.#o.drones.seen(drone),
      ...this.#seenOf(id, attempt),
      // Asked for only where something would start: it looks at all the zones, and at all the orders.
      againstStart: () => this.#againstStart(id, attempt, base),
    };
  }

  #againstStart(id: string, attempt: Attempt | null, base: string): string | null {
    if (attempt === null) return null;
    const { drone } = attempt;
    const other = this.takenBy(drone, id);
    if (other !== null) return `${drone} has the parcel of order ${other}, or flies it`;
    const { plannedUtcUs = 0, reservation = {} } = legOf(attempt) ?? {};
    return this.#o.planner.againstStart({ drone, base, plannedUtcUs, reservation });
  }

  #seenOf(id: string, attempt: Attempt | null): ReturnType<SeenOf> {
    const standOf = (leg: Leg): StandSeen | null => {
      const words = this.#refused.get(legKey(leg));
      const refused = { ...NEVER_SENT, words: words ?? null };
      return (
        this.#o.flights.stand(leg.itinerary.id, leg.itinerary.version, leg.drone) ??
        (words === undefined ? null : refused)
      );
    };
    if (attempt === null) return { ferry: null, delivery: null, start: null, abort: null, standOf };
    const { ferry, delivery } = attempt;
    const leg = legOf(attempt);
    const command = leg === null ? undefined : this.#commands.get(startKey(id, leg, leg.starts));
    return {
      ferry: ferry && standOf(ferry),
      delivery: delivery && standOf(delivery),
      start: command?.seen ?? null,
      abort: (delivery && this.#commands.get(abortKey(id, delivery))?.seen) ?? null,
      standOf,
    };
  }

  /** Into memory at once; what follows from it is told once it is durable. True: it is. */
  async change(
    id: string,
    before: Order | null,
    after: Order,
    type: string,
    by: Actor,
    key?: KeyUse,
  ): Promise<boolean> {
    const set = patchOf(before ?? {}, after) ?? {};
    const cause = after.words;
    const open = !isOver(after) || this.#isLoose(id, after);
    if (!open) this.#forget(id, after);
    const change: Change = {
      ...{ id, type, set, open, by },
      ...(cause === null ? {} : { cause }),
      ...(key === undefined ? {} : { key }),
    };
    this.#counted(id, before, after);
    const written = await this.#o.records.write([change]);
    this.look(id);
    return written;
  }

  /** Over, but a drone is still to be told, or is being told, still flies for it (its air is kept), or may still have the parcel. */
  #isLoose(id: string, order: Order): boolean {
    const seenOf = (attempt: Attempt) => this.#seenOf(id, attempt);
    const isFresh = this.utcUs - order.sinceUtcUs <= LOOSE_US;
    const silentS = (drone: string) => this.#o.drones.seen(drone).silentS;
    if (isFresh && goesOn(order, { seenOf, silentS, utcUs: this.utcUs })) return true;
    if ([...this.#tellings].some(([name, { busy }]) => busy && name.startsWith(`${id}/`))) return true;
    return Object.values(order.attempts).some(isLeftAboard);
  }

  #counted(id: string, before: Order | null, after: Order): void {
    if (before !== null && before.state !== after.state && isOver(after))
      this.#o.count(after.outcome === 'delivered' ? 'delivered' : 'notDelivered');
    for (const { code, words } of callsFor(before, after)) {
      this.#o.count('needPeople');
      this.#o.onAlert(id, code, words);
    }
  }

  /** What is owed to drones, as the order is written down. */
  tell(id: string, order: Order): void {
    if (this.isUnwritten(id)) return;
    const nowUs = this.#o.clock.monoUs();
    for (const one of owedOf(order, (attempt) => this.#seenOf(id, attempt), this.utcUs)) {
      const name = nameOf(id, one);
      const telling = this.#tellings.get(name) ?? { busy: false, dueMonoUs: 0 };
      if (telling.busy || nowUs < telling.dueMonoUs) continue;
      this.#tellings.set(name, { ...telling, busy: true });
      // A database that cannot be read just now is no bug of ours: it is told later.
      const going = this.#tell(id, one).catch(() => false);
      void going.then((told) => {
        this.#o.count('told');
        if (!told) this.#o.count('notTold');
        // Kept while anything may be owed, also of an order that is over: else it would be told at each look.
        if (this.#o.records.get(id)?.open !== true) this.#tellings.delete(name);
        else this.#tellings.set(name, { busy: false, dueMonoUs: this.#o.clock.monoUs() + RETRY_US });
      });
    }
  }

  async #tell(id: string, one: Owed): Promise<boolean> {
    const { itinerary, drone } = one.leg;
    const { flights } = this.#o;
    if (one.do === 'give') {
      const told = await flights.give(itinerary, drone);
      if (!told.ok && told.never === true && this.#o.records.get(id)?.open === true)
        this.#refused.set(legKey(one.leg), told.words);
      return told.ok;
    }
    if (one.do === 'assign') return (await flights.assign(itinerary, drone)).ok;
    if (one.do === 'take-back') return (await flights.takeBack(itinerary.id, drone)).ok;
    const key =
      one.do === 'start' ? startKey(id, one.leg, one.n) : `${abortKey(id, one.leg)}/${Math.floor(this.utcUs / 30e6)}`;
    const told = await flights.command({ drone, type: one.do, itinerary, key });
    this.#posted(one.do === 'start' ? key : abortKey(id, one.leg), told);
    return told.ok;
  }

  /** Of one that is posted again, what came of the one before counts until something is known of this one. */
  #posted(key: string, told: Awaited<ReturnType<Flights['command']>>): void {
    const before = this.#commands.get(key);
    if (!told.ok) this.#commands.set(key, { id: '', seen: { final: true, state: 'rejected', words: told.words } });
    else if (told.id !== undefined && told.id !== before?.id)
      this.#commands.set(key, { id: told.id, seen: before?.seen ? { ...before.seen, final: false } : null });
  }

  /** How the commands stand that are not final yet. */
  async lookAtCommands(): Promise<void> {
    for (const [key, command] of this.#commands) {
      const id = key.split('/')[0] ?? '';
      const order = this.order(id);
      if (order === null || isOver(order)) {
        this.#commands.delete(key);
        continue;
      }
      if (command.seen?.final) continue;
      const drone = currentOf(order)?.drone ?? '';
      const seen = await this.#o.flights.commandSeen(command.id, drone).catch(() => null);
      if (seen !== null) command.seen = seen;
    }
  }
}

const NEVER_SENT = { state: 'refused', answered: true, takingBack: false, parcel: null } as const;
