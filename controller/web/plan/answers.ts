/** What the controller says of itineraries, read with care: what is missing is null, never a crash of the page. Pure. */
import type { Itinerary } from '@skein/protocol/fleet';
import { isObject, listOf, objectOf, textOf } from '../shell/json.ts';

export interface StandAnswer {
  readonly drone: string;
  readonly version: number;
  readonly state: string;
  readonly words: string | null;
  readonly refusals: readonly string[];
}

export interface PlanAnswer {
  readonly id: string;
  readonly version: number;
  readonly name: string | null;
  readonly itinerary: Itinerary | null;
  readonly drones: readonly StandAnswer[];
}

/** In words, each thing that speaks against it. */
export function refusalsOf(value: Readonly<Record<string, unknown>> | undefined): readonly string[] {
  return listOf(value?.refusals).flatMap((one) => textOf(objectOf(one).words) || []);
}

function readStand(value: unknown): StandAnswer | null {
  if (!isObject(value) || typeof value.drone !== 'string' || typeof value.state !== 'string') return null;
  return {
    drone: value.drone,
    version: typeof value.version === 'number' ? value.version : 0,
    state: value.state,
    words: textOf(value.words) ?? textOf(value.reason),
    refusals: refusalsOf(value),
  };
}

export function itineraryOf({ itinerary }: Readonly<Record<string, unknown>>): Itinerary | null {
  return isObject(itinerary) && Array.isArray(itinerary.items) ? (itinerary as unknown as Itinerary) : null;
}

/** Null: not an itinerary at all. */
export function readPlanAnswer(value: unknown): PlanAnswer | null {
  if (!isObject(value) || typeof value.id !== 'string' || typeof value.version !== 'number') return null;
  return {
    id: value.id,
    version: value.version,
    name: textOf(value.name),
    itinerary: itineraryOf(value),
    drones: listOf(value.drones).flatMap((one) => readStand(one) ?? []),
  };
}

export function readPlanList(value: unknown): readonly PlanAnswer[] {
  return listOf(isObject(value) ? value.itineraries : null).flatMap((one) => readPlanAnswer(one) ?? []);
}
