/** A drone as the live stream and the HTTP routes show it (shape: live/messages.ts, checked where both are wired). */
import type { KindName, Values } from '@skein/protocol/telemetry';
import { isUsable } from '@skein/protocol/time';
import { toOurs } from './clock-map.ts';
import { currentSaid } from './contact.ts';
import { type Drone, heldOf, type Lane, type LiveSample } from './drone.ts';
import { expectationOf, ladderEntry } from './expectation.ts';
import { freshnessOf } from './freshness.ts';
import { controlEntry, preflightEntry, safetyEntry } from './safety.ts';
import { type ConflictState, currentOf } from './sessions.ts';
import { trustEntry } from './trust.ts';

export interface Now {
  readonly utcUs: number;
  readonly monoUs: number;
}

interface KindEntry<K extends KindName> {
  readonly values: Values<K>;
  readonly atUtcUs: number;
  readonly ageMs: number;
  readonly utcUs: number | null;
}
export type KindEntries = { readonly [K in KindName]?: KindEntry<K> } & {
  readonly [K in KindName as `${K}.${number}`]?: KindEntry<K>;
};

/** Our monotonic stamp as UTC of our clock now. */
function utcOf(monoUs: number, now: Now): number {
  return Math.round(now.utcUs - (now.monoUs - monoUs));
}

function ageMs(monoUs: number, now: Now): number {
  return Math.max(0, Math.round((now.monoUs - monoUs) / 1e3));
}

export function freshnessEntry(drone: Drone, now: Now) {
  const age = drone.vehicleAtMonoUs === null ? null : ageMs(drone.vehicleAtMonoUs, now);
  return {
    state: freshnessOf(age),
    sampledUtcUs: drone.vehicleAtMonoUs === null ? null : utcOf(drone.vehicleAtMonoUs, now),
    ageMs: age,
    lastHeardUtcUs: drone.heardMonoUs === null ? null : utcOf(drone.heardMonoUs, now),
  };
}

export function kindEntries(drone: Drone, now: Now, only?: ReadonlySet<string>): KindEntries {
  const entries: Record<string, unknown> = {};
  for (const [key, sample] of drone.kinds) {
    if (only && !only.has(key)) continue;
    const atUtcUs = utcOf(sample.atMonoUs, now);
    entries[key] = {
      values: sample.values,
      atUtcUs,
      ageMs: ageMs(sample.atMonoUs, now),
      utcUs: droneUtc(drone, sample),
    };
  }
  // The map holds under each key only samples of the kind the key begins with (drone.ts, keyOf).
  return entries as KindEntries;
}

function droneUtc(drone: Drone, sample: LiveSample): number | null {
  const clock = drone.clock;
  if (clock === null || clock.boot !== sample.boot || !isUsable(clock)) return null;
  return Math.round(clock.utcUs + (sample.monoUs - clock.monoUs));
}

export function linkEntry(drone: Drone, now: Now) {
  const current = currentOf(drone.sessions);
  return {
    connected: current?.online ?? false,
    sinceUtcUs: current === null ? drone.firstSeenUtcUs : utcOf(current.sinceMonoUs, now),
    latencyMs: drone.latencyMs,
    reconnects: current?.reconnects ?? 0,
    liveHz: drone.liveHz,
  };
}

export function backlogEntry(drone: Drone, now: Now) {
  const lane = (name: Lane) => {
    let batches = 0;
    for (const epoch of drone.epochs) batches += heldOf(epoch.lanes[name]);
    const [newest] = drone.epochs;
    const own = newest?.lanes[name];
    // Of older epochs only numbers are known, not times.
    const onlyOwn = own !== undefined && batches > 0 && batches === heldOf(own);
    const ours = onlyOwn && drone.clockMap && own.monoToUs !== null ? toOurs(drone.clockMap, own.monoToUs) : null;
    return { batches, oldestS: ours === null ? null : ageMs(ours, now) / 1e3 };
  };
  return { urgent: lane('urgent'), history: lane('history') };
}

