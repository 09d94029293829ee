/** What goes wrong with positions, each as it is met: what is said, how soon it must be caught, and by which reasons. */
import type { Sample } from '../../kinds.ts';
import type { TrustReason } from '../reasons.ts';
import type { Random } from './random.ts';
import type { Fault } from './sensors.ts';

export interface FaultKind {
  readonly name: string;
  /** Not trusted within this, s. */
  readonly withinS: number;
  /** One of these is told. */
  readonly reasons: readonly TrustReason[];
  /** Only where it shows: in the air, or moving at more than 2 m/s. */
  readonly when: 'air' | 'moving';
  readonly make: (random: Random) => Fault;
}

const direction = (random: Random): readonly [number, number] => {
  const angle = random.between(0, 2 * Math.PI);
  return [Math.cos(angle), Math.sin(angle)];
};

function positions(change: (sample: Sample<'position'>, s: number) => Sample | null): Fault {
  return {
    sample: (sample, s) => {
      if (sample.kind !== 'position') return [sample];
      const changed = change(sample, s);
      return changed === null ? [] : [changed];
    },
  };
}

const placed = (one: Sample<'position'>, latDeg: number | null, lonDeg: number | null): Sample => ({
  ...one,
  values: { ...one.values, latDeg, lonDeg },
});

/** The place of the first sample of the fault, for ever; everything else goes on. */
function frozenPlace(): Fault {
  let held: Sample<'position'> | null = null;
  return positions((sample) => {
    held ??= sample;
    return { ...sample, values: held.values };
  });
}

/** Position and speed both, with stamps that go on. */
function frozenAll(): Fault {
  const held = new Map<string, Sample['values']>();
  return {
    sample: (sample) => {
      if (sample.kind !== 'position' && sample.kind !== 'velocity') return [sample];
      const values = held.get(sample.kind) ?? sample.values;
      held.set(sample.kind, values);
      return [{ ...sample, values } as Sample];
    },
  };
}

function stamped(bootMs: (s: number, sample: Sample, first: number) => number): Fault {
  let first: number | null = null;
  return {
    sample: (sample, s) => {
      if (sample.kind !== 'position' && sample.kind !== 'velocity') return [sample];
      first ??= sample.bootMs ?? 0;
      return [{ ...sample, bootMs: bootMs(s, sample, first) }];
    },
  };
}

/** Positions, speeds and attitudes come this late, as out of a buffer that never empties. */
function delayed(lateMs: number): Fault {
  return stamped((_, sample) => (sample.bootMs ?? 0) - lateMs);
}

/** Every second epoch is elsewhere. */
function hopping(random: Random): Fault {
  const [north, east] = direction(random);
  const byM = random.between(30, 60);
  return {
    receiver: (report, s) => {
      if (Math.floor(s / 3) % 2 === 0) return;
      report.north += north * byM;
      report.east += east * byM;
    },
  };
}

function estimateMoves(random: Random, perS: number, atOnceM: number): Fault {
  const [north, east] = direction(random);
  return positions((sample, s) => {
    const { latDeg, lonDeg } = sample.values;
    if (latDeg === null || lonDeg === null) return sample;
    const awayM = atOnceM + perS * s;
    const lat = latDeg + (north * awayM) / 111_200;
    return placed(sample, lat, lonDeg + (east * awayM) / (111_320 * Math.cos((latDeg * Math.PI) / 180)));
  });
}

function receiverMoves(random: Random, perS: number, atOnceM: number): Fault {
  const [north, east] = direction(random);
  return {
    receiver: (report, s) => {
      report.north += north * (atOnceM + perS * s);
      report.east += east * (atOnceM + perS * s);
    },
  };
}

const poor = (change: Partial<Parameters<NonNullable<Fault['receiver']>>[0]>): Fault => ({
  receiver: (report) => void Object.assign(report, change),
});

const JUMPS: readonly TrustReason[] = ['jump', 'gps-differs', 'innovation'];
const DRIFTS: readonly TrustReason[] = ['drift', 'gps-differs', 'innovation'];
// Where the line holds its breath just then, `stale` shows after it only.
const STAMPS: readonly TrustReason[] = ['stale', 'late'];
const POOR: readonly TrustReason[] = ['low-fix', 'no-fix', 'no-estimate'];

