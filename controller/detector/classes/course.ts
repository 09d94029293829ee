/** A drone that flies its plan, and not as it is planned. */
import { distanceM, fromLegM, type Place, planeAround } from '@skein/protocol/fleet';
import { fresh, inAir, type PlanSeen, type Seen } from '../seen.ts';
import { bad, type FindingClass, GOOD, UNCLEAR } from '../verdict.ts';

const STUCK_S = 45;
const MOVES_S = 15;

export const NO_PROGRESS: FindingClass = {
  ...{ name: 'no-progress', severity: 'warning', onsetS: 2, clearS: 5, holds: false, proposes: 'return' },
  gathers: null,
  when: 'it flies its plan and came no 5 m nearer to its item for 45 s, the time it is to stay there not counted',
  over: 'it came nearer within 15 s, or flies its plan no more (held, at a gate, on its way back)',
  whatToDo: 'Look at wind, mode and speed. If it does not get on, bring it back',
  judge(seen, past) {
    if (seen.itinerary?.state !== 'flying' || inAir(seen) === false) return GOOD;
    const { progress } = past;
    if (progress === null) return seen.control.state === 'skein' ? UNCLEAR : GOOD;
    const staysS = seen.itinerary.item === null ? 0 : (seen.plan?.waitS[seen.itinerary.item] ?? 0);
    const forS = (seen.monoUs - progress.sinceUs) / 1e6 - staysS;
    if (forS < MOVES_S) return GOOD;
    // While it is not heard time passes by itself.
    if (forS < STUCK_S || fresh(seen, 'mission', 12_000) === null) return UNCLEAR;
    return bad(`No nearer to its item for ${Math.round(forS)} s`, {
      forS: Math.round(forS),
      distanceM: progress.nearestM,
    });
  },
};

const OFF_M = 30;
const ON_M = 15;

export const OFF_ROUTE: FindingClass = {
  ...{ name: 'off-route', severity: 'warning', onsetS: 4, clearS: 8, holds: false, proposes: 'hold' },
  gathers: null,
  when: 'it flies its plan and its trusted position is 30 m or more from every leg of it',
  over: 'it is within 15 m, or flies its plan no more',
  whatToDo:
    'Other plans keep 50 m from this one. Look at the wind; hold it, and see whether its plan is the one you think',
  judge(seen) {
    if (seen.itinerary?.state !== 'flying' || inAir(seen) === false) return GOOD;
    if (seen.control.state !== 'skein') return GOOD;
    const place = trustedPlace(seen);
    if (place === null || seen.plan === null || seen.plan.legs.length === 0) return UNCLEAR;
    const offM = fromRouteM(place, seen.plan);
    if (offM <= ON_M) return GOOD;
    if (offM < OFF_M) return UNCLEAR;
    return bad(`${Math.round(offM)} m from its planned way`, { offM: Math.round(offM) });
  },
};

function trustedPlace(seen: Seen): Place | null {
  const position = fresh(seen, 'position', 3000);
  if (position?.latDeg == null || position.lonDeg === null || seen.trust().state !== 'trusted') return null;
  return { latDeg: position.latDeg, lonDeg: position.lonDeg };
}

function fromRouteM(place: Place, { legs }: PlanSeen): number {
  const plane = planeAround(place);
  return Math.min(...legs.map(([from, to]) => fromLegM(plane(place), plane(from), plane(to))));
}

/** Under the reserve by this, and no more than this under it, %. */
const SHORT_PCT = 8;
const ENOUGH_PCT = 3;
/** MAV_BATTERY_CHARGE_STATE: critical, emergency, failed, unhealthy. */
const CRITICAL_STATES = [3, 4, 5, 6];

export const BATTERY: FindingClass = {
  ...{ name: 'battery', severity: 'critical', onsetS: 5, clearS: 20, holds: false, proposes: 'return' },
  gathers: null,
  when: 'in the air its charge (the lower of reported and remembered) less what the rest of its plan takes by the model leaves 8 % less than the reserve; or its autopilot calls the battery critical',
  over: 'no more than 3 % less than the reserve would be left, or it has landed',
  whatToDo: 'Bring it back now, or land it where it is safe, while there is charge to do it with',
  judge(seen) {
    const flies = inAir(seen);
    if (flies === null) return UNCLEAR;
    if (!flies) return GOOD;
    const state = fresh(seen, 'battery', 15_000)?.chargeState ?? null;
    const { chargePct } = seen;
    if (state !== null && CRITICAL_STATES.includes(state)) {
      return bad('Its autopilot calls the battery critical', { chargeState: state, chargePct });
    }
    const needPct = needOf(seen);
    if (needPct === null || chargePct === null || seen.plan === null) return UNCLEAR;
    const leftPct = chargePct - needPct;
    const { reservePct } = seen.plan;
    if (leftPct >= reservePct - ENOUGH_PCT) return GOOD;
    if (leftPct > reservePct - SHORT_PCT) return UNCLEAR;
    const round = (value: number) => Math.round(value * 10) / 10;
    return bad(
      `${Math.round(chargePct)} % left, and its way home takes ${Math.round(needPct)} %: ${Math.round(leftPct)} % would be left, the reserve is ${reservePct} %`,
      { chargePct: round(chargePct), needPct: round(needPct), leftPct: round(leftPct), reservePct },
    );
  },
};

/** What the rest of its flight takes by the model, %; null: nobody can say. */
function needOf(seen: Seen): number | null {
  const { itinerary, plan } = seen;
  if (itinerary === null || plan === null) return null;
  if (itinerary.state === 'returning') {
    const place = trustedPlace(seen);
    if (place === null || plan.home === null || plan.pctPerM === null) return null;
    return distanceM(place, plan.home) * plan.pctPerM;
  }
  const { item } = itinerary;
  if (item === null || plan.restPct === null || !['flying', 'at-gate', 'releasing', 'held'].includes(itinerary.state)) {
    return null;
  }
  const after = plan.restPct[item + 1] ?? 0;
  const own = (plan.restPct[item] ?? 0) - after;
  const lengthM = plan.lengthM[item] ?? 0;
  const toGoM = fresh(seen, 'mission', 12_000)?.distanceM ?? null;
  // Of an item under way only what is sure to come still: nothing is raised on a guess.
  if (lengthM <= 0 || toGoM === null) return after;
  return after + own * Math.min(1, toGoM / lengthM);
}
