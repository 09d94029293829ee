/** Nothing is doubted without cause: simulated hours with the noise of a recorded flight, and that flight itself. */
import t from 'tap';
import { type Place, stepM } from './geo.ts';
import { FAR_LIMITS, PositionTrust, type TrustLimits } from './index.ts';
import { fly } from './testing/flight.ts';
import { LiveLane } from './testing/live-lane.ts';
import { recordedSamples } from './testing/recording.ts';
import { hours, residuals, seed } from './testing/settings.ts';

t.comment(`SEED=${seed - 1_000_000}`);

/** Flights until the hours are full; every verdict but `trusted` after the first one, with where it was. */
function flown(wantedHours: number, far: TrustLimits | null) {
  const doubts: string[] = [];
  let [s, rejected, flights, changes] = [0, 0, 0, 0];
  const began = performance.now();
  for (; s < wantedHours * 3_600; flights++) {
    const trust = new PositionTrust(far ?? undefined);
    const lane = new LiveLane((sample) => trust.take(sample));
    let was: string | null = null;
    s += fly({
      seed: seed + flights,
      residuals,
      onSample: (sample) => (far ? lane.take(sample) : trust.take(sample)),
      onStep: (now) => {
        const { state, reason } = trust.at(1e9 + now.s * 1e6);
        if (was === 'trusted' && state !== 'trusted') {
          doubts.push(`${reason} (flight ${flights} at ${now.s.toFixed(1)} s)`);
          if (state === 'rejected') rejected++;
        }
        if (was !== null || state === 'trusted') was = state;
      },
    });
    if (was === null) doubts.push(`never trusted (flight ${flights})`);
    changes += trust.counters.changes;
  }
  const timesReal = Math.round((s * 1e3) / (performance.now() - began));
  return { hours: s / 3_600, flights, doubts, rejected, changes, timesReal };
}

t.test('the recorded flight is trusted from its first seconds to its end', async (t) => {
  const trust = new PositionTrust();
  const samples = recordedSamples();
  const first = samples[0]?.monoUs ?? 0;
  const states = samples.map((sample) => {
    trust.take(sample);
    return { s: (sample.monoUs - first) / 1e6, ...trust.at(sample.monoUs) };
  });
  t.same(
    states.filter(({ state, s }) => state !== 'trusted' && s > 3.5).map(({ s, reason }) => `${reason} at ${s}`),
    [],
  );
  t.same(trust.entered, {}, 'nothing began to hold, not for a moment');
  t.equal(
    states.filter(({ state, reason }) => state !== 'trusted' && reason !== 'settling' && reason !== 'silent').length,
    0,
  );
});

for (const [where, far] of [
  ['on the drone', null],
  ['over the live lane, 1 Hz', FAR_LIMITS],
] as const) {
  t.test(`hours of flight, ${where}: no rejection, one doubt in a hundred hours at most`, async (t) => {
    const run = flown(hours, far);
    const { doubts, rejected, timesReal } = run;
    t.comment(
      `measured: position trust ${where}: ${run.hours.toFixed(1)} h in ${run.flights} flights, ${doubts.length} suspect, ${rejected} rejected, ${timesReal} × real time`,
    );
    t.equal(rejected, 0, doubts.join(', '));
    t.ok(doubts.length <= Math.max(1, Math.floor(run.hours / 100)), doubts.join(', ') || 'none');
    t.ok(run.changes <= run.flights + 2 * doubts.length, 'one change a flight: it became trusted');
  });
}

t.test('while nothing comes the drone is inside the circle that is drawn, 95 times in a hundred', async (t) => {
  const after = [2, 10, 30, 60, 180, 600];
  const inside = after.map(() => 0);
  const drawn = after.map(() => 0);
  const radii = after.map(() => 0);
  // Fewer say too little: of forty flights nine in ten were inside once, of four hundred ninety-seven in a hundred.
  for (let i = 0; i < Math.max(100, hours * 4); i++) {
    const trust = new PositionTrust();
    // Silent from a moment of the flight on that differs from flight to flight.
    const silentS = 60 + ((i * 37.3) % 500);
    const truths: { readonly s: number; readonly place: Place }[] = [];
    fly({
      seed: seed + i,
      residuals,
      onSample: (sample) => {
        if (sample.monoUs < 1e9 + silentS * 1e6) trust.take(sample);
      },
      onStep: ({ s, place }) => {
        if (s >= silentS) truths.push({ s, place });
      },
    });
    for (const [k, afterS] of after.entries()) {
      const truth = truths.find(({ s }) => s >= silentS + afterS);
      const estimate = truth && trust.at(1e9 + truth.s * 1e6).estimate;
      if (!truth || !estimate) continue;
      const away = stepM(estimate, truth.place);
      drawn[k] = (drawn[k] ?? 0) + 1;
      radii[k] = (radii[k] ?? 0) + estimate.radiusM;
      if (Math.hypot(away.northM, away.eastM) <= estimate.radiusM) inside[k] = (inside[k] ?? 0) + 1;
    }
  }
  for (const [k, afterS] of after.entries()) {
    const all = drawn[k] ?? 0;
    const part = (inside[k] ?? 0) / Math.max(1, all);
    t.comment(
      `measured: dead reckoning after ${afterS} s: inside ${(100 * part).toFixed(1)} % of ${all}, radius ${((radii[k] ?? 0) / Math.max(1, all)).toFixed(0)} m`,
    );
    t.ok(part >= 0.9, `${afterS} s: ${part}`);
  }
});
