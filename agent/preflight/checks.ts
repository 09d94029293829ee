/** The checks of what the autopilot and its sensors say: facts → one item each, in the order a person walks round a drone. */
import type { PreflightFacts, PreflightItem, PreflightVerdict } from './facts.ts';
import {
  FRESH_MS,
  HOME_DISTANCE_M,
  HOME_FRESH_MS,
  LIMITS,
  PRE_ARM_TEXT_MS,
  VARIANCE_STOP,
  VARIANCE_WARN,
  VIBRATION_STOP,
  VIBRATION_WARN,
} from './limits.ts';

/** MAV_SYS_STATUS_SENSOR_3D_MAG */
const MAG = 4;
/** EKF_STATUS_FLAGS: attitude, horizontal and vertical velocity, absolute horizontal and vertical position. */
const EKF_NEEDED = 1 | 2 | 4 | 16 | 32;
/** EKF_CONST_POS_MODE, EKF_UNINITIALIZED, EKF_GPS_GLITCHING. */
const EKF_BAD = 128 | 1024 | 32_768;
const METRES_PER_DEGREE = 111_320;

export const ageOf = (facts: PreflightFacts, sample: { readonly monoUs: number }): number =>
  Math.max(0, Math.round((facts.nowUs - sample.monoUs) / 1000));

export const item = (
  name: string,
  verdict: PreflightVerdict,
  words: string,
  o: { readonly value?: string | null; readonly limit?: string | null; readonly ageMs?: number | null } = {},
): PreflightItem => ({
  item: name,
  verdict,
  value: o.value ?? null,
  limit: o.limit ?? null,
  words,
  ageMs: o.ageMs ?? null,
});

/** Modes that the autopilot lets nobody arm in without a position; an itinerary is started through one of them. */
const NEEDS_POSITION: readonly string[] = [
  'GUIDED',
  'AUTO',
  'LOITER',
  'POSHOLD',
  'BRAKE',
  'AUTO.MISSION',
  'AUTO.LOITER',
];

/** Where the profile, the itinerary or the mode needs it, its absence stops; elsewhere it is only said. */
const needed = ({ profile, itinerary, autopilot }: PreflightFacts): PreflightVerdict =>
  LIMITS[profile].needsPosition || itinerary !== null || NEEDS_POSITION.includes(autopilot.mode ?? '')
    ? 'stop'
    : 'warn';

export function preArm(facts: PreflightFacts): PreflightItem {
  const health = facts.seen.of('health');
  const ageMs = health === null ? null : ageOf(facts, health);
  const said = facts.texts
    .filter(({ text, ageMs }) => /^(PreArm|Arm|Preflight Fail)\b/i.test(text) && ageMs < PRE_ARM_TEXT_MS)
    .map(({ text }) => text);
  const texts = [...new Set(said)].slice(-5).join('; ');
  if (health === null || ageMs === null || ageMs > FRESH_MS) {
    return item('pre-arm', 'stop', 'the autopilot does not report its sensors (SYS_STATUS)', { ageMs });
  }
  const { preArmOk } = health.values;
  if (preArmOk === true) return item('pre-arm', 'ok', 'the autopilot’s own checks pass', { value: 'good', ageMs });
  if (preArmOk === null) {
    return item('pre-arm', 'warn', 'this autopilot does not report its pre-arm checks', {
      value: texts || null,
      ageMs,
    });
  }
  const words = texts === '' ? 'the autopilot’s own checks fail; it has not said why yet' : texts;
  return item('pre-arm', 'stop', words, { value: 'failing', limit: 'good', ageMs });
}

export function ekf(facts: PreflightFacts): PreflightItem {
  const sample = facts.seen.of('ekf');
  if (sample === null) return item('ekf', needed(facts), 'the position estimate is not reported');
  const ageMs = ageOf(facts, sample);
  const { flags, velocityVariance, horizontalVariance, verticalVariance, compassVariance } = sample.values;
  const variances = [velocityVariance, horizontalVariance, verticalVariance, compassVariance].map((v) => v ?? 0);
  const worst = Math.max(...variances);
  const value = `flags ${flags}, worst ratio ${worst.toFixed(2)}`;
  const limit = `position and velocity, ratio under ${VARIANCE_STOP}`;
  const say = (verdict: PreflightVerdict, words: string) => item('ekf', verdict, words, { value, limit, ageMs });
  if (ageMs > FRESH_MS) return say(needed(facts), 'the position estimate is no longer reported');
  if (((flags ?? 0) & EKF_BAD) !== 0)
    return say(needed(facts), 'the estimator has no position it trusts yet: wait until it uses the satellites');
  if (((flags ?? 0) & EKF_NEEDED) !== EKF_NEEDED)
    return say(needed(facts), 'the estimator has not settled yet: wait until it uses the satellites');
  if (worst >= VARIANCE_STOP) return say(needed(facts), 'the sensors contradict each other');
  return worst >= VARIANCE_WARN
    ? say('warn', 'the sensors hardly agree')
    : say('ok', 'position and velocity are estimated');
}

export function gps(facts: PreflightFacts): PreflightItem {
  const { satellites: wantedSatellites, hdop: wantedHdop } = LIMITS[facts.profile];
  const limit = `3D fix, ${wantedSatellites} satellites, HDOP ${wantedHdop}`;
  const good = (sample: (typeof all)[number]): number => (sample.values.satellites ?? 0) - (sample.values.hdop ?? 99);
  const all = facts.seen.receivers();
  const [best] = [...all].sort((a, b) => good(b) - good(a));
  if (best === undefined) return item('gps', needed(facts), 'no satellite receiver is reported', { limit });
  const ageMs = ageOf(facts, best);
  const { fix, satellites, hdop } = best.values;
  const value = `${fix ?? 'no fix'}, ${satellites ?? '?'} satellites, HDOP ${hdop?.toFixed(2) ?? '?'}`;
  const say = (verdict: PreflightVerdict, words: string) => item('gps', verdict, words, { value, limit, ageMs });
  if (ageMs > FRESH_MS) return say(needed(facts), 'the satellite receiver is no longer reported');
  if (fix === null || ['no-gps', 'no-fix', '2d'].includes(fix)) return say(needed(facts), 'there is no 3D fix');
  if ((satellites ?? 0) < wantedSatellites || (hdop ?? 99) > wantedHdop)
    return say(needed(facts), 'the fix is too poor');
  return say('ok', 'the fix is good');
}

