/**
 * Bases, zones, weather and ground stops, as documents: what is put is the whole, what is removed stays in the events. What
 * planning reads of them is made here.
 */

import type { Base, GroundStop, Reach, Weather, Zone } from '@skein/protocol/fleet/places';
import { parseTime } from '@skein/protocol/time';
import type { Actor, Clock, Held, Kept, KeyUse } from './ports.ts';

export interface PlacesOptions {
  readonly bases: Kept<Base>;
  readonly zones: Kept<Zone>;
  readonly weather: Kept<Weather>;
  readonly stops: Kept<
    GroundStop & { readonly by: string; readonly lifted?: { readonly by: string; readonly atUtcUs: number } }
  >;
  readonly clock: Clock;
  readonly newId: (utcMs: number) => string;
  /** Something that may let a waiting order fly, or hold one back. */
  readonly onChange: () => void;
}

export interface Refused {
  readonly ok: false;
  readonly code: 'unknown-place' | 'bad-place' | 'key-reused' | 'store-unavailable';
  readonly detail: string;
}
export type Answer<T> = { readonly ok: true; readonly fresh?: boolean; readonly value: T } | Refused;

export interface StopView {
  readonly id: string;
  readonly reach: Reach;
  readonly reason: string;
  readonly by: string;
  readonly fromUtcUs: number;
  readonly untilUtcUs: number | null;
}

export type Kind = 'bases' | 'zones' | 'weather';
interface Kinds {
  readonly bases: Base;
  readonly zones: Zone;
  readonly weather: Weather;
}

const PLACES: Actor = { kind: 'controller', name: 'places' };
/** A ground stop is put away so long after its end: a clock that is wrong for some hours must not end it for good. */
const PUT_AWAY_US = 24 * 3600e6;

const NOT_STORED: Refused = {
  ...{ ok: false, code: 'store-unavailable' },
  detail: 'not certain: it could not be written down in time, and is still being tried; ask for it again',
};

export class Places {
  readonly #o: PlacesOptions;

  constructor(o: PlacesOptions) {
    this.#o = o;
  }

