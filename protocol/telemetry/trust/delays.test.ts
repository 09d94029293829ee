/** Lines and processes that hold their breath, clocks that lose time: no fault is seen where there is none, and each where there is. */
import t from 'tap';
import { PositionTrust, type TrustReason } from './index.ts';
import { Delays, type Draws } from './testing/delays.ts';
import { FAULTS } from './testing/faults.ts';
import { fly } from './testing/flight.ts';
import { Random } from './testing/random.ts';
import { residuals, seed } from './testing/settings.ts';

t.comment(`SEED=${seed - 1_000_000}`);

const FLIGHTS = 6;
/** An agent looks at the verdict about so often, µs. */
const LOOK_US = 50e3;
/** A burst is read and an autopilot that was asked has answered within this, µs. */
const MOMENT_US = 10e3;
/** What comes farther apart than this is no time in which anything was heard, µs. */
const HEARD_US = 0.5e6;
/** What silence and lateness alone may be called. */
const NOT_NOW: readonly (TrustReason | null)[] = ['silent', 'late', 'settling', 'unproved', null];

interface Story extends Draws {
  readonly what: string;
  /** Longest time without trust in one piece, s. */
  readonly againWithinS?: number;
  /** Trusted whenever its newest position is of the last so many seconds. */
  readonly ofNowS?: number;
}

const STORIES: readonly Story[] = [
  {
    what: 'the line or the agent stalls for up to a second and a half, then a burst',
    holdS: [0.3, 1.5],
    apartS: [3, 20],
    ofNowS: 2,
  },
  {
    what: 'it stalls for up to four seconds, then a burst',
    holdS: [2, 4],
    apartS: [5, 30],
    againWithinS: 2.5,
    ofNowS: 2,
  },
  {
    what: 'it stalls for up to eight seconds, and what was held comes at twice to five times the pace',
    holdS: [2, 8],
    drain: [2, 5],
    apartS: [15, 40],
    againWithinS: 16,
    ofNowS: 2,
  },
  {
    what: 'the clock of the autopilot runs at half its pace or more for many seconds',
    slipS: [5, 60],
    rate: [0.5, 1],
    apartS: [2, 30],
    // What its clock has lost before it is asked, and between question and question, looks like age.
    ofNowS: 1,
  },
  {
    what: 'it stands still for up to four seconds, and never makes up for it',
    slipS: [1, 4],
    rate: [0.001, 0.002],
    apartS: [3, 30],
    againWithinS: 3.5,
  },
  {
    what: 'all of it at once',
    slipS: [5, 60],
    rate: [0.5, 1],
    holdS: [0.3, 4],
    apartS: [2, 20],
    againWithinS: 8,
  },
];

for (const { what, againWithinS, ofNowS, ...draws } of STORIES) {
  t.test(what, async (t) => {
    let [flownS, longestUs] = [0, 0];
    let youngestUs = Number.POSITIVE_INFINITY;
    for (let i = 0; i < FLIGHTS; i++) {
      const trust = new PositionTrust();
      const delays = new Delays(new Random(seed + i), draws);
      const against = new Set<string>();
      let sinceUs: number | null = null;
      let was = false;
      let [saidUs, cameUs] = [0, 0];
      flownS += fly({
        seed: seed + i,
        residuals,
        onSample: (sent) => {
          const sample = delays.arrived(sent);
          const take = (): void => {
            trust.take(sample);
            // The speed comes last of what one message says.
            if (sent.kind === 'velocity') saidUs = delays.saidUs(sent.bootMs ?? 0);
          };
          const isBurst = sample.monoUs - cameUs < MOMENT_US;
          cameUs = sample.monoUs;
          // A timer that was due before the burst is read comes first.
          for (const look of [() => trust.at(sample.monoUs), take]) {
            look();
            delays.ask(trust, sample.monoUs);
            const { state, reason } = trust.at(sample.monoUs);
            if (!NOT_NOW.includes(reason)) against.add(`${reason} at ${(sample.monoUs / 1e6 - 1e3).toFixed(1)} s`);
            sinceUs = state === 'trusted' ? null : (sinceUs ?? sample.monoUs);
            was ||= state === 'trusted';
            if (!was || sinceUs === null) continue;
            longestUs = Math.max(longestUs, sample.monoUs - sinceUs, 1);
            if (!isBurst && look !== take) youngestUs = Math.min(youngestUs, sample.monoUs - saidUs);
          }
        },
      });
      t.same([...against], [], `flight ${i}: nothing is held against the position`);
      t.ok(was, `flight ${i}: it is trusted`);
      t.notOk(trust.entered.stale || trust.counters.reboots, `flight ${i}: neither stale nor restarted`);
    }
    const [longestS, youngestS] = [longestUs / 1e6, youngestUs / 1e6];
    t.comment(
      `measured: ${what}: ${(flownS / 60).toFixed(0)} min, not trusted for ${longestS.toFixed(3)} s at most; the youngest position that was not: ${youngestS.toFixed(2)} s`,
    );
    if (ofNowS !== undefined) t.ok(youngestS > ofNowS, `${youngestS} s old: trusted while it is of now`);
    if (againWithinS !== undefined) t.ok(longestS > 0 && longestS <= againWithinS, `${longestS} s`);
  });
}

for (const kind of FAULTS.filter(({ name }) => name.startsWith('stamp'))) {
  t.test(`${kind.name}: caught within ${kind.withinS} s beside a clock that loses time`, async (t) => {
    for (let i = 0; i < FLIGHTS; i++) {
      const random = new Random(seed + i);
      const trust = new PositionTrust();
      const delays = new Delays(random, { slipS: [5, 60], rate: [0.5, 1], apartS: [2, 30] });
      let [beganUs, wasUs, caughtUs, heardUs, staleUs] = [0, 0, 0, 0, 0];
      const look = (us: number): void => {
        if (trust.at(us).state !== 'trusted') caughtUs ||= us - beganUs;
      };
      fly({
        seed: seed + i,
        residuals,
        fault: kind.make(random),
        faultAtS: 120,
        untilS: 180,
        onSample: (sent) => {
          const sample = delays.arrived(sent);
          const us = sample.monoUs;
          for (let at = wasUs + LOOK_US; beganUs > 0 && at < us; at += LOOK_US) look(at);
          trust.take(sample);
          delays.ask(trust, us);
          if (sent.monoUs < 1e9 + 120e6) return;
          beganUs ||= us;
          heardUs += Math.min(HEARD_US, us - (wasUs || us));
          wasUs = us;
          look(us);
          if (trust.at(us).reason === 'stale') staleUs ||= heardUs;
        },
      });
      const caughtS = caughtUs / 1e6;
      t.ok(caughtUs > 0 && caughtUs <= kind.withinS * 1e6 + LOOK_US, `flight ${i}: after ${caughtS.toFixed(2)} s`);
      const staleS = staleUs / 1e6;
      t.ok(staleUs > 0 && staleS <= kind.withinS, `flight ${i}: stale after ${staleS.toFixed(2)} s of hearing it`);
    }
  });
}

t.test('a line that fills and never empties: late, though its stamps go on', async (t) => {
  const trust = new PositionTrust();
  const delays = new Delays(new Random(seed), { holdS: [4, 4], drain: [1, 1], apartS: [100, 100] });
  let reason: TrustReason | null = null;
  fly({
    seed,
    residuals,
    onSample: (sent) => {
      const sample = delays.arrived(sent);
      trust.take(sample);
      delays.ask(trust, sample.monoUs);
      if (sample.monoUs < 1e9 + 130e6) reason = trust.at(sample.monoUs).reason;
    },
  });
  t.equal(reason, 'late');
});
