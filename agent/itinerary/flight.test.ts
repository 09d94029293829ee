import t from 'tap';
import { compiledFor } from '../itinerary-plan.ts';
import { BEFORE_FLIGHT, endedEarly, type FlightLook, held, look, resumed, started } from './flight.ts';
import { type Route, resumeAt, skipFrom } from './route.ts';
import { SEQ } from './testing/given.ts';
import { plan } from './testing/plans.ts';

const routeOf = (flavour: 'ardupilot' | 'px4'): Route => {
  const { steps, legs } = compiledFor(plan(), flavour);
  return { items: plan().items, steps, legs };
};
const ROUTE = routeOf('ardupilot');
const NOW: FlightLook = {
  armed: true,
  alive: true,
  inAir: true,
  mode: 'AUTO',
  seq: 2,
  missionState: 3,
  control: 'skein',
  adopted: false,
  crashed: null,
  speedMps: 8,
  gateM: null,
};
const FLYING = look(started(BEFORE_FLIGHT), NOW, ROUTE);
const after = (changes: readonly Partial<FlightLook>[], from = FLYING, route = ROUTE) =>
  changes.reduce((memory, change) => look(memory, { ...NOW, ...change }, route), from);

t.test('items by the mission’s own word; the gate only where it stands', async (t) => {
  t.match(FLYING, { state: 'flying', item: 1, seq: 2 });
  t.match(after([{ seq: SEQ.gate, gateM: 200 }]), { state: 'flying', item: 2 });
  t.match(after([{ seq: SEQ.gate, gateM: 2, speedMps: 0.3 }]), { state: 'at-gate', item: 2 });
  const there = { seq: SEQ.gate, gateM: 2, speedMps: 0.3 };
  t.match(
    after([there, { seq: SEQ.gate, gateM: 6, speedMps: 4.2 }]),
    { state: 'at-gate' },
    'an overshoot is no leaving',
  );
  t.match(after([there, { seq: SEQ.gate, gateM: 40, speedMps: 0.3 }]), { state: 'flying' }, 'blown away');
  t.match(after([there, { seq: SEQ.release }]), { state: 'releasing' });
  t.match(after([{ seq: SEQ.home }]), { state: 'returning', reason: '', item: 3 });
});

t.test('completed only landed and disarmed at the end of the plan', async (t) => {
  t.equal(after([{ seq: SEQ.home, inAir: false }]).state, 'returning');
  t.equal(after([{ seq: SEQ.home }, { armed: false }]).state, 'completed');
  t.match(after([{ armed: false }]), { state: 'aborted', reason: /^disarmed/ });
  t.match(look(endedEarly(after([{ seq: SEQ.home }]), 'newer: abort'), { ...NOW, armed: false }, ROUTE), {
    state: 'aborted',
    reason: 'newer: abort',
  });
});

t.test('a return that the plan did not order ends early, whoever ordered it', async (t) => {
  const returning = after([{ mode: 'RTL' }]);
  t.match(returning, { state: 'returning', reason: 'newer: return' });
  t.match(after([{ mode: 'LAND' }], returning), { reason: 'newer: return' });
  t.match(after([{ armed: false }], returning), { state: 'aborted', reason: 'newer: return' });
});

t.test('PX4 changes the mode for the return of its plan, before or after it shows the item', async (t) => {
  const route = routeOf('px4');
  const home = Math.max(...route.steps.keys());
  const from = look(started(BEFORE_FLIGHT), { ...NOW, mode: 'AUTO.MISSION', seq: 1 }, route);
  for (const seqs of [[home], [home - 1, home]]) {
    const back = seqs.reduce((memory, seq) => look(memory, { ...NOW, mode: 'AUTO.RTL', seq }, route), from);
    t.match(look(back, { ...NOW, armed: false }, route), { state: 'completed' }, `${seqs}`);
  }
});

