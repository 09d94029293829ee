/** What somebody needs to know who wants to say something to a drone: which sessions there are, and how far each is. */
import type { Presence } from '@skein/protocol/fleet';
import type { Drone, Said } from './drone.ts';
import { FRESH_MS } from './freshness.ts';
import { currentOf, isAlive, type PresenceInput } from './sessions.ts';
import { type Sighting, sightingOf } from './sighting.ts';

export interface SessionContact {
  readonly session: string;
  /** Online, and heard within 30 s. */
  readonly alive: boolean;
  /** Kernel boot id of the companion. */
  readonly boot: string;
  /** Null: it says that it does not know yet; undefined: it never says. */
  readonly autopilotBoot: string | null | undefined;
  readonly journal: string | null;
  /** The itinerary it says that it has, null: none; undefined: it never says. */
  readonly itinerary: { readonly id: string; readonly version: number } | null | undefined;
  /** Newest stamp of its monotonic clock that came, ms; null: none yet. */
  readonly heardMonoMs: number | null;
  /** How long ago that stamp came by itself (time, live), ms; what lay in a backlog makes nothing look newer. */
  readonly heardAgeMs: number | null;
}

export interface Contact {
  readonly id: string;
  readonly current: string | null;
  readonly sessions: readonly SessionContact[];
  readonly conflict: boolean;
  readonly groups: readonly string[];
  /** By a sample that is fresh; null: not known now. */
  readonly armed: boolean | null;
  readonly sighting: Sighting;
}

/** @param more groups besides those it says itself */
export function contactOf(drone: Drone, nowMonoUs: number, more: readonly string[] = []): Contact {
  const status = drone.kinds.get('status');
  const fresh = status !== undefined && (nowMonoUs - status.atMonoUs) / 1e3 <= FRESH_MS;
  const armed = fresh && status.kind === 'status' && 'armed' in status.values ? status.values.armed : null;
  return {
    id: drone.id,
    current: drone.sessions.current,
    conflict: drone.sessions.conflict !== null,
    groups: more.length === 0 ? drone.groups : [...new Set([...drone.groups, ...more])],
    armed,
    // Few ask for it.
    get sighting() {
      return sightingOf(drone, nowMonoUs);
    },
    sessions: drone.sessions.sessions.map((one) => {
      const said = drone.said.get(one.session);
      const newest = said?.newestMonoUs ?? null;
      const cameUs = said?.newestCameMonoUs ?? null;
      return {
        ...{ session: one.session, alive: isAlive(one, nowMonoUs), boot: one.boot },
        ...{ autopilotBoot: said?.autopilotBoot, journal: said?.journal ?? null, itinerary: said?.itinerary },
        heardMonoMs: newest === null ? null : Math.floor(newest / 1e3),
        heardAgeMs: cameUs === null ? null : Math.max(0, (nowMonoUs - cameUs) / 1e3),
      };
    }),
  };
}

/** What a presence says of its session. */
export function presenceInput(p: Presence): PresenceInput {
  return {
    ...{ session: p.session, n: p.n, boot: p.boot, online: p.online },
    ...{ board: p.board ?? null, bootAgeMs: p.bootAgeMs ?? null, newestEpoch: p.epochs[0]?.epoch ?? null },
  };
}

/** What a presence says besides who it is. */
export function takePresence(drone: Drone, p: Presence): void {
  const said = saidOf(drone, p.session);
  said.journal = p.journal;
  said.autopilotBoot = p.autopilotBoot;
  said.itinerary = p.itinerary;
  if (drone.sessions.current !== p.session) return;
  const { state, commander = null, why = null } = p.control;
  drone.control = { state, commander, why };
  drone.groups = p.groups ?? [];
}

/** A stamp of a session's monotonic clock came, at `cameMonoUs` of ours; null: it may have lain somewhere. */
export function takeStamp(drone: Drone, session: string, monoUs: number, cameMonoUs: number | null): void {
  const said = saidOf(drone, session);
  if (said.newestMonoUs !== null && monoUs <= said.newestMonoUs) return;
  said.newestMonoUs = monoUs;
  if (cameMonoUs !== null) said.newestCameMonoUs = cameMonoUs;
}

/** A batch of this epoch was committed: its newest stamp, if we know whose epoch it is. */
export function takeCommitted(drone: Drone, epoch: string, monoUs: number | null): void {
  const owner = monoUs === null ? undefined : drone.sessions.sessions.find((one) => one.epoch === epoch);
  if (owner && monoUs !== null) takeStamp(drone, owner.session, monoUs, null);
}

export function currentSaid(drone: Drone): Said | undefined {
  const current = currentOf(drone.sessions);
  return current === null ? undefined : drone.said.get(current.session);
}

function saidOf(drone: Drone, session: string): Said {
  const known = drone.said.get(session);
  if (known) return known;
  for (const old of drone.said.keys()) {
    if (!drone.sessions.sessions.some((one) => one.session === old)) drone.said.delete(old);
  }
  const unheard = { newestMonoUs: null, newestCameMonoUs: null };
  const fresh: Said = { journal: null, autopilotBoot: undefined, itinerary: undefined, ...unheard };
  drone.said.set(session, fresh);
  return fresh;
}