  list<K extends Kind>(kind: K): readonly Held<Kinds[K]>[] {
    return [...this.#kept(kind).open()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  get<K extends Kind>(kind: K, id: string): Held<Kinds[K]> | null {
    const held = this.#kept(kind).get(id);
    return held?.open === true ? held : null;
  }

  /** The whole of it: fields left out are gone. */
  async put<K extends Kind>(kind: K, id: string, doc: Kinds[K], by: Actor): Promise<Answer<Held<Kinds[K]>>> {
    const problem = this.#problem(kind, id, doc);
    if (problem !== null) return { ok: false, code: 'bad-place', detail: problem };
    const kept = this.#kept(kind);
    const before = kept.get(id);
    const gone = Object.fromEntries(Object.keys(before?.doc ?? {}).map((name) => [name, null]));
    const written = await kept.write([{ id, type: 'put', set: { ...gone, ...doc }, open: true, by }]);
    this.#o.onChange();
    const held = kept.get(id);
    if (!written || held === null) return NOT_STORED;
    return { ok: true, fresh: before?.open !== true, value: held };
  }

  /** All or none. */
  async putZones(
    zones: readonly { readonly id: string; readonly zone: Zone }[],
    by: Actor,
  ): Promise<Answer<readonly Held<Zone>[]>> {
    for (const { id, zone } of zones) {
      const problem = zoneProblem(zone);
      if (problem !== null) return { ok: false, code: 'bad-place', detail: `${id}: ${problem}` };
    }
    const kept = this.#o.zones;
    const written = await kept.write(
      zones.map(({ id, zone }) => {
        const gone = Object.fromEntries(Object.keys(kept.get(id)?.doc ?? {}).map((name) => [name, null]));
        return { id, type: 'put', set: { ...gone, ...zone }, open: true, by };
      }),
    );
    this.#o.onChange();
    if (!written) return NOT_STORED;
    return { ok: true, value: zones.flatMap(({ id }) => this.get('zones', id) ?? []) };
  }

  async remove(kind: Kind, id: string, by: Actor): Promise<Answer<null>> {
    if (this.get(kind, id) === null) return unknown(id);
    const written = await this.#kept(kind).write([{ id, type: 'removed', set: {}, open: false, by }]);
    this.#o.onChange();
    return written ? { ok: true, value: null } : NOT_STORED;
  }

  /** Those in force. */
  stops(): readonly StopView[] {
    const utcUs = this.#o.clock.utcUs();
    const all = [...this.#o.stops.open()].map(stopView);
    return all.filter(({ untilUtcUs }) => untilUtcUs === null || untilUtcUs > utcUs);
  }

  async stop(asked: GroundStop, by: Actor, key: KeyUse | null): Promise<Answer<StopView>> {
    const once = await this.#o.stops.once(key, async (): Promise<Answer<StopView>> => {
      const problem = this.#holdsNobody(asked);
      if (problem !== null) return { ok: false, code: 'bad-place', detail: problem };
      const id = this.#o.newId(this.#o.clock.utcUs() / 1e3);
      const { issuedBy: _, ...doc } = asked;
      const set = { ...doc, by: by.name };
      const written = await this.#o.stops.write([
        { id, type: 'stopped', set, open: true, by, ...(key ? { key } : {}) },
      ]);
      this.#o.onChange();
      const held = this.#o.stops.get(id);
      return written && held !== null ? { ok: true, fresh: true, value: stopView(held) } : NOT_STORED;
    });
    if (once.kind === 'run') return once.answer;
    if (once.kind === 'reused') return { ok: false, code: 'key-reused', detail: `"${key?.key}"` };
    const held = this.#o.stops.get(once.id);
    return held === null ? unknown(once.id) : { ok: true, value: stopView(held) };
  }

  async lift(id: string, by: Actor): Promise<Answer<null>> {
    const held = this.#o.stops.get(id);
    if (held === null) return unknown(id);
    if (!held.open) return { ok: true, value: null };
    const lifted = { by: by.name, atUtcUs: this.#o.clock.utcUs() };
    const written = await this.#o.stops.write([{ id, type: 'lifted', set: { lifted }, open: false, by }]);
    this.#o.onChange();
    return written ? { ok: true, value: null } : NOT_STORED;
  }

  /** Once a minute: stops whose time has long been over are put away, as those that were lifted are. */
  tick(): void {
    const longUtcUs = this.#o.clock.utcUs() - PUT_AWAY_US;
    const over = [...this.#o.stops.open()]
      .map(stopView)
      .filter(({ untilUtcUs }) => (untilUtcUs ?? longUtcUs) < longUtcUs);
    if (over.length === 0) return;
    // What is not durable in time is still tried (controller/records).
    void this.#o.stops.write(over.map(({ id }) => ({ id, type: 'ended', set: {}, open: false, by: PLACES })));
  }

  /** The one that holds this drone on the ground; null: none does. */
  stopFor(o: { readonly groups: readonly string[]; readonly base: string | null }): StopView | null {
    const reaches = ({ reach }: StopView): boolean => {
      if (reach === 'fleet') return true;
      return 'group' in reach ? o.groups.includes(reach.group) : reach.base === o.base;
    };
    return this.stops().find(reaches) ?? null;
  }

  /** A stop that was asked for and holds nobody is worse than none: somebody counts on it. Groups may be said by drones that are yet to come. */
  #holdsNobody({ reach, until }: GroundStop): string | null {
    if (until !== undefined) {
      const untilUtcUs = parseTime(until);
      if (untilUtcUs === null) return `until: "${until}" is no time; RFC 3339 is`;
      if (untilUtcUs <= this.#o.clock.utcUs()) return `until: "${until}" is over already`;
    }
    if (reach === 'fleet' || 'group' in reach || this.get('bases', reach.base) !== null) return null;
    return `there is no base "${reach.base}"`;
  }

  #kept<K extends Kind>(kind: K): Kept<Kinds[K]> {
    return this.#o[kind] as unknown as Kept<Kinds[K]>;
  }

  /** What its shape does not say. */
  #problem(kind: Kind, id: string, doc: Base | Zone | Weather): string | null {
    if (kind === 'weather') return this.get('bases', id) === null ? `there is no base "${id}"` : null;
    if (kind === 'zones') return zoneProblem(doc as Zone);
    const ids = (doc as Base).pads.map((pad) => pad.id);
    const twice = ids.find((one, i) => ids.indexOf(one) !== i);
    return twice === undefined ? null : `pad "${twice}" is there twice`;
  }
}

function zoneProblem({ ring, circle, fromM, toM, validFrom, validTo, kind, speedMaxMps }: Zone): string | null {
  if ((ring === undefined) === (circle === undefined)) return 'a zone has a ring or a circle';
  if (fromM !== undefined && toM !== undefined && fromM >= toM) return 'fromM lies below toM';
  const times = [validFrom, validTo].filter((one) => one !== undefined);
  const bad = times.find((one) => parseTime(one) === null);
  if (bad !== undefined) return `"${bad}" is no time; RFC 3339 is`;
  if (kind === 'slow' && speedMaxMps === undefined) return 'a slow zone says speedMaxMps';
  return null;
}

function stopView(held: Held<GroundStop & { readonly by: string }>): StopView {
  const { id, createdUtcUs, doc } = held;
  const { reach, reason, by, until } = doc;
  return { id, reach, reason, by, fromUtcUs: createdUtcUs, untilUtcUs: until === undefined ? null : parseTime(until) };
}

function unknown(id: string): Refused {
  return { ok: false, code: 'unknown-place', detail: `"${id}"` };
}
