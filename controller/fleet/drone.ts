/**
 * What is known of one drone, in memory, and how live data changes it. Stamps are our monotonic µs; UTC is made when
 * an entry is written, so a step of the wall clock ages nothing.
 */
import type { CommandType, DeliveryState, Presence } from '@skein/protocol/fleet';
import type { KindName, PositionTrust, Sample } from '@skein/protocol/telemetry';
import { type ClockMap, clockMap, toOurs } from './clock-map.ts';
import { COMPANION_KINDS } from './freshness.ts';
import { NO_SESSIONS, type SessionsState } from './sessions.ts';
import { judge, newTrust } from './trust.ts';

export type Lane = 'urgent' | 'history';

export interface LiveSample {
  readonly kind: KindName;
  readonly values: Sample['values'];
  readonly boot: string;
  readonly monoUs: number;
  readonly atMonoUs: number;
}

export interface LaneProgress {
  readonly first: number;
  readonly next: number;
  /** Committed here; null until the store has said so. */
  readonly upTo: number | null;
  /** Newest stamp committed, the drone's clock; null: unknown. */
  readonly monoToUs: number | null;
}

export interface EpochProgress {
  readonly epoch: string;
  readonly lanes: Readonly<Record<Lane, LaneProgress>>;
}

export interface ClockQuality {
  readonly boot: string;
  readonly monoUs: number;
  readonly utcUs: number;
  readonly errUs: number;
  readonly source: string;
  /** Null: an agent that does not say. */
  readonly standing: string | null;
  readonly outvoted: readonly string[];
  /** The board's own clock minus UTC. */
  readonly boardUs: number | null;
}

/** Who flies, as the drone last said. */
export interface Control {
  readonly state: string;
  readonly commander: string | null;
  readonly why: string | null;
}

/** A delivery to it, in short. */
export interface CommandBrief {
  readonly id: string;
  readonly type: CommandType;
  readonly state: DeliveryState;
  readonly reason: string | null;
  readonly words: string | null;
  readonly at: string;
  readonly issuedBy: string;
}

/** How an itinerary stands on it, in short. */
export interface ItineraryBrief {
  readonly id: string;
  readonly version: number;
  readonly state: string;
  readonly reason: string | null;
  readonly words: string | null;
  readonly item: number | null;
  readonly items: number | null;
  readonly at: string;
}

/** What became of its newest parcel, in short. */
export interface ParcelBrief {
  readonly itinerary: string;
  readonly version: number;
  readonly item: number;
  readonly parcel: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly words: string | null;
  readonly at: string;
  /** What an operator said of it, while the drone has not agreed. */
  readonly settling: 'released' | 'aboard' | null;
}

/** Of one session. */
export interface Said {
  journal: string | null;
  /** Null: it says that it does not know yet; undefined: it never says. */
  autopilotBoot: string | null | undefined;
  /** The itinerary it has, null: none; undefined: it never says. */
  itinerary: { readonly id: string; readonly version: number } | null | undefined;
  /** Newest stamp of its monotonic clock, µs; null: none yet. */
  newestMonoUs: number | null;
  /** When that came by itself, our monotonic clock, µs. */
  newestCameMonoUs: number | null;
}

export interface Drone {
  readonly id: string;
  readonly firstSeenUtcUs: number;
  sessions: SessionsState;
  control: Control;
  /** What each of its sessions last said, and how far its clock had come. */
  readonly said: Map<string, Said>;
  groups: readonly string[];
  /** Deliveries to be shown, newest first; made by the commands. */
  commands: readonly CommandBrief[];
  /** Made by the itineraries. */
  itinerary: ItineraryBrief | null;
  delivery: ParcelBrief | null;
  /** When a time message of its current session was last answered: its lease runs from then, our monotonic clock. */
  leasedMonoUs: number | null;
  /** Its packs are not opened for a while: too many came to nothing. Made by the ingest. */
  packsShut: boolean;
  versions: Readonly<Record<string, string>>;
  heardMonoUs: number | null;
  clockMap: ClockMap | null;
  /** Newest clock record of the present boot. */
  clock: ClockQuality | null;
  readonly kinds: Map<string, LiveSample>;
  /** What we make of its positions, by our clock. */
  readonly trust: PositionTrust;
  /** Newest live sample of the vehicle. */
  vehicleAtMonoUs: number | null;
  latencyMs: number | null;
  epochs: readonly EpochProgress[];
  liveHz: number;
}