t.test('PX4 begins its list anew after the landing, before its motors stand: it is completed', async (t) => {
  const route = routeOf('px4');
  const home = Math.max(...route.steps.keys());
  const px4 = { ...NOW, mode: 'AUTO.MISSION' };
  const landing = look(look(started(BEFORE_FLIGHT), { ...px4, seq: 1 }, route), { ...px4, seq: home }, route);
  // Each is heard in its own time: the landing may be known or not.
  const waits = { inAir: false, mode: 'AUTO.LOITER', missionState: 5 };
  for (const change of [
    { seq: 0, inAir: true },
    { seq: 0, inAir: false },
    { seq: 0, ...waits },
    { seq: home, ...waits },
  ]) {
    const anew = look(landing, { ...px4, ...change }, route);
    t.match(anew, { state: 'returning', item: 3 }, JSON.stringify(change));
    t.match(look(anew, { ...px4, ...change, armed: false }, route), { state: 'completed' });
  }
});

t.test('PX4 calls its mission complete, and waits, before it flies the return at its end', async (t) => {
  const route = routeOf('px4');
  const home = Math.max(...route.steps.keys());
  const auto = { ...NOW, mode: 'AUTO.MISSION' };
  const atGate = look(started(BEFORE_FLIGHT), { ...auto, seq: 4, gateM: 1, speedMps: 0 }, route);
  for (const mode of ['AUTO.MISSION', 'AUTO.LOITER', 'AUTO.RTL']) {
    const back = look(atGate, { ...auto, mode, seq: home, missionState: 5 }, route);
    t.match(back, { state: 'returning', reason: '' }, mode);
  }
  t.match(look(atGate, { ...auto, seq: 4, missionState: 5 }, route), { state: 'interrupted' }, 'not at its end');
});

t.test('whoever takes control interrupts; silence and another’s mode change nothing else', async (t) => {
  t.match(after([{ control: 'pilot', mode: 'LOITER' }]), { state: 'interrupted', reason: 'pilot' });
  t.match(after([{ control: 'autopilot-failsafe', mode: 'RTL' }]), { state: 'interrupted', reason: 'failsafe' });
  t.match(after([{ adopted: true, control: 'unknown' }]), { state: 'interrupted', reason: 'adopted' });
  t.equal(after([{ alive: false, armed: null, mode: null }]), FLYING);
  t.equal(after([{ control: 'unknown' }]), FLYING);
});

t.test('a hold: a pause stays one until it is resumed; GUIDED is one by itself', async (t) => {
  const paused = held(FLYING);
  t.equal(after([{ speedMps: 0 }], paused).state, 'held');
  t.equal(after([{}], resumed(paused)).state, 'flying');
  t.equal(after([{ mode: 'GUIDED' }]).state, 'held');
});

t.test('a mission that ends in the air is said', async (t) => {
  t.match(after([{ missionState: 5 }]), { state: 'interrupted', reason: /^no-effect: the mission ended in the air/ });
});

t.test('where to resume: the item under way, never inside a release, nor a second time through a gate', async (t) => {
  t.equal(
    resumeAt(ROUTE, 2, () => false),
    2,
  );
  t.equal(
    resumeAt(ROUTE, SEQ.gate, () => false),
    SEQ.gate,
  );
  for (let seq = SEQ.release; seq <= SEQ.climb; seq++)
    t.equal(
      resumeAt(ROUTE, seq, () => true),
      SEQ.home,
      `${seq}`,
    );
  t.equal(
    resumeAt(ROUTE, SEQ.gate, () => true),
    SEQ.home,
  );
});

t.test('where to skip', async (t) => {
  t.match(skipFrom(ROUTE, 1), { ok: false, reason: 'taking-off' });
  t.match(skipFrom(ROUTE, 2), { ok: true, seq: 3, item: 2 });
  for (let seq = 3; seq <= SEQ.climb; seq++) t.match(skipFrom(ROUTE, seq), { reason: 'past-delivery' }, `${seq}`);
  t.match(skipFrom(ROUTE, SEQ.home), { ok: false, reason: 'last' });
});

t.test('on its way home it falls: it is not completed', async (t) => {
  const down = { armed: false, crashed: 'it FALLS, 8 m/s, 14 m up' };
  t.match(look(after([{ seq: SEQ.home }]), { ...NOW, ...down }, ROUTE), {
    state: 'aborted',
    reason: /^crash: it FALLS/,
  });
  t.match(look(after([{ seq: SEQ.home }]), { ...NOW, armed: false }, ROUTE), { state: 'completed' });
});
