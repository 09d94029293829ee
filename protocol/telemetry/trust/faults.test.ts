/** Each fault is caught within its bound, by a reason that fits, in flights with the noise of a recorded one. */
import t from 'tap';
import { PositionTrust, type TrustReason } from './index.ts';
import { FAULTS, type FaultKind } from './testing/faults.ts';
import { fly, truths } from './testing/flight.ts';
import { Random } from './testing/random.ts';
import { draws, residuals, seed } from './testing/settings.ts';

t.comment(`SEED=${seed - 1_000_000}`);

/** A moment at which the fault shows, and goes on showing for a while. */
function moment(flightSeed: number, { when, withinS }: FaultKind, random: Random): number {
  const fit = truths(flightSeed).map(
    ({ inAir, up, vn, ve, vu }) => inAir && up > 2 && (when === 'air' || Math.hypot(vn, ve, vu) > 2.5),
  );
  const lasts = Math.ceil((withinS + 1) * 5);
  const fits = fit.flatMap((_, i) => (i > 150 && fit.slice(i, i + lasts).every(Boolean) ? [i] : []));
  const chosen = fits[Math.floor(random.next() * fits.length)];
  if (chosen === undefined) throw new RangeError(`flight ${flightSeed} has no such moment`);
  return chosen / 5;
}

function caught(kind: FaultKind, flightSeed: number) {
  const random = new Random(flightSeed);
  const faultAtS = moment(flightSeed, kind, random);
  const trust = new PositionTrust();
  let before = '';
  let found: { readonly afterS: number; readonly reason: TrustReason | null } | null = null;
  const told = new Set<TrustReason | null>();
  fly({
    seed: flightSeed,
    residuals,
    fault: kind.make(random),
    faultAtS,
    untilS: faultAtS + kind.withinS + 1,
    onSample: (sample) => trust.take(sample),
    onStep: ({ s }) => {
      const { state, reason } = trust.at(1e9 + s * 1e6);
      const afterS = s - faultAtS;
      if (afterS < 0) before = state;
      else if (afterS <= kind.withinS + 0.01) {
        if (state !== 'trusted') {
          found ??= { afterS, reason };
          told.add(reason);
        }
      }
    },
  });
  return { before, faultAtS, told, found: found as { afterS: number; reason: TrustReason | null } | null };
}

for (const [k, kind] of FAULTS.entries()) {
  t.test(`${kind.name}: within ${kind.withinS} s`, async (t) => {
    const times: number[] = [];
    const reasons = new Map<string, number>();
    for (let i = 0; i < draws; i++) {
      const flightSeed = seed + k * 1_000 + i;
      const { before, faultAtS, told, found } = caught(kind, flightSeed);
      const where = `flight ${flightSeed - seed} from ${faultAtS.toFixed(1)} s`;
      if (before !== 'trusted') t.fail(`${where}: was ${before} before`);
      if (found === null) t.fail(`${where}: not caught`);
      else times.push(found.afterS);
      const fitting = kind.reasons.filter((one) => told.has(one));
      if (fitting.length === 0) t.fail(`${where}: told ${[...told].join()}`);
      for (const one of fitting.slice(0, 1)) reasons.set(one, (reasons.get(one) ?? 0) + 1);
    }
    times.sort((a, b) => a - b);
    const median = times[Math.floor(times.length / 2)]?.toFixed(1);
    const by = [...reasons].map(([one, n]) => `${one} ${n}`).join(', ');
    t.comment(
      `measured: ${kind.name}: ${times.length}/${draws} caught, median ${median} s, worst ${times.at(-1)?.toFixed(1)} s of ${kind.withinS} s; ${by}`,
    );
    t.equal(times.length, draws);
  });
}
