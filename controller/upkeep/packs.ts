/**
 * Packs: which drone carries which, and what its flights have taken of it. Counted out of the flights of the drones, so that counting
 * again counts nothing twice; what holds a pack holds the drone that carries it.
 */
import type { PackLimits, PackSettings } from '@skein/protocol/fleet/configuration';
import type { Flight } from './flights.ts';
import {
  addUp,
  against,
  flightsOf,
  type PackDoc,
  type PackFlight,
  type Stay,
  stayOf,
  viewOf,
  worseOf,
} from './pack.ts';
import {
  type Actor,
  type Answer,
  type Change,
  type Clock,
  type Kept,
  NOT_STORED,
  refuse,
  wholePatch,
} from './ports.ts';

/** What a drone says of the pack that it carries. */
export interface PackSeen {
  readonly atUtcUs: number;
  readonly instance: number;
  readonly serial: string;
  readonly cycles: number | null;
  readonly fullMah: number | null;
  readonly designMah: number | null;
}

export interface PacksOptions {
  readonly kept: Kept<PackDoc>;
  readonly clock: Clock;
  readonly limits: PackLimits;
  /** Tells the drone that its pack is another; what it answers says what became of that, in words. */
  readonly tell: (drone: string, pack: string, instance: number, by: Actor) => Promise<object>;
}

/** Later than this after a flight its history does not change what is counted, µs (maintenance.ts). */
const KEEP_US = 30 * 86_400e6;
/** Two clocks of the same moment, µs. */
const SLACK_US = 120e6;
const COUNTED: Actor = { kind: 'controller', name: 'maintenance' };
const MAX_PACKS = 10_000;

export class Packs {
  readonly #o: PacksOptions;
  /** By drone, those in it; made anew after a change. */
  #carried: ReadonlyMap<string, readonly string[]> | null = null;

  constructor(o: PacksOptions) {
    this.#o = o;
  }

