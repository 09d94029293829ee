/** No order starves: what waits long enough has its turn, and the drone it waits for is not used up by smaller orders. */
import fc from 'fast-check';
import t from 'tap';
import { chargedPct } from './charging.ts';
import { plan } from './plan.ts';
import type { Candidate, Claim, OrderWish, Reservation } from './ports.ts';
import { DEFAULT_RULES } from './rules.ts';
import { AIRFRAME, at, base, drone, MIN, NOW, order, world } from './testing/city.ts';
import { inTurn } from './turn.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
t.comment(`SEED=${seed}`);
const STEP_MIN = 3;
/** So that a few hours tell. */
const AGES_SOON = { ...DEFAULT_RULES, agingS: 300 };
const BIG = { ...AIRFRAME, payloadMaxKg: 3, batteryWh: 550 };

interface Flying {
  readonly until: number;
  readonly leftPct: number;
}

/** One big drone; a heavy order of priority 0 that needs it nearly full; light ones of high priority without end. */
function heavyFliesAfterMin(
  lightEachSteps: number,
  heavyAfterSteps: number,
  lightPriority: number,
  hours: number,
): number | null {
  const home = base('home', 0, 0, 3);
  let big: Candidate = drone('big', home, 0, { airframe: BIG, reportedPct: 100, rememberedPct: 100 });
  let flying: Flying | null = null;
  let reservations: readonly Reservation[] = [];
  let waiting: readonly OrderWish[] = [];
  for (let step = 0; step < (hours * 60) / STEP_MIN; step += 1) {
    const nowUtcUs = NOW + step * STEP_MIN * MIN;
    if (step % lightEachSteps === 0) {
      const placed = { payloadKg: 0.3, priority: lightPriority, placedUtcUs: nowUtcUs };
      waiting = [...waiting, order(`light${step}`, home.place, at(600, 100), placed)];
    }
    if (step === heavyAfterSteps) {
      waiting = [
        ...waiting,
        order('heavy', home.place, at(2_600, 0), { payloadKg: 2.5, priority: 0, placedUtcUs: nowUtcUs }),
      ];
    }
    if (flying !== null && flying.until <= nowUtcUs) {
      big = drone('big', home, 0, { airframe: BIG, reportedPct: flying.leftPct, rememberedPct: flying.leftPct });
      flying = null;
      reservations = [];
    } else if (flying === null) {
      const pct = chargedPct(big.reportedPct ?? 0, STEP_MIN * 60, 550, home.pads[0]?.chargeW ?? 0);
      big = { ...big, reportedPct: pct, rememberedPct: pct };
    }
    const claims: Claim[] = [];
    for (const one of inTurn(waiting, nowUtcUs, AGES_SOON)) {
      const fleet = [flying === null ? big : { ...big, armed: true, onGround: false }];
      const decision = plan({ order: one, fleet, world: world([home], { reservations, claims }), nowUtcUs });
      if (decision.kind === 'wait' && decision.claim !== null) claims.push(decision.claim);
      if (decision.kind !== 'fly') continue;
      if (one.id === 'heavy') return (step - heavyAfterSteps) * STEP_MIN;
      waiting = waiting.filter((other) => other !== one);
      const [leg] = decision.legs;
      reservations = decision.reservations;
      flying = { until: reservations[0]?.toUtcUs ?? 0, leftPct: leg?.energy.leftPct ?? 0 };
    }
  }
  return null;
}

t.test('a heavy order of the lowest priority flies in the end, whatever light ones come', async (t) => {
  let longest = 0;
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 0, max: 10 }),
      fc.integer({ min: 1, max: 9 }),
      (each, after, priority) => {
        // Two dozen may stand before it by their priority, each with its flight and its charging.
        const minutes = heavyFliesAfterMin(each, after, priority, 14);
        longest = Math.max(longest, minutes ?? Number.POSITIVE_INFINITY);
        return minutes !== null;
      },
    ),
    { seed, numRuns: process.env.SOAK ? 50 : 6 },
  );
  t.comment(`after ${longest} min at the longest`);
});
