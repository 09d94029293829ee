/** A command in memory with its deliveries, and the set of those that are. */
import { isFinal } from '@skein/protocol/fleet';
import type { Command, Delivery, Now } from './command.ts';
import { newDelivery, restored } from './delivery.ts';
import type { StoredCommand } from './ports.ts';
import type { WayHome } from './ways-home.ts';

export class Entry {
  readonly command: Command;
  readonly expiresMonoUs: number;
  readonly #deliveries = new Map<string, Delivery>();
  /** Drones whose first sending is being written down. */
  readonly marking = new Set<string>();
  /** Written down; until then none of it is sent but what is harmless. */
  stored = false;
  /** Events not yet durable: until they are, the store knows less than this. */
  unwritten = 0;
  lastReleaseMonoUs: number | null = null;
  /** When those that wait are looked at again though their drones said nothing, our monotonic clock. */
  nextLookMonoUs = 0;
  #open = 0;
  #waiting = 0;

  constructor(command: Command, expiresMonoUs: number) {
    this.command = command;
    this.expiresMonoUs = expiresMonoUs;
  }

  static fresh(command: Command, drones: readonly string[], now: Now, ways?: ReadonlyMap<string, WayHome>): Entry {
    const entry = new Entry(command, now.monoUs + (command.expiresAtUtcUs - now.utcUs));
    for (const drone of drones) entry.set(newDelivery(drone, entry.expiresMonoUs, now, addedTo(ways?.get(drone))));
    return entry;
  }

  static stored({ command, deliveries }: StoredCommand, now: Now): Entry {
    // A clock that was set back meanwhile gives no command a longer life.
    const leftUs = Math.min(command.expiresAtUtcUs - now.utcUs, command.expiresAtUtcUs - command.issuedAtUtcUs);
    const entry = new Entry(command, now.monoUs + leftUs);
    entry.stored = true;
    for (const one of deliveries) entry.set(restored(one, entry.expiresMonoUs, now));
    return entry;
  }

  get deliveries(): ReadonlyMap<string, Delivery> {
    return this.#deliveries;
  }

  set(delivery: Delivery): void {
    const before = this.#deliveries.get(delivery.drone);
    if (before) this.#count(before, -1);
    this.#count(delivery, 1);
    this.#deliveries.set(delivery.drone, delivery);
  }

  /** Some delivery is not final. */
  get open(): boolean {
    return this.#open > 0;
  }

  /** Whoever is in reach gets it at once, whatever becomes of the others. */
  get unpaced(): boolean {
    const { staggerMs, maxFailures, atATime } = this.command;
    return staggerMs === 0 && maxFailures === null && atATime === null;
  }

  /** Some delivery waits for its first sending. */
  get waiting(): boolean {
    return this.#waiting > 0;
  }

  #count(d: Delivery, by: 1 | -1): void {
    if (isFinal(d.state)) return;
    this.#open += by;
    if (d.sentUtcUs === null) this.#waiting += by;
  }
}

/** What a return of several adds to the delivery of one of them. */
function addedTo(way: WayHome | undefined): Parameters<typeof newDelivery>[3] {
  if (way === undefined) return {};
  if (way.do === 'hold') return { instead: { type: 'hold', reason: way.reason } };
  return way.atLeastAltRelM === null ? {} : { fill: { atLeastAltRelM: way.atLeastAltRelM } };
}

/** Those with an open delivery, by drone too, and the last ones that are done. */
export class Entries {
  readonly #open = new Map<string, Entry>();
  readonly #byDrone = new Map<string, Set<Entry>>();
  readonly #done = new Map<string, Entry>();
  readonly #maxDone: number;

  constructor(maxDone: number) {
    this.#maxDone = maxDone;
  }

  get(id: string): Entry | undefined {
    return this.#open.get(id) ?? this.#done.get(id);
  }

  open(): Iterable<Entry> {
    return this.#open.values();
  }

  get openDeliveries(): number {
    let count = 0;
    for (const entries of this.#byDrone.values()) count += entries.size;
    return count;
  }

  /** Commands open for this drone. */
  countOf(drone: string): number {
    return this.#byDrone.get(drone)?.size ?? 0;
  }

  /** Copied: what is done with one may end another. */
  ofDrone(drone: string): readonly Entry[] {
    return [...(this.#byDrone.get(drone) ?? [])];
  }

  add(entry: Entry): void {
    const { id } = entry.command;
    if (!entry.open) {
      this.#done.set(id, entry);
      this.#trim();
      return;
    }
    this.#done.delete(id);
    this.#open.set(id, entry);
    for (const [drone, one] of entry.deliveries) {
      if (isFinal(one.state)) continue;
      const of = this.#byDrone.get(drone) ?? new Set();
      of.add(entry);
      this.#byDrone.set(drone, of);
    }
  }

  /** A delivery has changed: it may be the last that was open, or open once more. */
  changed(entry: Entry, drone: string): void {
    const delivery = entry.deliveries.get(drone);
    if (delivery === undefined) return;
    if (!isFinal(delivery.state)) {
      this.add(entry);
      return;
    }
    const of = this.#byDrone.get(drone);
    of?.delete(entry);
    if (of?.size === 0) this.#byDrone.delete(drone);
    if (entry.open) return;
    this.#open.delete(entry.command.id);
    this.#done.set(entry.command.id, entry);
    this.#trim();
  }

  /** Oldest first; none of which something is still to be written. */
  #trim(): void {
    for (const [id, entry] of this.#done) {
      if (this.#done.size <= this.#maxDone) return;
      if (entry.unwritten === 0) this.#done.delete(id);
    }
  }
}
