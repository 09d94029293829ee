/** Classes that are about links, plans, parcels and boards. */
import type { Case } from './cases.ts';
import { atOf, type Otherwise, PARKED } from './watch.ts';

const flies: Otherwise = {};
const progress = (s: number): Otherwise => ({ kinds: { mission: { seq: 2, distanceM: 500 - 8 * s } } });
const gone = { connected: false, heardAgeMs: 20_000, vehicleAgeMs: 20_000 } as const;
const silentKinds = { status: { ageMs: 20_000 }, position: { ageMs: 20_000 }, mission: { ageMs: 20_000 } };
const MUST = 'It must now go on with what it was told, waiting for the controller';
const refused = (n: number, agoS: number): Otherwise => ({
  ...PARKED,
  commands: Array.from({ length: n }, (_, i) => ({
    ...{ type: 'start', state: 'failed', reason: 'refused: PreArm: Compass not calibrated' },
    at: atOf(1_764_000_000e6 - (agoS + i) * 1e6),
  })),
});
const boardOf = (board: object): Otherwise => ({ ...PARKED, kinds: { ...PARKED.kinds, board } });

export const GROUND_CASES: readonly Case[] = [
  {
    name: 'pre-arm',
    misses: [
      ['refused once', [[refused(1, 0), 30]]],
      ['twice, long ago', [[refused(2, 1000), 30]]],
    ],
    real: [[refused(2, 10), 1]],
    withinS: 1,
    over: [[flies, 8]],
  },
  {
    name: 'last-will',
    misses: [
      [
        'gone for five seconds',
        [
          [{ ...gone }, 5],
          [flies, 20],
        ],
      ],
      ['switched off on the ground', [[{ ...PARKED, ...gone }, 300]]],
    ],
    real: [[{ ...gone, kinds: silentKinds }, 12]],
    withinS: 12,
    over: [[flies, 7]],
  },
  {
    name: 'lease',
    misses: [
      [
        'silent for less than the lease',
        [
          [{ heardAgeMs: 9000, vehicleAgeMs: 9000, kinds: silentKinds }, 10],
          [flies, 10],
        ],
      ],
      [
        'three seconds past it',
        [
          [{ expectation: MUST, heardAgeMs: 5000 }, 3],
          [flies, 10],
        ],
      ],
    ],
    real: [[{ expectation: MUST, heardAgeMs: 6000 }, 7]],
    withinS: 7,
    over: [[flies, 7]],
  },
  {
    name: 'stale',
    misses: [
      [
        'one time message was lost',
        [
          [{ heardAgeMs: 10_000, vehicleAgeMs: 10_000, kinds: silentKinds }, 6],
          [flies, 10],
        ],
      ],
      ['the broker knows that it is gone', [[{ ...PARKED, ...gone }, 60]]],
    ],
    real: [[{ heardAgeMs: 14_000, vehicleAgeMs: 14_000, kinds: silentKinds }, 5]],
    withinS: 5,
    over: [[flies, 8]],
  },
  {
    name: 'autopilot-silent',
    misses: [
      [
        'it is being restarted by order',
        [
          [
            {
              ...{ ...PARKED, vehicleAgeMs: 9000, kinds: { ...silentKinds, link: { open: true } } },
              commands: [{ type: 'reboot', state: 'executing', reason: null, at: atOf(1_764_000_000e6) }],
            },
            60,
          ],
          [PARKED, 10],
        ],
      ],
      ['the whole drone is silent', [[{ heardAgeMs: 10_000, vehicleAgeMs: 10_000, kinds: silentKinds }, 20]]],
      [
        'five seconds',
        [
          [{ vehicleAgeMs: 5000 }, 5],
          [flies, 10],
        ],
      ],
    ],
    real: [[{ vehicleAgeMs: 9000, kinds: { ...silentKinds, link: { open: false } } }, 6]],
    withinS: 6,
    over: [[flies, 8]],
  },
  {
    name: 'no-progress',
    misses: [
      [
        'it stays at its item for as long as planned',
        [
          [{ kinds: { mission: { distanceM: 3 } } }, 60],
          [{ kinds: { mission: { seq: 3, distanceM: 900 } } }, 20],
        ],
      ],
      ['slow against the wind', [[(s) => ({ kinds: { mission: { distanceM: 500 - s / 3 } } }), 120]]],
    ],
    real: [
      [
        {
          itinerary: { id: 'it', version: 1, state: 'flying', reason: null, item: 3, at: atOf(0) },
          kinds: { mission: { distanceM: 400 } },
        },
        50,
      ],
    ],
    withinS: 50,
    over: [[progress, 30]],
    proposes: 'return',
  },
  {
    name: 'off-route',
    misses: [
      [
        'a gust of three seconds',
        [
          [{ kinds: { position: { latDeg: 47.405, lonDeg: 8.5006 } } }, 3],
          [progress, 20],
        ],
      ],
      [
        'its position is not trusted',
        [
          [
            (s) => ({
              ...progress(s),
              trust: { state: 'suspect', reason: 'jump' },
              kinds: { position: { latDeg: 47.42, lonDeg: 8.52 } },
            }),
            15,
          ],
        ],
      ],
    ],
    real: [[{ kinds: { position: { latDeg: 47.405, lonDeg: 8.501 } } }, 6]],
    withinS: 6,
    over: [[progress, 12]],
    proposes: 'hold',
  },
  {
    name: 'parcel-unproved',
    misses: [
      [
        'not released, and aboard',
        [[{ delivery: { state: 'not-released', reason: 'still-aboard', settling: null } }, 20]],
      ],
      [
        'somebody has said what became of it',
        [[{ delivery: { state: 'unproved', reason: null, settling: 'released' } }, 20]],
      ],
    ],
    real: [[{ delivery: { state: 'unproved', reason: 'not-seen', settling: null } }, 1]],
    withinS: 1,
    over: [[{ delivery: { state: 'settled', reason: null, settling: null } }, 2]],
  },
  {
    name: 'board',
    misses: [
      ['warm', [[boardOf({ temperatureC: 80 }), 120]]],
      [
        'a slow moment of its card',
        [
          [boardOf({ notDurableMs: 25_000 }), 10],
          [PARKED, 30],
        ],
      ],
    ],
    real: [[boardOf({ throttled: true }), 22]],
    withinS: 22,
    over: [[PARKED, 62]],
  },
  {
    name: 'clock',
    misses: [
      [
        'not set in its first half minute',
        [
          [{ ...PARKED, clock: { source: 'unset', errUs: null, standing: null } }, 30],
          [PARKED, 20],
        ],
      ],
      [
        'good to a second and a half',
        [[{ ...PARKED, clock: { source: 'controller', errUs: 1.5e6, standing: 'single' } }, 120]],
      ],
    ],
    real: [[{ ...PARKED, clock: { source: 'gps', errUs: 100, standing: 'split' } }, 62]],
    withinS: 62,
    over: [[PARKED, 12]],
  },
  {
    name: 'identity',
    misses: [
      [
        'the board was rebooted',
        [
          [PARKED, 2],
          [{ ...PARKED, session: 's2', boot: 'b2' }, 20],
        ],
      ],
      [
        'the agent was restarted',
        [
          [PARKED, 2],
          [{ ...PARKED, session: 's2' }, 20],
        ],
      ],
    ],
    real: [[{ ...PARKED, conflict: 'two-boards' }, 1]],
    withinS: 1,
    over: [[PARKED, 2]],
  },
];
