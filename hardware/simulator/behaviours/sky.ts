import { fault, number, type Stage } from './fault.ts';

const DRIFT_MS = 200;

const bearing = (metres: number, degrees: number): { readonly gpsNorthM: number; readonly gpsEastM: number } => {
  const radians = (degrees * Math.PI) / 180;
  return { gpsNorthM: metres * Math.cos(radians), gpsEastM: metres * Math.sin(radians) };
};

function receiver(stage: Stage, state: 'lost' | 'frozen' | 'zero'): void {
  const { disturbances } = stage.autopilot;
  disturbances.gps = state;
  stage.onEnd(() => {
    if (disturbances.gps === state) disturbances.gps = 'ok';
  });
}

/** Adds to what the receiver tells; takes back what it added when it ends. */
function push(stage: Stage): (northM: number, eastM: number, upM: number) => void {
  const { disturbances } = stage.autopilot;
  const added = { northM: 0, eastM: 0, upM: 0 };
  const add = (northM: number, eastM: number, upM: number): void => {
    disturbances.gpsNorthM += northM;
    disturbances.gpsEastM += eastM;
    disturbances.gpsUpM += upM;
    added.northM += northM;
    added.eastM += eastM;
    added.upM += upM;
  };
  stage.onEnd(() => add(-added.northM, -added.eastM, -added.upM));
  return add;
}

const gpsLoss = fault({
  name: 'gps-loss',
  words: 'the receiver has no fix, as when jammed',
  settings: {},
  begin: (stage) => receiver(stage, 'lost'),
});

const FUSED = number('1: the fused position does so too', 0, 0, 1);

/** From now on a message tells these fields as it told them last. */
function keep(stage: Stage, message: string, fields: readonly string[]): void {
  let kept: Record<string, unknown> | null = null;
  stage.meddle({
    sending: (sent) => {
      if (sent.name !== message) return 'send';
      kept ??= Object.fromEntries(fields.map((field) => [field, sent.fields[field]]));
      return { fields: kept };
    },
  });
}

const gpsFrozen = fault({
  name: 'gps-frozen',
  words: 'the receiver tells its last fix for ever',
  settings: { fused: FUSED },
  begin(stage, { fused }) {
    receiver(stage, 'frozen');
    if (fused === 1) keep(stage, 'GLOBAL_POSITION_INT', ['lat', 'lon', 'alt', 'relative_alt']);
  },
});

const gpsStale = fault({
  name: 'gps-stale',
  words: 'fixes keep coming, their time stands still',
  settings: { fused: FUSED },
  begin(stage, { fused }) {
    keep(stage, 'GPS_RAW_INT', ['time_usec']);
    if (fused === 1) keep(stage, 'GLOBAL_POSITION_INT', ['time_boot_ms']);
  },
});

const CM = 100;
const MM = 1_000;

const gpsPoor = fault({
  name: 'gps-poor',
  words: 'a poor fix, as when jammed; what else is made of it stays',
  settings: {
    fix: number('GPS_FIX_TYPE', 2, 0, 8),
    satellites: number('in use', 4, 0, 50),
    accuracy: number('horizontal, metres', 30, 0, 10_000),
  },
  begin(stage, { fix, satellites, accuracy }) {
    const poor = { fix_type: fix, satellites_visible: satellites, eph: Math.min(65_535, Math.round(accuracy * CM)) };
    const fields = { ...poor, h_acc: Math.round(accuracy * MM) };
    stage.meddle({ sending: ({ name }) => (name === 'GPS_RAW_INT' ? { fields } : 'send') });
  },
});

const gpsZero = fault({
  name: 'gps-zero',
  words: 'the receiver tells latitude 0, longitude 0, with a fix',
  settings: { fused: FUSED },
  begin(stage, { fused }) {
    receiver(stage, 'zero');
    if (fused !== 1) return;
    stage.meddle({
      sending: ({ name }) => (name === 'GLOBAL_POSITION_INT' ? { fields: { lat: 0, lon: 0 } } : 'send'),
    });
  },
});

const METRE_E7 = 89.83;

const gpsGlitch = fault({
  name: 'gps-glitch',
  words: 'the fix jumps aside',
  settings: {
    metres: number('how far', 200),
    bearing: number('degrees', 90, -360, 360),
    up: number('and up, metres', 0, -10_000, 10_000),
    fused: FUSED,
  },
  begin(stage, { metres, bearing: degrees, up, fused }) {
    const { gpsNorthM, gpsEastM } = bearing(metres, degrees);
    push(stage)(gpsNorthM, gpsEastM, up);
    if (fused !== 1) return;
    // Told, not believed: the vehicle is flown as before.
    const east = gpsEastM / Math.cos((stage.autopilot.world.latE7 * Math.PI) / 180e7);
    stage.meddle({
      sending: ({ name, fields: { lat, lon } }) =>
        name === 'GLOBAL_POSITION_INT' && typeof lat === 'number' && typeof lon === 'number'
          ? { fields: { lat: Math.round(lat + gpsNorthM * METRE_E7), lon: Math.round(lon + east * METRE_E7) } }
          : 'send',
    });
  },
});

const baroDrift = fault({
  name: 'baro-drift',
  words: 'the barometer drifts: the vehicle believes itself higher, and sinks; what it drifted goes when this ends',
  settings: { rate: number('m/s, positive: it believes itself higher', 0.5, -100, 100) },
  begin(stage, { rate }) {
    const { disturbances } = stage.autopilot;
    let added = 0;
    stage.every(DRIFT_MS, () => {
      added += (rate * DRIFT_MS) / 1_000;
      disturbances.baroUpM += (rate * DRIFT_MS) / 1_000;
    });
    stage.onEnd(() => {
      disturbances.baroUpM -= added;
    });
  },
});

const gpsDrift = fault({
  name: 'gps-drift',
  words: 'the fix creeps aside, slowly enough to be believed',
  settings: { rate: number('m/s', 0.5, 0, 100), bearing: number('degrees', 90, -360, 360) },
  begin(stage, { rate, bearing: degrees }) {
    const step = bearing((rate * DRIFT_MS) / 1_000, degrees);
    const add = push(stage);
    stage.every(DRIFT_MS, () => add(step.gpsNorthM, step.gpsEastM, 0));
  },
});

const compass = fault({
  name: 'compass',
  words: 'the compass is off',
  settings: { degrees: number('clockwise', 60, -180, 180) },
  begin(stage, { degrees }) {
    const { disturbances } = stage.autopilot;
    disturbances.compassDeg += degrees;
    stage.onEnd(() => {
      disturbances.compassDeg -= degrees;
    });
  },
});

const clockJump = fault({
  name: 'clock-jump',
  words: 'a clock jumps: the time of day, the time since boot, or both; it stays so',
  settings: {
    seconds: number('of the time of day', 3_600, -1e9, 1e9),
    boot: number('seconds of the time since boot', 0, -1e6, 1e6),
  },
  begin(stage, { seconds, boot }) {
    stage.autopilot.disturbances.unixErrorUs += BigInt(Math.round(seconds * 1e6));
    if (boot !== 0) stage.autopilot.jumpBootClock(boot * 1_000);
  },
});

const gpsFaults = [gpsLoss, gpsFrozen, gpsZero, gpsGlitch, gpsDrift, gpsPoor, gpsStale] as const;
export const skyFaults = [...gpsFaults, baroDrift, compass, clockJump] as const;
