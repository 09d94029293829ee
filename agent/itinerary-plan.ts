/** An itinerary as the agent's itinerary folder wants it: compiled, judged by what this drone knows of itself. */
import {
  type Aircraft,
  type Compiled as CompiledPlan,
  compile,
  type Flavour,
  type Itinerary,
  readLimits,
  validate,
} from '@skein/protocol/fleet';
import type { Breach, Compiled } from './itinerary/index.ts';

const E7 = 1e7;

/** Its last wait before the climb: by then the parcel has left, or it has not. */
function weighFromOf({ steps }: CompiledPlan, leg: CompiledPlan['deliveries'][number]): number {
  const waits = steps.filter(
    ({ seq, role, navigation }) => role === 'settle' && navigation && seq >= leg.releaseSeq && seq < leg.climbSeq,
  );
  return waits.at(-1)?.seq ?? leg.climbSeq;
}

export function compiledFor(itinerary: Itinerary, flavour: Flavour): Compiled {
  const plan = compile(itinerary, { flavour });
  const { mission, fence, rally, steps, deliveries } = plan;
  const known = steps.flatMap(({ seq, item, navigation }) =>
    item === null ? [] : [[seq, { item, navigation }] as const],
  );
  return {
    mission,
    fence,
    rally,
    steps: new Map(known),
    legs: deliveries.map(({ item, gateSeq, releaseSeq, afterSeq }) => ({ item, gateSeq, releaseSeq, afterSeq })),
    gates: new Map(
      deliveries.flatMap(({ item, gateSeq }) => {
        const gate = mission[gateSeq];
        return gate === undefined ? [] : [[item, { latDeg: gate.x / E7, lonDeg: gate.y / E7 }] as const];
      }),
    ),
    weighFrom: new Map(deliveries.map((leg) => [leg.item, weighFromOf(plan, leg)])),
  };
}

export interface OwnEnergy {
  readonly rangeM: number;
  readonly reservePct: number;
}

/** Every breach of a rule, by what this drone knows and by the limits that came with it. */
export function judged(
  itinerary: Itinerary,
  limits: unknown,
  aircraft: Aircraft,
  energy: OwnEnergy,
): readonly Breach[] {
  const read = readLimits(limits);
  if (!read.ok) return [{ item: null, rule: 'limits', value: null, limit: null, words: read.reason }];
  const verdict = validate(itinerary, read.limits, aircraft);
  const short = beyondRange(verdict.energy?.distanceM ?? 0, aircraft.chargePct, energy);
  return [...verdict.refusals, ...(short === null ? [] : [short])];
}

/** The drone's own measure of its charge: the same by which `goto` is judged. */
function beyondRange(distanceM: number, chargePct: number | null, { rangeM, reservePct }: OwnEnergy): Breach | null {
  const needPct = Math.ceil((distanceM / rangeM) * 100 + reservePct);
  if (chargePct !== null && chargePct >= needPct) return null;
  const have = chargePct === null ? 'the charge is not known' : `${Math.floor(chargePct)} % are there`;
  const words = `it flies ${Math.round(distanceM)} m and needs ${needPct} % with the reserve: ${have}`;
  return { item: null, rule: 'energy', value: chargePct, limit: needPct, words };
}
