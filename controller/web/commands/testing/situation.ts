/** A drone that flies well, with whatever a test changes of it. */
import type { Situation } from '../situation.ts';

export function flying(change: Partial<Situation> = {}): Situation {
  return {
    id: 'heron-07',
    pageLive: true,
    deafMs: null,
    online: true,
    freshness: 'fresh',
    ageMs: 400,
    armed: true,
    inAir: true,
    mode: 'AUTO',
    control: 'skein',
    commander: null,
    why: null,
    heightM: 34.2,
    speedMps: 12,
    place: { latDeg: 43.7, lonDeg: 7.26 },
    placeAgeMs: 400,
    home: { latDeg: 43.695, lonDeg: 7.26 },
    toHomeM: 556,
    fromHomeDeg: 0,
    batteryPct: 71,
    locked: false,
    lockReason: null,
    lockedBy: null,
    lockedHere: false,
    itinerary: null,
    onLeg: true,
    missionSeq: 3,
    fetchingLog: false,
    preflight: null,
    boot: 'kernel-boot',
    autopilotBoot: 'a1b2c3d4',
    session: 'ab12cd34',
    rivals: [],
    ...change,
  };
}

export function standing(change: Partial<Situation> = {}): Situation {
  return flying({ armed: false, inAir: false, mode: 'STABILIZE', heightM: 0, speedMps: 0, onLeg: false, ...change });
}
