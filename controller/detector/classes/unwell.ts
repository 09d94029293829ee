/** An autopilot, or what it flies with, that is not well. */
import { reasonCode } from '@skein/protocol/fleet';
import { trustWords } from '@skein/protocol/telemetry';
import { armed, fresh, inAir, type Seen } from '../seen.ts';
import { bad, type FindingClass, GOOD, UNCLEAR } from '../verdict.ts';

const HEALTH_MS = 12_000;

/** ArduPilot's own EKF failsafe acts at a test ratio of FS_EKF_THRESH, 0.8. */
const RATIO_BAD = 0.8;
const RATIO_GOOD = 0.5;

/** Test ratio past which it is bad; null: not known. */
function byRatio(seen: Seen, ratio: number | null, what: string) {
  if (inAir(seen) === false) return GOOD;
  if (ratio === null) return UNCLEAR;
  if (ratio < RATIO_GOOD) return GOOD;
  if (ratio < RATIO_BAD) return UNCLEAR;
  return bad(`${what}: test ratio ${ratio.toFixed(2)}`, { ratio });
}

export const EKF: FindingClass = {
  ...{ name: 'ekf', severity: 'warning', onsetS: 3, clearS: 10, holds: true, proposes: null },
  gathers: null,
  when: 'in the air the test ratio of velocity or horizontal position of its estimator is 0.8 or more',
  over: 'both are below 0.5, or it has landed',
  whatToDo:
    'Its autopilot may land it or give up position by itself: leave it to it. A pilot in sight may take over. No return on this',
  judge(seen) {
    const ekf = fresh(seen, 'ekf', HEALTH_MS);
    const ratios = [ekf?.velocityVariance, ekf?.horizontalVariance].filter((one) => one != null);
    return byRatio(
      seen,
      ratios.length === 0 ? null : Math.max(...ratios),
      'Its position estimate does not fit its sensors',
    );
  },
};

/** MAV_SYS_STATUS_SENSOR_3D_MAG. */
const MAG = 4;

export const COMPASS: FindingClass = {
  ...{ name: 'compass', severity: 'warning', onsetS: 5, clearS: 10, holds: true, proposes: null },
  gathers: null,
  when: 'in the air the test ratio of its compass is 0.8 or more, or its autopilot calls the compass unhealthy',
  over: 'the ratio is below 0.5 and the compass healthy, or it has landed',
  whatToDo:
    'Keep it away from steel and power lines; have the compass calibrated before it flies again. A pilot in sight may take over',
  judge(seen) {
    const health = fresh(seen, 'health', HEALTH_MS);
    const enabled = health?.sensorsEnabled ?? 0;
    const healthy = health?.sensorsHealthy ?? null;
    if (inAir(seen) !== false && healthy !== null && (enabled & MAG) !== 0 && (healthy & MAG) === 0) {
      return bad('Its autopilot calls the compass unhealthy', { sensorsHealthy: healthy });
    }
    return byRatio(
      seen,
      fresh(seen, 'ekf', HEALTH_MS)?.compassVariance ?? null,
      'Its compass does not fit its estimate',
    );
  },
};

/** ArduPilot's documentation (Measuring Vibration): below 30 m/s² is fine, above 60 nearly always a problem. */
const SHAKES_MPS2 = 60;
const CALM_MPS2 = 30;
const CLIPS_PER_S = 10;

export const VIBRATION: FindingClass = {
  ...{ name: 'vibration', severity: 'warning', onsetS: 5, clearS: 15, holds: true, proposes: 'return' },
  gathers: null,
  when: 'in the air an axis vibrates with 60 m/s² or more, or its accelerometers clip 10 times a second or more',
  over: 'all axes are below 30 m/s² and less than one clipping a second is counted, or it has landed',
  whatToDo: 'Bring it back and look at propellers, motors and mounts before it flies again',
  judge(seen, { clipping }) {
    if (inAir(seen) === false) return GOOD;
    const vibration = fresh(seen, 'vibration', HEALTH_MS);
    if (vibration === null) return UNCLEAR;
    const most = Math.max(vibration.xMps2 ?? 0, vibration.yMps2 ?? 0, vibration.zMps2 ?? 0);
    const clips = clipping?.perS ?? 0;
    const values = { mps2: Math.round(most * 10) / 10, clipsPerS: Math.round(clips) };
    if (most >= SHAKES_MPS2) return bad(`It vibrates with ${Math.round(most)} m/s²`, values);
    if (clips >= CLIPS_PER_S) return bad(`Its accelerometers clip ${Math.round(clips)} times a second`, values);
    return most < CALM_MPS2 && clips < 1 ? GOOD : UNCLEAR;
  },
};