export function clockEntry(drone: Drone) {
  const { source = 'unset', errUs = null, standing = null, outvoted = [], boardUs = null } = drone.clock ?? {};
  return { source, errUs, standing, outvoted, boardUs };
}

function conflictEntry(conflict: ConflictState | null, now: Now) {
  if (conflict === null) return null;
  return { reason: conflict.reason, sinceUtcUs: utcOf(conflict.sinceMonoUs, now), sessions: conflict.sessions };
}

function expectationEntry(drone: Drone, now: Now) {
  const expected = expectationOf(drone, now.monoUs);
  if (expected === null) return null;
  const { must, rung, sinceMonoUs, endsMonoUs, energyUntilMonoUs } = expected;
  return {
    ...{ must, rung, sinceUtcUs: utcOf(sinceMonoUs, now) },
    endsUtcUs: endsMonoUs === null ? null : utcOf(endsMonoUs, now),
    untilEnergyUtcUs: energyUntilMonoUs === null ? null : utcOf(energyUntilMonoUs, now),
  };
}

/** Fields besides `id` and `kinds`, each made by itself, so that a delta makes only what changed. */
export const FIELDS = {
  online: (drone: Drone) => currentOf(drone.sessions)?.online ?? false,
  session: (drone: Drone) => drone.sessions.current,
  n: (drone: Drone) => currentOf(drone.sessions)?.n ?? 0,
  boot: (drone: Drone) => currentOf(drone.sessions)?.boot ?? null,
  firstSeenUtcUs: (drone: Drone) => drone.firstSeenUtcUs,
  control: controlEntry,
  autopilotBoot: (drone: Drone) => currentSaid(drone)?.autopilotBoot ?? null,
  safety: safetyEntry,
  preflight: preflightEntry,
  trust: trustEntry,
  commands: (drone: Drone) => drone.commands,
  itinerary: (drone: Drone) => drone.itinerary,
  delivery: (drone: Drone) => drone.delivery,
  ladder: ladderEntry,
  expectation: (drone: Drone, now: Now) => expectationEntry(drone, now),
  versions: (drone: Drone) => drone.versions,
  freshness: freshnessEntry,
  link: linkEntry,
  backlog: backlogEntry,
  clock: clockEntry,
  packsShut: (drone: Drone) => drone.packsShut,
  conflict: (drone: Drone, now: Now) => conflictEntry(drone.sessions.conflict, now),
} as const;
export type Field = keyof typeof FIELDS;

export type Fields = { readonly [F in Field]: ReturnType<(typeof FIELDS)[F]> };
export type Entry = Fields & { readonly id: string; readonly kinds: KindEntries };
export type Delta = Partial<Fields> & { readonly id: string; readonly kinds?: KindEntries };

export function entryOf(drone: Drone, now: Now): Entry {
  const fields = Object.fromEntries(Object.entries(FIELDS).map(([name, make]) => [name, make(drone, now)]));
  return { id: drone.id, ...(fields as Fields), kinds: kindEntries(drone, now) };
}

/** Only these of it: of a large fleet making all of each costs a hundred milliseconds. */
export type Picked<F extends Field> = Pick<Fields, F> & { readonly id: string; readonly kinds: KindEntries };

export function pickedOf<F extends Field>(drone: Drone, fields: readonly F[], kinds: ReadonlySet<string>, now: Now) {
  const picked = Object.fromEntries(fields.map((name) => [name, FIELDS[name](drone, now)]));
  return { id: drone.id, ...(picked as Pick<Fields, F>), kinds: kindEntries(drone, now, kinds) } satisfies Picked<F>;
}

export function deltaOf(drone: Drone, changed: ReadonlySet<Field>, kinds: ReadonlySet<string>, now: Now): Delta {
  const fields = Object.fromEntries([...changed].map((name) => [name, FIELDS[name](drone, now)]));
  return {
    id: drone.id,
    ...(fields as Partial<Fields>),
    ...(kinds.size > 0 ? { kinds: kindEntries(drone, now, kinds) } : {}),
  };
}
