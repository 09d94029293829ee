/** What Safety looks at, and how it becomes the facts of the pre-flight list. */
import type { Flavour, VehicleState } from '@skein/hardware/autopilot';
import type { Sample } from '@skein/protocol/telemetry';
import type { Held } from './lock/index.ts';
import type { LastSeen, PreflightFacts } from './preflight/index.ts';
import { differenceWords, type ProfileName, type ProfileWatch, type ReadAnswer } from './profile/index.ts';

/** Remote ID modules report each second or two. */
const REMOTE_ID_FRESH_MS = 10_000;
/** A second autopilot or companion silent for so long is gone: each beats once a second. */
const SECOND_HEARD_MS = 10_000;

export interface SafetyOptions {
  readonly lockPath: string;
  readonly profile: ProfileName;
  /** NAME=WANTED, as in the settings. */
  readonly profileParameters: readonly string[];
  readonly linkLossOwner: 'agent' | 'autopilot';
  readonly batteryCells: number;
  /** The clock that samples carry, µs. */
  readonly nowUs: () => number;
  /** UTC and its error, µs; null while nobody knows. */
  readonly utc: () => {
    readonly utcUs: number;
    readonly errUs: number;
    readonly source: string;
    readonly standing: string;
    readonly liars: readonly string[];
  } | null;
  readonly state: () => VehicleState;
  readonly position: () => PreflightFacts['position'];
  readonly flavour: () => Flavour | null;
  readonly readParameter: (name: string, o: { readonly signal: AbortSignal }) => Promise<ReadAnswer>;
  readonly link: () => { readonly open: boolean; readonly opens: number; readonly problem: string | null };
  /** Presence heartbeats go out; the ground link, and for how long without a break. */
  readonly heartbeats: () => {
    readonly presence: boolean;
    readonly groundLink: boolean;
    readonly groundLinkMs: number;
  };
  readonly leaseLeftMs: () => number;
  readonly rememberedPct: () => number | null;
  readonly disk: () => { readonly problem: string | null };
  readonly itinerary: () => { readonly id: string; readonly verified: boolean } | null;
  readonly onSample: (sample: Sample) => void;
  readonly onEvent: (event: 'locked' | 'unlocked' | 'lock-problem' | 'profile', words: string) => void;
}

export interface RemoteIdStatus {
  readonly ok: boolean;
  readonly error: string;
  readonly atUs: number;
}

/** What Safety keeps itself. */
export interface OwnFacts {
  readonly seen: LastSeen;
  readonly watch: ProfileWatch;
  readonly remoteId: RemoteIdStatus | null;
  readonly held: Held | null;
}

export function factsOf(o: SafetyOptions, own: OwnFacts): PreflightFacts {
  const { state: stateNow, heartbeats, nowUs, utc } = o;
  const { seen, watch, remoteId, held } = own;
  const state = stateNow();
  const now = nowUs();
  const nowMs = now / 1000;
  const { profile, failsafe } = watch;
  const told = utc();
  const beats = heartbeats();
  const others = state.otherWriters.filter(
    ({ role, lastHeardAgeMs }) => (role === 'autopilot' || role === 'companion') && lastHeardAgeMs < SECOND_HEARD_MS,
  ).length;
  const remoteIdAgeMs = remoteId === null ? 0 : (now - remoteId.atUs) / 1000;
  return {
    nowUs: now,
    profile: o.profile,
    seen,
    position: o.position(),
    link: o.link(),
    autopilot: {
      alive: state.alive,
      lastHeartbeatAgeMs: state.lastHeartbeatAgeMs === null ? null : Math.round(state.lastHeartbeatAgeMs),
      armed: state.armed,
      mode: state.mode,
      others,
      version: state.version,
      flavour: state.flavour,
    },
    heartbeats: { presence: beats.presence, groundLinkMs: beats.groundLink ? beats.groundLinkMs : null },
    // What it said before it restarted is no reason now.
    texts: state.texts
      .map(({ atMs, text }) => ({ ageMs: nowMs - atMs, text }))
      .filter(({ ageMs }) => ageMs <= (state.bootMs ?? Number.POSITIVE_INFINITY)),
    rememberedPct: o.rememberedPct(),
    cells: o.batteryCells,
    profileCheck: {
      ok: profile.ok,
      differences: profile.differences.map(differenceWords),
      unread: profile.unread.length,
    },
    failsafeCheck: failsafe,
    itinerary: o.itinerary(),
    remoteId:
      remoteId === null
        ? null
        : remoteIdAgeMs > REMOTE_ID_FRESH_MS
          ? { ok: false, error: 'the Remote ID module has fallen silent', ageMs: Math.round(remoteIdAgeMs) }
          : { ok: remoteId.ok, error: remoteId.error, ageMs: Math.round(remoteIdAgeMs) },
    disk: { freeMb: seen.of('board')?.values.diskFreeMb ?? null, problem: o.disk().problem },
    clock:
      told === null
        ? null
        : { source: told.source, errMs: told.errUs / 1000, split: told.standing === 'split', liars: told.liars },
    lock: held,
  };
}