export const FAULTS: readonly FaultKind[] = [
  {
    name: '(0, 0)',
    withinS: 2,
    reasons: ['zero'],
    when: 'air',
    make: () => positions((one) => placed(one, null, null)),
  },
  {
    name: 'within a kilometre of (0, 0)',
    withinS: 2,
    reasons: ['zero'],
    when: 'air',
    make: () => positions((one) => placed(one, 0.000_001, 0.000_2)),
  },
  {
    name: 'out of range',
    withinS: 2,
    reasons: ['range', 'jump'],
    when: 'air',
    make: (random) => positions((one) => placed(one, random.between(91, 214), one.values.lonDeg)),
  },
  {
    name: 'estimate jumps 30 m',
    withinS: 2,
    reasons: ['jump'],
    when: 'air',
    make: (random) => estimateMoves(random, 0, 30),
  },
  {
    name: 'estimate jumps 30–3000 m',
    withinS: 2,
    reasons: ['jump'],
    when: 'air',
    make: (random) => estimateMoves(random, 0, 30 * 10 ** random.between(0, 2)),
  },
  {
    name: 'receiver jumps 30 m',
    withinS: 2,
    reasons: JUMPS,
    when: 'air',
    make: (random) => receiverMoves(random, 0, 30),
  },
  { name: 'receiver hops to and fro', withinS: 5, reasons: JUMPS, when: 'air', make: hopping },
  { name: 'place frozen', withinS: 2, reasons: ['frozen'], when: 'moving', make: frozenPlace },
  { name: 'place and speed frozen', withinS: 2, reasons: ['frozen'], when: 'moving', make: frozenAll },
  {
    name: 'stamp stands still',
    withinS: 2,
    reasons: STAMPS,
    when: 'air',
    make: () => stamped((_, __, first) => first),
  },
  {
    name: 'stamp behind by 2–20 s',
    withinS: 2,
    reasons: STAMPS,
    when: 'air',
    make: (random) => delayed(random.between(2_000, 20_000)),
  },
  {
    name: 'no position comes',
    withinS: 2.5,
    reasons: ['silent'],
    when: 'air',
    make: () => positions(() => null),
  },
  {
    name: 'fix lost',
    withinS: 2.5,
    reasons: POOR,
    when: 'air',
    make: () => poor({ fix: 'no-fix', satellites: 0, hdop: 99 }),
  },
  { name: 'fix 2D only', withinS: 5, reasons: POOR, when: 'air', make: () => poor({ fix: '2d' }) },
  {
    name: 'four satellites',
    withinS: 5,
    reasons: POOR,
    when: 'air',
    make: () => poor({ satellites: 4, hdop: 3.5 }),
  },
  {
    name: 'accuracy 12 m',
    withinS: 5,
    reasons: POOR,
    when: 'air',
    make: () => poor({ accuracyM: 12 }),
  },
  {
    name: 'receiver drifts 1 m/s',
    withinS: 30,
    reasons: DRIFTS,
    when: 'air',
    make: (random) => receiverMoves(random, 1, 0),
  },
  {
    name: 'receiver drifts 3 m/s',
    withinS: 15,
    reasons: DRIFTS,
    when: 'air',
    make: (random) => receiverMoves(random, 3, 0),
  },
  {
    name: 'estimate drifts 1 m/s',
    withinS: 30,
    reasons: DRIFTS,
    when: 'air',
    make: (random) => estimateMoves(random, 1, 0),
  },
  {
    name: 'receiver and estimate apart by 30 m',
    withinS: 2,
    reasons: ['jump', 'gps-differs', 'innovation'],
    when: 'air',
    make: (random) => {
      const [north, east] = direction(random);
      return {
        sample: (sample) =>
          sample.kind === 'gps' && sample.values.latDeg !== null && sample.values.lonDeg !== null
            ? [
                {
                  ...sample,
                  values: {
                    ...sample.values,
                    latDeg: sample.values.latDeg + (north * 30) / 111_200,
                    lonDeg:
                      sample.values.lonDeg + (east * 30) / (111_320 * Math.cos((sample.values.latDeg * Math.PI) / 180)),
                  },
                },
              ]
            : [sample],
      };
    },
  },
  {
    name: 'estimator refuses its sensors',
    withinS: 5,
    reasons: ['innovation'],
    when: 'air',
    make: () => ({
      sample: (sample) =>
        sample.kind === 'ekf' ? [{ ...sample, values: { ...sample.values, horizontalVariance: 1.3 } }] : [sample],
    }),
  },
  {
    name: 'estimator without a position',
    withinS: 2,
    reasons: ['no-estimate'],
    when: 'air',
    make: () => ({
      sample: (sample) =>
        sample.kind === 'ekf' ? [{ ...sample, values: { ...sample.values, flags: 167 } }] : [sample],
    }),
  },
  {
    name: 'altitude jumps 40 m',
    withinS: 5,
    reasons: ['jump', 'altitude'],
    when: 'air',
    make: () => ({ altM: () => 40 }),
  },
  {
    name: 'altitude drifts 2 m/s',
    withinS: 40,
    reasons: ['altitude'],
    when: 'air',
    make: () => ({ altM: (s) => 2 * s }),
  },
];
