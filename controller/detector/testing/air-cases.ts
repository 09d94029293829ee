/** Classes that are about an aircraft in the air. */
import type { Case } from './cases.ts';
import { atOf, type Otherwise, PARKED } from './watch.ts';

const flies: Otherwise = {};
const down = (mps: number, altRelM: number, armed: boolean, landed: 'in-air' | 'landing' | 'on-ground'): Otherwise => ({
  kinds: {
    status: { armed, landed },
    position: { latDeg: 47.4, lonDeg: 8.5, altRelM },
    velocity: { northMps: 0, eastMps: 0, downMps: mps },
  },
});

const leaning = (deg: number, downMps: number): Otherwise => ({
  kinds: { attitude: { rollRad: (deg * Math.PI) / 180, pitchRad: 0 }, velocity: { northMps: 3, eastMps: 0, downMps } },
});

export const AIR_CASES: readonly Case[] = [
  {
    name: 'disarmed-in-air',
    misses: [
      [
        'lands and disarms at once',
        [
          [flies, 5],
          [down(0.5, 0.3, true, 'landing'), 1],
          [down(0, 0, false, 'on-ground'), 20],
        ],
      ],
      [
        'lands, and its autopilot says so two seconds after it was seen disarmed',
        [
          [flies, 5],
          [down(0.5, 0.3, true, 'in-air'), 1],
          [down(0.1, 0, false, 'in-air'), 2],
          [down(0, 0, false, 'on-ground'), 20],
        ],
      ],
      [
        'lands on a roof',
        [
          [flies, 5],
          [down(0.6, 12.4, true, 'in-air'), 1],
          [down(0, 12, false, 'on-ground'), 20],
        ],
      ],
    ],
    real: [
      [down(0, 20, true, 'in-air'), 5],
      [down(4.2, 19, false, 'on-ground'), 1],
    ],
    withinS: 1,
    over: [
      [PARKED, 900],
      [flies, 1],
    ],
  },
  {
    name: 'tumbles',
    misses: [
      [
        'a gust leans it, and it sinks as fast as it can be told to',
        [
          [leaning(50, 5), 10],
          [flies, 10],
        ],
      ],
      [
        'one sample of its speed is wrong',
        [
          [flies, 5],
          [leaning(5, 9), 1],
          [flies, 10],
        ],
      ],
      [
        'a pilot brings it down as fast as can be set',
        [
          [flies, 5],
          [leaning(10, 6.5), 20],
        ],
      ],
      [
        'a pilot dives, and is soon faster than what can be set',
        [
          [flies, 5],
          [(s) => leaning(25, Math.min(9, 4 * s)), 12],
          [flies, 10],
        ],
      ],
      [
        'thrown about, and it keeps its height',
        [
          [leaning(75, 1), 2],
          [flies, 10],
        ],
      ],
    ],
    real: [
      [flies, 5],
      [leaning(64, 9), 1],
    ],
    withinS: 1,
    // It lies there upright and armed, its autopilot calls it in the air.
    over: [
      [down(0, 0, true, 'in-air'), 30],
      [flies, 25],
    ],
  },
  {
    name: 'rebooted',
    misses: [
      [
        'a reboot that was ordered',
        [
          [PARKED, 3],
          [
            {
              ...PARKED,
              autopilotBoot: 'a2',
              commands: [{ type: 'reboot', state: 'succeeded', reason: null, at: atOf(1_764_000_000e6) }],
            },
            5,
          ],
        ],
      ],
      [
        'switched off and on by people',
        [
          [PARKED, 3],
          [{ ...PARKED, session: 's2', boot: 'b2', autopilotBoot: 'a2' }, 5],
        ],
      ],
    ],
    real: [
      [PARKED, 3],
      [{ ...PARKED, autopilotBoot: 'a2' }, 1],
    ],
    withinS: 1,
    over: [[{ ...PARKED, autopilotBoot: 'a2' }, 602]],
  },
  {
    name: 'control-taken',
    misses: [
      ['a pilot has control of what stands disarmed', [[{ ...PARKED, control: { state: 'pilot', why: null } }, 20]]],
      [
        'who flies is not known',
        [
          [flies, 2],
          [{ control: { state: 'unknown', why: null } }, 20],
        ],
      ],
    ],
    real: [[{ control: { state: 'pilot', why: 'the mode changed to LOITER' } }, 1]],
    withinS: 1,
    over: [[flies, 8]],
  },
  {
    name: 'fence',
    misses: [
      [
        'outside for a moment',
        [
          [{ kinds: { fence: { breached: true } } }, 1],
          [flies, 10],
        ],
      ],
      ['outside and disarmed', [[{ ...PARKED, kinds: { ...PARKED.kinds, fence: { breached: true } } }, 20]]],
    ],
    real: [[{ kinds: { fence: { breached: true } } }, 4]],
    withinS: 4,
    over: [[flies, 12]],
    proposes: 'return',
  },
  {
    name: 'battery',
    misses: [
      ['a little less than the reserve', [[{ chargePct: 47 }, 60]]],
      ['low on the ground', [[{ ...PARKED, chargePct: 5 }, 60]]],
    ],
    // At 500 of 1112 m: 29 % to go, 25 % reserve.
    real: [[{ chargePct: 40 }, 8]],
    withinS: 8,
    over: [[flies, 25]],
    proposes: 'return',
  },
  {
    name: 'position',
    misses: [
      [
        'a glitch of three seconds',
        [
          [{ trust: { state: 'rejected', reason: 'jump' } }, 3],
          [flies, 30],
        ],
      ],
      ['no satellites in the hall', [[{ ...PARKED, trust: { state: 'rejected', reason: 'no-fix' } }, 60]]],
    ],
    real: [[{ trust: { state: 'rejected', reason: 'jump' } }, 7]],
    withinS: 7,
    over: [[flies, 12]],
  },
  {
    name: 'ekf',
    misses: [
      ['a ratio between the thresholds', [[{ kinds: { ekf: { velocityVariance: 0.7 } } }, 60]]],
      [
        'two seconds',
        [
          [{ kinds: { ekf: { velocityVariance: 1.4 } } }, 2],
          [flies, 10],
        ],
      ],
    ],
    real: [[{ kinds: { ekf: { horizontalVariance: 0.9 } } }, 5]],
    withinS: 5,
    over: [[flies, 12]],
  },
  {
    name: 'compass',
    misses: [
      [
        'a bridge is flown over',
        [
          [{ kinds: { ekf: { compassVariance: 0.9 } } }, 4],
          [flies, 10],
        ],
      ],
      ['no compass in use', [[{ kinds: { health: { sensorsEnabled: 3, sensorsHealthy: 3 } } }, 30]]],
    ],
    real: [[{ kinds: { health: { sensorsEnabled: 7, sensorsHealthy: 3 } } }, 7]],
    withinS: 7,
    over: [[flies, 12]],
  },
  {
    name: 'vibration',
    misses: [
      [
        'a gust',
        [
          [{ kinds: { vibration: { zMps2: 75 } } }, 3],
          [flies, 20],
        ],
      ],
      [
        'clipping once at take-off',
        [
          [flies, 3],
          [{ kinds: { vibration: { clipping: [40, 0, 0] } } }, 60],
        ],
      ],
    ],
    real: [[{ kinds: { vibration: { zMps2: 75 } } }, 7]],
    withinS: 7,
    over: [[flies, 18]],
    proposes: 'return',
  },
  {
    name: 'esc',
    misses: [
      ['all idle in a descent', [[{ kinds: { esc: { rpm: [700, 690, 90, 710] } } }, 20]]],
      ['one turns slower, to yaw', [[{ kinds: { esc: { rpm: [5200, 3100, 5150, 3180] } } }, 20]]],
    ],
    real: [[{ kinds: { esc: { rpm: [5200, 0, 5150, 5180] } } }, 2]],
    withinS: 2,
    over: [[flies, 12]],
    proposes: 'land',
  },
];