/** Of the middle motor's speed. */
const STANDS = 0.2;
const TURNS = 0.5;
const TURNING_RPM = 1000;
const HOT_C = 100;
const COOL_C = 85;

export const ESC: FindingClass = {
  ...{ name: 'esc', severity: 'critical', onsetS: 1, clearS: 10, holds: true, proposes: 'land' },
  gathers: null,
  when: 'in the air a motor turns at less than a fifth of the middle one, or its controller has 100 °C or more (warning)',
  over: 'all turn at half of it or more and have less than 85 °C, or it has landed',
  whatToDo: 'A motor may have failed: see that nobody is below, land it. Do not arm it again before it was looked at',
  judge(seen) {
    if (inAir(seen) !== true) return inAir(seen) === null ? UNCLEAR : GOOD;
    const held = [seen.sample('esc'), seen.sample('esc', 'esc.5'), seen.sample('esc', 'esc.9')];
    const lists = held.flatMap((one) => (one === null || one.ageMs > 3000 ? [] : [one.values]));
    const rpm = lists.flatMap((one) => one.rpm ?? []).filter((one) => one !== null);
    const hot = Math.max(...lists.flatMap((one) => one.temperatureC ?? []).filter((one) => one !== null), -273);
    if (rpm.length < 3) return UNCLEAR;
    const middle = [...rpm].sort((a, b) => a - b)[Math.floor(rpm.length / 2)] ?? 0;
    const slowest = Math.min(...rpm);
    const values = { slowestRpm: slowest, middleRpm: middle, hottestC: hot > -273 ? hot : null };
    // Motors that nearly all stand idle: a descent, or nothing is measured.
    if (middle >= TURNING_RPM && slowest < STANDS * middle) {
      return bad(`Motor ${rpm.indexOf(slowest) + 1} turns at ${slowest} of ${middle} 1/min`, values);
    }
    if (hot >= HOT_C) return bad(`A motor controller has ${hot} °C`, values, 'warning');
    return (middle < TURNING_RPM || slowest >= TURNS * middle) && hot < COOL_C ? GOOD : UNCLEAR;
  },
};

const REFUSALS = 2;
const REFUSED_S = 900;

export const PRE_ARM: FindingClass = {
  ...{ name: 'pre-arm', severity: 'warning', onsetS: 0, clearS: 5, holds: true, proposes: null },
  gathers: null,
  when: 'its autopilot refused to arm twice within 15 min',
  over: 'it is armed, or 15 min have passed without another refusal',
  whatToDo:
    'Read its pre-arm texts in the pre-flight list and mend what they say; arming it again and again does not help',
  judge(seen) {
    if (armed(seen) === true) return GOOD;
    const refused = seen.commands.filter(
      ({ type, state, reason, at }) =>
        (type === 'arm' || type === 'start') &&
        (state === 'failed' || state === 'rejected') &&
        reason !== null &&
        reasonCode(reason) === 'refused' &&
        seen.utcUs / 1e6 - Date.parse(at) / 1e3 <= REFUSED_S,
    );
    if (refused.length < REFUSALS) return GOOD;
    return bad(`Its autopilot refused to arm: ${refused[0]?.reason}`, { refusals: refused.length });
  },
};

const SUSPECT_S = 20;

export const POSITION: FindingClass = {
  ...{ name: 'position', severity: 'warning', onsetS: 5, clearS: 10, holds: false, proposes: null },
  gathers: {
    words: 'their positions are not trusted',
    whatToDo:
      'Many at once is no receiver of one drone: look for jamming and for the satellites. Nothing that acts on a position goes to them; their autopilots fly, and may land. Send no return',
  },
  when: 'in the air its position is rejected, or suspect for 20 s',
  over: 'it is trusted, or it has landed',
  whatToDo:
    'Nothing that acts on a position goes to it now. Its autopilot flies, and may land by its EKF failsafe: do not undo that, and send no return for it. A pilot in sight may take over',
  judge(seen, { suspectSinceUs }) {
    const flies = inAir(seen);
    if (flies === null) return UNCLEAR;
    if (!flies) return GOOD;
    const { state, reason } = seen.trust();
    if (state === 'trusted') return GOOD;
    const forS = suspectSinceUs === null ? 0 : (seen.monoUs - suspectSinceUs) / 1e6;
    // Silence says nothing of a position.
    if (reason === 'silent' || (state === 'suspect' && forS < SUSPECT_S)) return UNCLEAR;
    const words = reason === null ? state : trustWords(reason);
    return bad(`Its position is ${state}: ${words}`, { state, reason });
  },
};
