import { fault, number, type Stage } from './fault.ts';

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

const gpsFrozen = fault({
  name: 'gps-frozen',
  words: 'the receiver tells its last fix for ever',
  settings: {},
  begin: (stage) => receiver(stage, 'frozen'),
});

const gpsZero = fault({
  name: 'gps-zero',
  words: 'the receiver tells latitude 0, longitude 0, with a fix',
  settings: { fused: number('1: the fused position says so too', 0, 0, 1) },
  begin(stage, { fused }) {
    receiver(stage, 'zero');
    if (fused !== 1) return;
    stage.meddle({
      sending: ({ name }) => (name === 'GLOBAL_POSITION_INT' ? { fields: { lat: 0, lon: 0 } } : 'send'),
    });
  },
});

const gpsGlitch = fault({
  name: 'gps-glitch',
  words: 'the fix jumps aside',
  settings: {
    metres: number('how far', 200),
    bearing: number('degrees', 90, -360, 360),
    up: number('and up, metres', 0, -10_000, 10_000),
  },
  begin(stage, { metres, bearing: degrees, up }) {
    const { gpsNorthM, gpsEastM } = bearing(metres, degrees);
    push(stage)(gpsNorthM, gpsEastM, up);
  },
});

const DRIFT_MS = 200;

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

export const skyFaults = [gpsLoss, gpsFrozen, gpsZero, gpsGlitch, gpsDrift, compass, clockJump] as const;
