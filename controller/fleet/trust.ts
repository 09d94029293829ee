/**
 * May the position be acted on: the drone's own word while that is fresh, else what the same code makes of its live
 * data here. While it is not trusted, where the drone may be by dead reckoning, for people to look at.
 */
import { FAR_LIMITS, PositionTrust, type Sample, type Trust, trustWords, type Values } from '@skein/protocol/telemetry';
import type { Drone, LiveSample } from './drone.ts';

/** The drone says it each 10 s; live data may be 2 s apart. */
const WORD_FRESH_US = 15e6;

export interface TrustEntry {
  readonly state: string;
  /** Stable code (docs/position-trust.md); null while trusted. */
  readonly reason: string | null;
  readonly words: string | null;
  /** Who says so. */
  readonly by: 'drone' | 'controller';
  readonly last: {
    readonly latDeg: number;
    readonly lonDeg: number;
    readonly altAmslM: number | null;
    readonly atUtcUs: number;
  } | null;
  /** Null while it is trusted, and as long as nothing ever was. */
  readonly estimate: {
    readonly latDeg: number;
    readonly lonDeg: number;
    readonly radiusM: number;
    readonly sinceMs: number;
  } | null;
}

export const newTrust = (): PositionTrust => new PositionTrust(FAR_LIMITS);

/** A live sample that was taken, by our clock: a restart of the companion does not break the line. */
export function judge(trust: PositionTrust, sample: Sample, atMonoUs: number): void {
  trust.take({ ...sample, monoUs: atMonoUs });
}

/** After a restart of the controller: where the drone was last trusted to be, by its own word. */
export function recall(drone: Drone): void {
  const word = valuesOf(drone.kinds.get('trust'), 'trust');
  const at = drone.kinds.get('trust')?.atMonoUs;
  if (!word || at === undefined || word.lastLatDeg === null || word.lastLonDeg === null) return;
  const velocity = valuesOf(drone.kinds.get('velocity'), 'velocity');
  const status = valuesOf(drone.kinds.get('status'), 'status');
  drone.trust.recall({
    latDeg: word.lastLatDeg,
    lonDeg: word.lastLonDeg,
    altM: word.lastAltAmslM,
    atUs: at - (word.lastAgeMs ?? 0) * 1e3,
    speed: velocity ?? null,
    inAir: status === undefined || (status.armed !== false && status.landed !== 'on-ground'),
  });
}

export function trustEntry(drone: Drone, now: { readonly utcUs: number; readonly monoUs: number }): TrustEntry {
  const own = drone.trust.at(now.monoUs);
  const said = wordOf(drone, now.monoUs);
  // What it said before it fell silent is not of now.
  const { state, reason, by } =
    said === null || own.reason === 'silent'
      ? { state: own.state, reason: own.reason, by: 'controller' as const }
      : { ...said, by: 'drone' as const };
  const trusted = state === 'trusted';
  const word = by === 'drone' ? drone.kinds.get('trust') : undefined;
  return {
    state,
    reason,
    words: reason === null ? null : trustWords(reason),
    by,
    // Ours may be younger than the drone's; where we have none yet, its own counts.
    last: lastOf(own, now) ?? toldLast(drone.kinds.get('trust'), now),
    estimate: trusted ? null : (rounded(own.estimate) ?? toldEstimate(word)),
  };
}

function wordOf(drone: Drone, nowMonoUs: number): { readonly state: string; readonly reason: string | null } | null {
  const held = drone.kinds.get('trust');
  const word = valuesOf(held, 'trust');
  if (!held || !word || word.state === null || nowMonoUs - held.atMonoUs > WORD_FRESH_US) return null;
  return { state: word.state, reason: word.reason };
}

function lastOf({ last }: Trust, now: { readonly utcUs: number }): TrustEntry['last'] {
  if (last === null) return null;
  const { latDeg, lonDeg, altM, ageMs } = last;
  return { latDeg, lonDeg, altAmslM: altM, atUtcUs: Math.round(now.utcUs - ageMs * 1e3) };
}

function toldLast(held: LiveSample | undefined, now: { readonly utcUs: number; readonly monoUs: number }) {
  const word = valuesOf(held, 'trust');
  if (!held || !word || word.lastLatDeg === null || word.lastLonDeg === null) return null;
  const ageUs = now.monoUs - held.atMonoUs + (word.lastAgeMs ?? 0) * 1e3;
  const { lastLatDeg: latDeg, lastLonDeg: lonDeg, lastAltAmslM: altAmslM } = word;
  return { latDeg, lonDeg, altAmslM, atUtcUs: Math.round(now.utcUs - ageUs) };
}

function toldEstimate(held: LiveSample | undefined) {
  const word = valuesOf(held, 'trust');
  if (!word || word.latDeg === null || word.lonDeg === null || word.radiusM === null) return null;
  return rounded({ latDeg: word.latDeg, lonDeg: word.lonDeg, radiusM: word.radiusM, sinceMs: word.lastAgeMs ?? 0 });
}

function rounded(estimate: Trust['estimate']) {
  if (estimate === null) return null;
  const { latDeg, lonDeg, radiusM, sinceMs } = estimate;
  const deg = (value: number): number => Math.round(value * 1e6) / 1e6;
  return { latDeg: deg(latDeg), lonDeg: deg(lonDeg), radiusM: Math.round(radiusM), sinceMs: Math.round(sinceMs) };
}

function valuesOf<K extends 'trust' | 'velocity' | 'status'>(
  held: LiveSample | undefined,
  kind: K,
): Values<K> | undefined {
  return held?.kind === kind ? (held.values as Values<K>) : undefined;
}

/**
 * When the entry is worth sending again: another verdict at once, a wider ring by about a thirtieth of its age (so that a
 * drone lost for days costs nothing).
 */
export class TrustNews {
  readonly #shown = new Map<string, { readonly verdict: string; readonly nextMs: number }>();

  isNews(drone: Drone, nowMonoUs: number): boolean {
    const { state, reason, by, estimate } = trustEntry(drone, { utcUs: 0, monoUs: nowMonoUs });
    const { id } = drone;
    const nowMs = nowMonoUs / 1e3;
    const verdict = `${state} ${reason} ${by}`;
    const before = this.#shown.get(id);
    if (before?.verdict === verdict && (estimate === null || nowMs < before.nextMs)) return false;
    this.#shown.set(id, { verdict, nextMs: nowMs + Math.max(1_000, (estimate?.sinceMs ?? 0) / 30) });
    return true;
  }
}