/** What nobody may act on, nobody flies with (flight rules §8). */
export function position(facts: PreflightFacts): PreflightItem {
  const { trusted, state, words, lastAgeMs } = facts.position;
  const seen = { value: state, limit: 'trusted', ageMs: lastAgeMs === null ? null : Math.round(lastAgeMs) };
  return item('position', trusted ? 'ok' : needed(facts), words, seen);
}

export function home(facts: PreflightFacts): PreflightItem {
  const sample = facts.seen.of('home');
  if (sample === null) return item('home', needed(facts), 'the autopilot has no home yet, so it could not return');
  const ageMs = ageOf(facts, sample);
  const { latDeg, lonDeg } = sample.values;
  const value = `${latDeg?.toFixed(6)}, ${lonDeg?.toFixed(6)}`;
  const position = facts.seen.of('position');
  const limit = `within ${HOME_DISTANCE_M} m`;
  if (ageMs > HOME_FRESH_MS) return item('home', 'warn', 'home is no longer reported', { value, limit, ageMs });
  if (position === null || position.values.latDeg === null || latDeg === null || lonDeg === null) {
    return item('home', needed(facts), 'where the drone stands is not known', { value, limit, ageMs });
  }
  const north = (position.values.latDeg - latDeg) * METRES_PER_DEGREE;
  const east = ((position.values.lonDeg ?? lonDeg) - lonDeg) * METRES_PER_DEGREE * Math.cos((latDeg * Math.PI) / 180);
  const distanceM = Math.hypot(north, east);
  const seen = { value: `${distanceM.toFixed(1)} m away`, limit, ageMs };
  // ArduPilot sets home where it arms; a far one tells of a drone that was carried, or of a position that jumped.
  return distanceM > HOME_DISTANCE_M
    ? item('home', 'warn', 'home is not where the drone stands; it moves when it arms', seen)
    : item('home', 'ok', 'home is where the drone stands', seen);
}

export function compass(facts: PreflightFacts): PreflightItem {
  const health = facts.seen.of('health');
  if (health === null) return item('compass', needed(facts), 'the compass is not reported');
  const ageMs = ageOf(facts, health);
  const { sensorsEnabled, sensorsHealthy } = health.values;
  const variance = facts.seen.of('ekf')?.values.compassVariance ?? null;
  const value = variance === null ? null : `ratio ${variance.toFixed(2)}`;
  const seen = { value, limit: `healthy, ratio under ${VARIANCE_STOP}`, ageMs };
  if (((sensorsEnabled ?? 0) & MAG) === 0) return item('compass', 'warn', 'no compass is in use', seen);
  if (((sensorsHealthy ?? 0) & MAG) === 0) return item('compass', needed(facts), 'the compass is not healthy', seen);
  if ((variance ?? 0) >= VARIANCE_STOP) return item('compass', needed(facts), 'the compass contradicts the rest', seen);
  return item('compass', 'ok', 'the compass is healthy', seen);
}

export function vibration(facts: PreflightFacts): PreflightItem {
  const sample = facts.seen.of('vibration');
  if (sample === null) return item('vibration', 'warn', 'vibration is not reported');
  const { xMps2, yMps2, zMps2, clipping } = sample.values;
  const worst = Math.max(xMps2 ?? 0, yMps2 ?? 0, zMps2 ?? 0);
  const clipped = (clipping ?? []).reduce<number>((sum, count) => sum + (count ?? 0), 0);
  const seen = {
    value: `${worst.toFixed(1)} m/s², ${clipped} clipped`,
    limit: `under ${VIBRATION_WARN} m/s²`,
    ageMs: ageOf(facts, sample),
  };
  if (worst >= VIBRATION_STOP)
    return item('vibration', 'stop', 'it shakes far too much: look at propellers and mounts', seen);
  if (worst >= VIBRATION_WARN) return item('vibration', 'warn', 'it shakes: look at propellers and mounts', seen);
  return item('vibration', 'ok', 'it is still', seen);
}

export function radioControl(facts: PreflightFacts): PreflightItem {
  const needsPilot = LIMITS[facts.profile].needsPilot;
  const absent: PreflightVerdict = needsPilot ? 'stop' : facts.profile === 'bvlos' ? 'ok' : 'warn';
  const sample = facts.seen.of('rc');
  const limit = needsPilot ? 'receiver healthy' : 'not needed';
  if (sample === null) return item('rc', absent, 'no receiver is reported', { limit });
  const ageMs = ageOf(facts, sample);
  const { receiverHealthy, channelsUs, rssi } = sample.values;
  const value = `${channelsUs?.length ?? 0} channels${rssi === null ? '' : `, signal ${rssi}`}`;
  if (ageMs > FRESH_MS) return item('rc', absent, 'the receiver is no longer reported', { value, limit, ageMs });
  if (receiverHealthy === true) return item('rc', 'ok', 'the transmitter is heard', { value, limit, ageMs });
  const words =
    receiverHealthy === null ? 'whether the transmitter is heard is not known' : 'the transmitter is not heard';
  return item('rc', absent, words, { value, limit, ageMs });
}