export function newDrone(id: string, firstSeenUtcUs: number, liveHz = 1): Drone {
  return {
    id,
    firstSeenUtcUs,
    sessions: NO_SESSIONS,
    control: { state: 'unknown', commander: null, why: null },
    said: new Map(),
    groups: [],
    commands: [],
    itinerary: null,
    delivery: null,
    leasedMonoUs: null,
    packsShut: false,
    versions: {},
    heardMonoUs: null,
    clockMap: null,
    clock: null,
    kinds: new Map(),
    trust: newTrust(),
    vehicleAtMonoUs: null,
    latencyMs: null,
    epochs: [],
    liveHz,
  };
}

/** Taken, or the counter of why not. */
export type LiveVerdict = 'taken' | 'liveOlder' | 'liveUnbelievable' | 'liveTooMany';

/** Values held of one drone: all kinds, and as many batteries, receivers and motors as anything that flies has. */
const MAX_KINDS = 128;

/** Key under which the newest sample of a kind (and instance) is held. */
export function keyOf(sample: Sample): string {
  const values: Readonly<Record<string, unknown>> = sample.values;
  const instance = values.instance ?? (sample.kind === 'esc' ? values.first : 0);
  const plain = instance === 0 || instance === null || (sample.kind === 'esc' && instance === 1);
  return plain || typeof instance !== 'number' ? sample.kind : `${sample.kind}.${instance}`;
}

/**
 * Takes a live sample of the current session if it is newer than what is held. Late, repeated and impossible ones
 * change nothing, so they can make nothing look fresh.
 */
export function takeLive(
  drone: Drone,
  sample: Sample,
  batch: { readonly boot: string; readonly monoToUs: number },
  nowMonoUs: number,
): LiveVerdict {
  const { boot } = batch;
  const ours = drone.clockMap?.boot === boot ? toOurs(drone.clockMap, sample.monoUs) : null;
  if (ours === null || sample.monoUs > batch.monoToUs) return 'liveUnbelievable';
  const key = keyOf(sample);
  const held = drone.kinds.get(key);
  if (held?.boot === boot && sample.monoUs <= held.monoUs) return 'liveOlder';
  if (held === undefined && drone.kinds.size >= MAX_KINDS) return 'liveTooMany';
  const atMonoUs = Math.min(ours, nowMonoUs);
  drone.kinds.set(key, { kind: sample.kind, values: sample.values, boot, monoUs: sample.monoUs, atMonoUs });
  if (!COMPANION_KINDS.has(sample.kind)) drone.vehicleAtMonoUs = Math.max(drone.vehicleAtMonoUs ?? atMonoUs, atMonoUs);
  judge(drone.trust, sample, atMonoUs);
  if (sample.kind === 'clock') takeClock(drone, sample, boot);
  return 'taken';
}

function takeClock(drone: Drone, sample: Sample<'clock'>, boot: string): void {
  const { utcUs, errUs, source, standing, outvoted, boardUs } = sample.values;
  if (utcUs === null || source === null) return;
  const liars = (outvoted ?? '').split(',').filter((name) => name !== '');
  const rest = { standing, outvoted: liars, boardUs };
  drone.clock = { boot, monoUs: sample.monoUs, utcUs, errUs: errUs ?? 0, source, ...rest };
}

/** Batches the drone holds that are not committed here; 0 while that is not known (not all that it keeps as acked). */
export function heldOf(lane: LaneProgress): number {
  if (lane.upTo === null) return 0;
  return Math.max(0, lane.next - 1 - Math.max(lane.upTo, lane.first - 1));
}

/** Presence says what the drone holds; what is committed we know better. */
export function mergeRanges(known: readonly EpochProgress[], listed: Presence['epochs']): EpochProgress[] {
  return listed.map(({ epoch, lanes }) => {
    const before = known.find((one) => one.epoch === epoch);
    const merge = (lane: Lane) => ({
      ...lanes[lane],
      upTo: before?.lanes[lane].upTo ?? null,
      monoToUs: before?.lanes[lane].monoToUs ?? null,
    });
    return { epoch, lanes: { urgent: merge('urgent'), history: merge('history') } };
  });
}

/** One lane of one epoch is committed up to `upTo`. */
export function moved(
  epochs: readonly EpochProgress[],
  to: { readonly epoch: string; readonly lane: Lane; readonly upTo: number; readonly monoToUs: number | null },
): EpochProgress[] {
  return epochs.map((one) => {
    if (one.epoch !== to.epoch) return one;
    const before = one.lanes[to.lane];
    const { upTo } = to;
    const after = { ...before, upTo, monoToUs: to.monoToUs ?? before.monoToUs, next: Math.max(before.next, upTo + 1) };
    return { epoch: one.epoch, lanes: { ...one.lanes, [to.lane]: after } };
  });
}

/** Its clock map for this boot; a new one when it has rebooted. */
export function mapOf(drone: Drone, boot: string): ClockMap {
  return drone.clockMap?.boot === boot ? drone.clockMap : clockMap(boot);
}
