/** A drone as it is kept across restarts of the controller: its last known values with when they were sampled. */
import { KIND_NAMES, type Sample } from '@skein/protocol/telemetry';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { type Drone, newDrone } from './drone.ts';
import type { Now } from './entry.ts';
import { COMPANION_KINDS, LOST_MS } from './freshness.ts';
import type { DroneRecord } from './ports.ts';
import { currentOf } from './sessions.ts';
import { recall } from './trust.ts';

const State = Compile(
  Type.Object({
    session: Type.Union([Type.String(), Type.Null()]),
    n: Type.Integer(),
    boot: Type.String(),
    board: Type.Union([Type.String(), Type.Null()]),
    epoch: Type.Union([Type.String(), Type.Null()]),
    control: Type.String(),
    groups: Type.Optional(Type.Array(Type.String())),
    versions: Type.Record(Type.String(), Type.String()),
    kinds: Type.Record(
      Type.String(),
      Type.Object({
        kind: Type.String(),
        boot: Type.String(),
        monoUs: Type.Number(),
        atUtcUs: Type.Number(),
        values: Type.Unknown(),
      }),
    ),
  }),
);

export function recordOf(drone: Drone, now: Now): DroneRecord {
  const utcOf = (monoUs: number) => Math.round(now.utcUs - (now.monoUs - monoUs));
  const current = currentOf(drone.sessions);
  const kinds = Object.fromEntries(
    [...drone.kinds].map(([key, { kind, boot, monoUs, values, atMonoUs }]) => [
      key,
      { kind, boot, monoUs, values, atUtcUs: utcOf(atMonoUs) },
    ]),
  );
  const state = {
    session: current?.session ?? null,
    n: current?.n ?? 0,
    boot: current?.boot ?? '',
    board: current?.board ?? null,
    epoch: current?.epoch ?? null,
    control: drone.control.state,
    groups: drone.groups,
    versions: drone.versions,
    kinds,
  };
  const lastSeenUtcUs = drone.heardMonoUs === null ? drone.firstSeenUtcUs : utcOf(drone.heardMonoUs);
  return { id: drone.id, firstSeenUtcUs: drone.firstSeenUtcUs, lastSeenUtcUs, state: JSON.stringify(state) };
}

/** null when the record cannot be read. */
export function restore(record: DroneRecord, now: Now): Drone | null {
  const state = parse(record.state);
  if (!State.Check(state)) return null;
  // From the future: the wall clock was wrong then or is now. Nobody knows how old it is, so it must not look young.
  const ageUs = (utcUs: number) => (utcUs > now.utcUs ? LOST_MS * 1e3 + 1e6 : now.utcUs - utcUs);
  const monoOf = (utcUs: number) => now.monoUs - ageUs(utcUs);
  const drone = newDrone(record.id, record.firstSeenUtcUs);
  drone.control = { ...drone.control, state: state.control };
  drone.groups = state.groups ?? [];
  drone.versions = state.versions;
  drone.heardMonoUs = monoOf(record.lastSeenUtcUs);
  for (const [key, one] of Object.entries(state.kinds)) {
    const kind = KIND_NAMES.find((name) => name === one.kind);
    if (kind === undefined || typeof one.values !== 'object' || one.values === null) continue;
    const atMonoUs = monoOf(one.atUtcUs);
    const values = one.values as Sample['values'];
    drone.kinds.set(key, { kind, values, boot: one.boot, monoUs: one.monoUs, atMonoUs });
    if (!COMPANION_KINDS.has(kind)) drone.vehicleAtMonoUs = Math.max(drone.vehicleAtMonoUs ?? atMonoUs, atMonoUs);
  }
  recall(drone);
  if (state.session === null) return drone;
  const { session, n, boot, board, epoch } = state;
  const at = { heardMonoUs: drone.heardMonoUs, sinceMonoUs: drone.heardMonoUs };
  const last = { session, n, boot, board, epoch, online: false, reconnects: 0, ...at };
  drone.sessions = { sessions: [last], current: session, conflict: null };
  return drone;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