  list(): readonly object[] {
    return [...this.#o.kept.open()].map(({ id, doc }) => viewOf(id, doc, this.#limits(doc)));
  }

  get(pack: string): object | null {
    const held = this.#o.kept.get(pack);
    return held === null ? null : viewOf(pack, held.doc, this.#limits(held.doc));
  }

  /** Those in a drone now. */
  of(drone: string): readonly string[] {
    this.#carried ??= this.#index();
    return this.#carried.get(drone) ?? [];
  }

  /** Why the drone that carries them gets no orders, for people. */
  holds(drone: string): readonly string[] {
    return this.of(drone).flatMap((pack) => {
      const doc = this.#o.kept.get(pack)?.doc ?? {};
      const retired = doc.retired === undefined ? [] : ['it is retired'];
      const words = [...retired, ...against(doc, this.#limits(doc))];
      return words.map(
        (one) => `battery ${pack}: ${one}; ${retired.length > 0 ? 'put' : 'inspect it, or put'} another in`,
      );
    });
  }

  async put(pack: string, settings: PackSettings, by: Actor): Promise<Answer<object>> {
    const before = this.#o.kept.get(pack);
    if (before === null && [...this.#o.kept.open()].length >= MAX_PACKS) {
      return refuse('bad-settings', `there are ${MAX_PACKS} packs: retire those that are gone`);
    }
    const set = { settings: wholePatch(before?.doc.settings, settings) };
    return this.#write(pack, [{ id: pack, type: 'put', set, open: before?.open ?? true, by }], before === null);
  }

  /** An operator, or whoever stands there, has put it in: the charge that its autopilot reports counts again. */
  async fit(drone: string, pack: string, instance: number, by: Actor): Promise<Answer<object>> {
    const doc = this.#o.kept.get(pack)?.doc ?? {};
    if (doc.retired !== undefined) return refuse('pack-retired', `${pack} is retired: put another in`);
    const now = this.#o.clock.utcUs();
    const stay = stayOf(doc);
    const isThere = stay?.drone === drone && stay.instance === instance;
    // Taken out, charged and put in again is the same stay; the drone is told in any case.
    const changes = isThere ? [] : this.#moves(drone, pack, instance, now, by);
    if (changes.length > 0) {
      const writing = this.#o.kept.write(changes);
      this.#carried = null;
      if (!(await writing)) return NOT_STORED;
    }
    const told = await this.#o.tell(drone, pack, instance, by);
    return { ok: true, value: { ...this.get(pack), told } };
  }

  async inspected(pack: string, note: string | undefined, by: Actor): Promise<Answer<object>> {
    const doc = this.#o.kept.get(pack)?.doc;
    if (doc === undefined) return refuse('unknown-pack', `"${pack}"`);
    const total = addUp(doc, doc.before ?? { flights: 0, armedS: 0, cycles: 0 }, Object.values(doc.recent ?? {}));
    const inspected = { ...total, atUtcUs: this.#o.clock.utcUs(), by: by.name, note: note ?? null };
    return this.#write(pack, [{ id: pack, type: 'inspected', set: { inspected, worst: null }, by }]);
  }

  /** For good. It stays where it is until another is put in there, and holds that drone. */
  async retire(pack: string, note: string | undefined, by: Actor): Promise<Answer<object>> {
    const doc = this.#o.kept.get(pack)?.doc;
    if (doc === undefined) return refuse('unknown-pack', `"${pack}"`);
    const retired = { atUtcUs: this.#o.clock.utcUs(), by: by.name, note: note ?? null };
    return this.#write(pack, [{ id: pack, type: 'retired', set: { retired }, open: stayOf(doc) !== null, by }]);
  }

  /** What the store has of a drone: which packs it said it carries, by time, and its flights. */
  async counted(
    drone: string,
    seen: readonly PackSeen[],
    flights: readonly Flight[],
    beforeUtcUs: number,
  ): Promise<void> {
    for (const one of seen) await this.#seen(drone, one);
    const limitUtcUs = this.#o.clock.utcUs() - KEEP_US;
    for (const { id, doc } of [...this.#o.kept.open()]) {
      const isOurs = Object.values(doc.stays ?? {}).some((stay) => stay.drone === drone);
      const set = isOurs ? countedPatch(doc, drone, flights, { beforeUtcUs, limitUtcUs }) : null;
      if (set !== null) await this.#o.kept.write([{ id, type: 'counted', set, by: COUNTED }]);
    }
  }

  async #seen(drone: string, { serial, instance, atUtcUs, cycles, fullMah, designMah }: PackSeen): Promise<void> {
    const pack = serial.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(0, 32);
    const by: Actor = { kind: 'drone', name: drone };
    const there = this.of(drone).find((id) => stayOf(this.#o.kept.get(id)?.doc ?? {})?.instance === instance);
    const since = there === undefined ? null : stayOf(this.#o.kept.get(there)?.doc ?? {});
    // What was said before it was put in, and comes now, is about another.
    const isOld = since !== null && atUtcUs < since.fromUtcUs - SLACK_US;
    const mine = stayOf(this.#o.kept.get(pack)?.doc ?? {});
    const isElsewhere = mine !== null && mine.drone !== drone && mine.fromUtcUs > atUtcUs;
    const changes: Change[] =
      there === pack || isOld || isElsewhere ? [] : [...this.#moves(drone, pack, instance, atUtcUs, by)];
    const reported = { cycles, fullMah, designMah };
    const before = this.#o.kept.get(pack)?.doc.reported;
    const tells = cycles !== null || fullMah !== null || designMah !== null;
    if (tells && JSON.stringify(before) !== JSON.stringify(reported)) {
      changes.push({ id: pack, type: 'reported', set: { reported }, by });
    }
    if (changes.length === 0) return;
    const writing = this.#o.kept.write(changes);
    this.#carried = null;
    await writing;
  }

  /** It leaves where it was, another leaves where it goes. */
  #moves(drone: string, pack: string, instance: number, atUtcUs: number, by: Actor): Change[] {
    const changes: Change[] = [];
    for (const { id, doc } of this.#o.kept.open()) {
      const stay = stayOf(doc);
      const isHere = stay?.drone === drone && stay.instance === instance;
      if (stay === null || (id !== pack && !isHere)) continue;
      const stays: Record<string, Partial<Stay>> = { [String(stay.fromUtcUs)]: { toUtcUs: atUtcUs } };
      if (id !== pack) changes.push({ id, type: 'taken-out', set: { stays }, open: doc.retired === undefined, by });
      else changes.push({ id, type: 'taken-out', set: { stays }, by });
    }
    const key = String(Math.round(atUtcUs));
    const stay: Stay = { drone, instance, fromUtcUs: Math.round(atUtcUs), toUtcUs: null };
    changes.push({
      id: pack,
      type: 'put-in',
      set: { stays: { [key]: stay } },
      open: true,
      by,
      cause: `drone ${drone}`,
    });
    return changes;
  }

  async #write(pack: string, changes: readonly Change[], fresh = false): Promise<Answer<object>> {
    const writing = this.#o.kept.write(changes);
    this.#carried = null;
    const written = await writing;
    const view = this.get(pack);
    return written && view !== null ? { ok: true, fresh, value: view } : NOT_STORED;
  }

  #limits(doc: PackDoc): PackLimits {
    return { ...this.#o.limits, ...doc.settings?.limits };
  }

  #index(): ReadonlyMap<string, readonly string[]> {
    const index = new Map<string, string[]>();
    for (const { id, doc } of this.#o.kept.open()) {
      const stay = stayOf(doc);
      if (stay !== null) index.set(stay.drone, [...(index.get(stay.drone) ?? []), id]);
    }
    return index;
  }
}

/** What is to be written of it; null: it stands there already. */
function countedPatch(
  doc: PackDoc,
  drone: string,
  flights: readonly Flight[],
  { beforeUtcUs, limitUtcUs }: { readonly beforeUtcUs: number; readonly limitUtcUs: number },
): object | null {
  const kept = doc.recent ?? {};
  const ownBeforeUtcUs = doc.beforeUtcUs ?? 0;
  const found = flightsOf(doc, drone, flights);
  const recent: Record<string, object | null> = {};
  for (const [key, flight] of Object.entries(kept)) {
    // What its drone has added up already is no more told with its flights.
    const isGone = flight.drone === drone && flight.fromUtcUs >= beforeUtcUs && found[key] === undefined;
    if (isGone) recent[key] = null;
  }
  for (const [key, flight] of Object.entries(found)) {
    const before = kept[key];
    if (before === undefined && flight.fromUtcUs < ownBeforeUtcUs) continue;
    if (JSON.stringify(before) !== JSON.stringify(flight)) recent[key] = flight;
  }
  const after = new Map<string, PackFlight>(Object.entries(kept));
  for (const [key, flight] of Object.entries(recent)) {
    if (flight === null) after.delete(key);
    else after.set(key, flight as PackFlight);
  }
  const old = [...after].filter(([, { toUtcUs }]) => toUtcUs < limitUtcUs);
  for (const [key] of old) recent[key] = null;
  const stays = Object.entries(doc.stays ?? {}).flatMap(([key, { toUtcUs = null }]) =>
    toUtcUs !== null && toUtcUs < limitUtcUs ? [[key, null] as const] : [],
  );
  if (Object.keys(recent).length + stays.length === 0) return null;
  const folded = old.map(([, flight]) => flight);
  const isUnseen = ({ toUtcUs }: PackFlight) => toUtcUs > (doc.inspected?.atUtcUs ?? 0);
  const before =
    folded.length === 0
      ? {}
      : {
          before: addUp(doc, doc.before ?? { flights: 0, armedS: 0, cycles: 0 }, folded),
          beforeUtcUs: limitUtcUs,
          worst: worseOf(doc.worst ?? {}, folded.filter(isUnseen)),
        };
  return { recent, ...(stays.length > 0 ? { stays: Object.fromEntries(stays) } : {}), ...before };
}
