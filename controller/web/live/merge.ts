/**
 * Snapshots and deltas of the live stream folded into what the page holds (rules: docs/live.md).
 * Pure: state and message in, state out; unknown fields are carried along, unknown types ignored.
 *
 * One addition of the page's own: a controller that has just restarted knows few drones and few kinds. What it does not
 * name stays on the page, ageing, marked `unreported`, until it is named again: a drone must not vanish from an
 * operator's screen because a server was restarted. After a snapshot from the same start, absence means removed.
 */
import type { DeltaMessage, DroneDelta, DroneEntry, LiveKinds, SnapshotMessage } from '../../live/messages.ts';
import { MovedRecord } from './moved.ts';
import type { DroneRecord } from './record.ts';

export type Drones = ReadonlyMap<string, DroneRecord>;

export interface Merged {
  readonly drones: Drones;
  /** Ids whose record changed, and ids that went. */
  readonly changed: ReadonlySet<string>;
  readonly removed: readonly string[];
  /** Ids the message names that we never got in full: a snapshot is needed. */
  readonly incomplete: boolean;
}

export function mergeSnapshot(held: Drones, message: SnapshotMessage, sameStart: boolean): Merged {
  const drones = new Map<string, DroneRecord>();
  const removed: string[] = [];
  for (const entry of message.drones) {
    const before = held.get(entry.id)?.entry;
    drones.set(entry.id, { entry: before && !sameStart ? keepNewer(before, entry) : entry, unreported: false });
  }
  for (const [id, record] of held) {
    if (drones.has(id)) continue;
    if (sameStart && !message.more) removed.push(id);
    else drones.set(id, sameStart ? record : { entry: record.entry, unreported: true });
  }
  return { drones, changed: new Set(drones.keys()), removed, incomplete: false };
}

/** `drones`: what it is folded into; a round of a large fleet comes in many messages, and none of them needs a map of its own. */
export function mergeDelta(held: Drones, message: DeltaMessage, drones = new Map(held)): Merged {
  const changed = new Set<string>();
  let incomplete = false;
  for (const delta of message.drones) {
    const before = drones.get(delta.id);
    if (before?.moved && isStill(delta)) {
      const { still, move, serverUtcUs } = before.moved;
      drones.set(delta.id, new MovedRecord(before, move, serverUtcUs, mergeEntry(still, delta)));
      changed.add(delta.id);
      continue;
    }
    // A restarted controller names it for the first time, with the second piece of its snapshot or later.
    const said = !before || before.unreported ? asEntry(delta) : null;
    const entry = before ? (said ? keepNewer(before.entry, said) : mergeEntry(before.entry, delta)) : said;
    if (entry === null) {
      incomplete = true;
      continue;
    }
    drones.set(delta.id, { entry, unreported: false });
    changed.add(delta.id);
  }
  for (const move of message.moved ?? []) {
    const before = drones.get(move[0]);
    if (before === undefined) {
      incomplete = true;
      continue;
    }
    drones.set(move[0], new MovedRecord(before, move, message.serverUtcUs));
    changed.add(move[0]);
  }
  const removed = (message.removed ?? []).filter((id) => drones.delete(id));
  for (const id of removed) changed.delete(id);
  return { drones, changed, removed, incomplete };
}

/** It says nothing of where it is and how fast, and need not be put together with that. */
function isStill({ freshness, kinds }: DroneDelta): boolean {
  return !(freshness || kinds?.position || kinds?.velocity);
}

function mergeEntry(before: DroneEntry, delta: DroneDelta): DroneEntry {
  const { kinds, ...fields } = delta;
  return { ...before, ...fields, kinds: kinds ? { ...before.kinds, ...kinds } : before.kinds };
}

/** A drone first heard of in a delta comes whole; one that is not whole cannot be shown. */
function asEntry(delta: DroneDelta): DroneEntry | null {
  const { freshness, link, backlog, control, clock } = delta;
  if (!freshness || !link || !backlog || !control || !clock) return null;
  return {
    online: false,
    session: null,
    n: 0,
    boot: null,
    firstSeenUtcUs: 0,
    versions: {},
    conflict: null,
    packsShut: false,
    ...delta,
    freshness,
    link,
    backlog,
    control,
    clock,
    kinds: delta.kinds ?? {},
  };
}

/** What we hold against what a new controller says: of each value the later sample. */
function keepNewer(held: DroneEntry, said: DroneEntry): DroneEntry {
  const kinds: Record<string, unknown> = { ...held.kinds };
  for (const [kind, value] of Object.entries(said.kinds)) {
    const before = held.kinds[kind as keyof LiveKinds];
    if (value && (!before || before.atUtcUs <= value.atUtcUs)) kinds[kind] = value;
  }
  const heldAt = held.freshness.sampledUtcUs;
  const saidAt = said.freshness.sampledUtcUs;
  const freshness = heldAt !== null && (saidAt === null || heldAt > saidAt) ? held.freshness : said.freshness;
  return { ...said, kinds: kinds as LiveKinds, freshness };
}

/** Moves every instant by `shiftMs`: the controller's clock was set, ages stay (server-clock.ts). */
export function shiftInstants(drones: Drones, shiftMs: number): Drones {
  const byUs = Math.round(shiftMs * 1000);
  const moved = new Map<string, DroneRecord>();
  for (const [id, record] of drones) {
    const kinds = Object.fromEntries(
      Object.entries(record.entry.kinds).flatMap(([kind, value]) =>
        value ? [[kind, { ...value, atUtcUs: value.atUtcUs + byUs }]] : [],
      ),
    ) as LiveKinds;
    const { freshness } = record.entry;
    const shifted = (at: number | null): number | null => (at === null ? null : at + byUs);
    const entry = {
      ...record.entry,
      kinds,
      freshness: {
        ...freshness,
        sampledUtcUs: shifted(freshness.sampledUtcUs),
        lastHeardUtcUs: shifted(freshness.lastHeardUtcUs),
      },
    };
    moved.set(id, { entry, unreported: record.unreported });
  }
  return moved;
}
