/**
 * Situation 19 of docs/flight-rules.md: the wind carries it over its fence, a plan lies at the margin, the autopilot does not
 * take the fence, somebody has turned it off, a plan flies over the ceiling, whatever its heights count from.
 */
import type { Itinerary } from '@skein/protocol/fleet';
import t from 'tap';
import { measured } from '../kit/measured.ts';
import { until } from '../kit/until.ts';
import { type FlyingCase, readyFleet, together } from './fleet.ts';
import type { Flyer } from './flyer.ts';
import { textsOf } from './heard.ts';

const ARM = 'COMMAND 400';
const ON = { FENCE_ENABLE: 1, FENCE_TYPE: 7, FENCE_ACTION: 1, FENCE_RADIUS: 300 };
const CEILING_M = 25;
const MARGIN_M = 5;
/** An ArduCopter keeps so many corners and circles. */
const ROOM = 70;
const STORM = { SIM_WIND_SPD: 26, SIM_WIND_DIR: 180 };
const CASES: readonly FlyingCase[] = [
  { parameters: ON },
  {},
  {},
  { parameters: ON, flags: ['--profileParameters=FENCE_ENABLE=1'] },
  { parameters: { ...ON, FENCE_ALT_MAX: CEILING_M } },
];

t.test('the fence', { timeout: 300_000 }, async (t) => {
  // given: drones ready to fly, each with a parcel
  const { world, flyers } = await readyFleet(t, CASES);
  const live = world.live();
  const [windy, narrow, cornered, unfenced, low] = flyers;
  if (!windy || !narrow || !cornered || !unfenced || !low) throw new Error('five drones wanted');
  const set = ({ drone }: Flyer, values: Readonly<Record<string, number>>) =>
    drone.simulator.act(({ autopilot }) => {
      for (const [name, value] of Object.entries(values)) autopilot.setParameter(name, value);
    });
  const fenced = (plan: Itinerary, radiusM: number): Itinerary => {
    if (plan.base === undefined) throw new Error('a plan with a base');
    return { ...plan, fence: { circles: [{ inside: true, centre: plan.base, radiusM }] } };
  };
  /** As the controller judges it before anybody is given it. */
  const judged = async (plan: Itinerary) => {
    const answer = await fetch(`${world.httpUrl}/api/v1/itineraries?dryRun=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(plan),
    });
    const { refusals } = (await answer.json()) as { readonly refusals?: readonly unknown[] };
    return { status: answer.status, refusals: refusals ?? [] };
  };

  await together(t, {
    'the wind carries it over: what the autopilot does about it is left alone, and shown': async () => {
      await windy.given(fenced(windy.plan({ deliver: { minBatteryPct: 100, gateS: 120 } }), 40));
      await windy.started();
      await windy.becomes('at-gate');
      const sinceMs = performance.now();
      set(windy, STORM);
      await windy.see('the fence failsafe', () => windy.mode === 'RTL', 40_000);
      measured(`the wind carried it ${windy.awayM.toFixed(1)} m away, the fence ends at 40 m`);
      set(windy, { SIM_WIND_SPD: 2 });
      t.match((await windy.ended('interrupted', 15_000)).reason, /^failsafe/, 'no pilot did it');
      await until(() => (live.drones.get(windy.id)?.kinds.fence?.values.breaches ?? 0) > 0, {
        timeoutMs: 15_000,
        what: 'the breach on the page',
        seen: () => live.drones.get(windy.id)?.kinds.fence,
      });
      t.match(await windy.order('resume', { takeControl: true }), { state: 'rejected', reason: /^failsafe/ });
      await windy.landed();
      t.same(windy.witness.since(sinceMs), [], 'nothing was sent');
      t.match((await windy.ended('aborted')).deliveries, [{ state: 'aboard' }]);
      t.equal(windy.payload.releases, 0);
      t.match(JSON.stringify(await textsOf(world, windy.id)), /fences? breached/, 'in the words of the autopilot');
    },

    'a plan at the margin: refused with item, rule, value and limit; a metre wider it is verified': async () => {
      const plan = narrow.plan({ deliver: null });
      const tight = await judged(fenced(plan, 34.5));
      t.equal(tight.status, 400);
      t.match(tight.refusals, [{ item: 2, rule: 'fence-inside', value: Number, limit: MARGIN_M }]);
      const { value } = tight.refusals[0] as { readonly value: number };
      t.ok(value > 4 && value < MARGIN_M, `${value} m to spare`);
      await t.rejects(narrow.assigned(fenced(plan, 34.5)), /fence-inside/);
      await narrow.given(fenced(plan, 35.5));
    },

    'a fence that the autopilot does not take: never verified, never started': async () => {
      const plan = cornered.plan({ deliver: null });
      const { base } = plan;
      if (base === undefined) throw new Error('a plan with a base');
      const points = Array.from({ length: ROOM + 10 }, (_, corner) => {
        const turn = (2 * Math.PI * corner) / (ROOM + 10);
        return { latDeg: base.latDeg + 0.002 * Math.cos(turn), lonDeg: base.lonDeg + 0.002 * Math.sin(turn) };
      });
      await cornered.assigned({ ...plan, fence: { polygons: [{ inside: true, points }] } });
      const { state, reason } = await cornered.answered(`it-${cornered.id}`);
      measured(`a fence of ${points.length} corners: ${state} ${reason}`);
      t.match(state, /^(failed|refused)$/);
      t.match(reason, /fence/);
      t.match(await cornered.order('start'), { state: 'rejected', reason: /not-verified/ });
      t.notOk(
        cornered.witness.seen.some(({ what }) => what === ARM),
        'no motor was asked to turn',
      );
    },

    'a fence that was turned off: the profile refuses the start, by name, value and what is wanted': async () => {
      await unfenced.given(fenced(unfenced.plan({ deliver: null }), 60));
      await unfenced.drone.stopAgent();
      set(unfenced, { FENCE_ENABLE: 0 });
      await unfenced.drone.startAgent();
      await unfenced.becomes('verified', 40_000);
      const stops = () => unfenced.drone.agent.status().safety.preflight.stops;
      await unfenced.see('only that against it', () => stops().length === 1, 40_000);
      t.match(await unfenced.order('start'), { state: 'rejected', reason: /FENCE_ENABLE.*0.*1/ });
      t.notOk(
        unfenced.witness.seen.some(({ what }) => what === ARM),
        'no motor was asked to turn',
      );
    },

    'over the ceiling, by heights above home, above the sea, above the ground: each refused; below it, each verified':
      async () => {
        const over = CEILING_M + 10;
        const at = (frame: 'home' | 'amsl' | 'terrain', heightM: number, version: number): Itinerary => {
          const plan = low.plan({ deliver: null });
          const altM = frame === 'amsl' ? heightM + low.homeAmslM : heightM;
          const items = plan.items.map((item, n) =>
            item.do === 'waypoint' && n === 2 ? { ...item, altM, frame } : item,
          );
          return { ...plan, id: `${frame}-${low.id}`, version, items };
        };
        for (const frame of ['home', 'amsl', 'terrain'] as const) {
          const high = await judged(at(frame, 130, 1));
          // Above the sea nobody knows before a drone has it, how high that is above its home.
          if (frame !== 'amsl') t.match(high.refusals, [{ item: 2, rule: 'ceiling', value: 130, limit: 120 }], frame);
          await low.assigned(at(frame, over, 1));
          const { state, refusals } = await low.answered(`${frame}-${low.id}`);
          t.equal(state, 'refused', frame);
          t.match(refusals, [{ item: 2, rule: 'ceiling', limit: CEILING_M }], `${frame}: ${JSON.stringify(refusals)}`);
          const { value } = refusals[0] ?? {};
          t.ok(Math.abs(Number(value) - over) < 1, `${frame}: ${value} m`);
        }
        for (const frame of ['home', 'amsl', 'terrain'] as const) {
          await low.assigned(at(frame, CEILING_M - 5, 2));
          t.equal((await low.answered(`${frame}-${low.id}`)).state, 'verified', `${frame}, below it`);
        }
      },
  });
});
