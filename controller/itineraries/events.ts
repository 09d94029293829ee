/**
 * What is written down of an itinerary: events of the entity `itinerary:<id>`. The store keeps a projection of them by
 * these rules (store/itinerary-projection.ts):
 *
 *   given  {version, about, key?}                       a version as it was given
 *   stand  {drone, version, by, set, step?, parcels?}   fields of a stand that have changed; a step more; of parcels alike
 *   asked  {what, by, key?}                             what an operator asked for
 */
import { actorOf, type Itinerary, type PlanWarning } from '@skein/protocol/fleet';
import type { ItineraryEvent } from './ports.ts';
import type { Parcel, Stand } from './stand.ts';

export interface KeyUse {
  readonly key: string;
  /** Of the request it was used with. */
  readonly hash: string;
}

/** A version as it was given; `itinerary` is null where only a drone knows it. */
export interface About {
  readonly itinerary: Itinerary | null;
  readonly issuedBy: string;
  /** skein, plan, wpl, geojson; drone: a drone spoke of it first. */
  readonly source: string;
  readonly warnings: readonly PlanWarning[];
  readonly notes: readonly string[];
}

export function givenEvent(
  id: string,
  version: number,
  about: About,
  utcUs: number,
  key: KeyUse | null,
): ItineraryEvent {
  const data = { version, about, ...(key === null ? {} : { key }) };
  const fromDrone = about.source === 'drone';
  const by = { kind: fromDrone ? 'drone' : 'operator', name: about.issuedBy } as const;
  return { entity: `itinerary:${id}`, type: 'given', atUtcUs: utcUs, by, cause: fromDrone ? 'told' : 'request', data };
}

export function askedEvent(id: string, what: string, by: string, utcUs: number, key: KeyUse | null): ItineraryEvent {
  return {
    entity: `itinerary:${id}`,
    type: 'asked',
    atUtcUs: utcUs,
    by: actorOf(by, by),
    cause: 'request',
    data: { what, by, ...(key === null ? {} : { key }) },
  };
}

/** null: nothing has changed. */
export function standEvent(id: string, before: Stand | null, after: Stand, utcUs: number): ItineraryEvent | null {
  const { parcels, ...change } = changeOf(before, after, ['steps', 'parcels']);
  const changed = Object.entries(after.parcels).flatMap(([item, parcel]) => {
    const held = before?.parcels[item] ?? null;
    return parcel === held ? [] : [[item, changeOf<Parcel>(held, parcel, ['steps'])] as const];
  });
  if (Object.keys(change.set).length === 0 && change.step === undefined && changed.length === 0) return null;
  const by = after.steps.at(-1)?.by ?? 'controller';
  return {
    ...{ entity: `itinerary:${id}`, type: 'stand', atUtcUs: utcUs, by: actorOf(by, after.drone) },
    data: {
      ...{ drone: after.drone, version: after.version, by, ...change },
      ...(changed.length > 0 ? { parcels: Object.fromEntries(changed) } : {}),
    },
  };
}

interface Change {
  readonly set: Readonly<Record<string, unknown>>;
  readonly step?: unknown;
  readonly parcels?: never;
}

/** Fields that differ, and the step that came. */
function changeOf<T extends { readonly steps: readonly unknown[] }>(
  before: T | null,
  after: T,
  apart: readonly string[],
): Change {
  const fields = Object.entries(after).filter(([name, value]) => {
    if (apart.includes(name)) return false;
    return before === null || value !== (before as Readonly<Record<string, unknown>>)[name];
  });
  const step = after.steps.at(-1);
  const set = Object.fromEntries(fields);
  return step !== undefined && step !== before?.steps.at(-1) ? { set, step } : { set };
}
