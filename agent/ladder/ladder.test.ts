import { ladderAt } from '@skein/protocol/fleet';
import type { Sample } from '@skein/protocol/telemetry';
import t from 'tap';
import { isGoingHome } from './going-home.ts';
import { Ladder } from './ladder.ts';
import { AT_REST, type LadderInput, type LadderMemory, type LadderRules, step } from './machine.ts';

const RULES: LadderRules = { owner: 'agent', waitS: 45, finishS: 30, retractS: 30, maxS: 900 };
const FLYING: Omit<LadderInput, 'nowMs'> = {
  leaseLeftMs: 0,
  armed: true,
  inAir: true,
  ours: true,
  adopted: false,
  holder: 'skein',
  releasing: false,
  goingHome: false,
};

/** Runs the machine every 100 ms and notes each change of rung, each order, and when the heartbeat was let go. */
function climb(o: {
  readonly rules?: Partial<LadderRules>;
  readonly forS: number;
  /** What the world is like; `ordered` says when the return was ordered. */
  readonly world: (s: number, orderedS: number | null) => Partial<LadderInput>;
}) {
  const rules = { ...RULES, ...o.rules };
  const story: string[] = [];
  let memory: LadderMemory = AT_REST;
  let held: boolean | null = null;
  let orderedS: number | null = null;
  for (let nowMs = 0; nowMs <= o.forS * 1_000; nowMs += 100) {
    const s = nowMs / 1_000;
    const done = step(rules, memory, { ...FLYING, ...o.world(s, orderedS), nowMs });
    if (done.memory.rung !== memory.rung) story.push(`${s} ${done.memory.rung}`);
    if (done.order !== null) story.push(`${s} !${done.order}`);
    if (done.order === 'return') orderedS = s;
    if (held === true && !done.holdsGroundLink) story.push(`${s} let go`);
    held = done.holdsGroundLink;
    memory = done.memory;
  }
  return story;
}

const obeys = (s: number, orderedS: number | null) => ({ goingHome: orderedS !== null && s > orderedS + 1 });

t.test('a cruise: it waits, then returns, and the heartbeat goes on meanwhile', async (t) => {
  t.same(climb({ forS: 300, world: obeys }), ['0 wait', '45 return', '45 !return']);
});

t.test('short losses change nothing', async (t) => {
  const story = climb({ forS: 60, world: (s) => ({ leaseLeftMs: s > 20 && s < 50 ? 0 : 15_000 }) });
  t.same(story, ['20.1 wait', '50 none', '50 let go']);
});

t.test('a release that has begun may end, then the payload is secured, then it returns', async (t) => {
  const whole = climb({ forS: 200, world: (s, at) => ({ ...obeys(s, at), releasing: s < 60 }) });
  t.same(whole, ['0 wait', '45 finish', '60 return', '60 !return'], 'it ended in time');
  const stuck = climb({ forS: 200, world: (s, at) => ({ ...obeys(s, at), releasing: true }) });
  t.same(stuck, ['0 wait', '45 finish', '75 retract', '75 !retract', '105 return', '105 !return'], 'it did not');
});

t.test('a return that is not seen within 5 s hands the loss to the autopilot, for good', async (t) => {
  const story = climb({ forS: 120, world: (s) => ({ goingHome: s > 60 }) });
  t.same(story, ['0 wait', '45 return', '45 !return', '50 exhausted', '50 let go']);
});

t.test('maxS ends the heartbeat whatever the rung', async (t) => {
  const story = climb({ rules: { maxS: 100 }, forS: 120, world: obeys });
  t.same(story, ['0 wait', '45 return', '45 !return', '100 exhausted', '100 let go']);
});

t.test('a return under way already is not ordered again', async (t) => {
  t.same(climb({ forS: 90, world: () => ({ goingHome: true }) }), ['0 wait', '45 return']);
  const ends = climb({ forS: 90, world: (s, at) => ({ goingHome: s < 60 || (at !== null && s > at + 1) }) });
  t.same(ends, ['0 wait', '45 return', '60 !return'], 'unless it ends before it is home');
});

t.test('its mode brings it home or down, or the plan it flies does', async (t) => {
  const is = (mode: string | null, planReturns = false, alive = true) => isGoingHome({ alive, mode }, planReturns);
  for (const mode of ['RTL', 'SMART_RTL', 'AUTO_RTL', 'LAND', 'AUTO.RTL', 'AUTO.LAND']) t.ok(is(mode), mode);
  for (const mode of ['AUTO', 'AUTO.MISSION']) t.same([is(mode), is(mode, true)], [false, true], mode);
  t.notOk(is('GUIDED', true), 'held on its way home it does not come');
  t.notOk(is('RTL', true, false), 'what it did before it fell silent is not known to go on');
  t.notOk(is(null, true));
});

t.test('whoever flies is left alone, and the heartbeat goes on for him', async (t) => {
  const story = climb({ forS: 90, world: (s) => ({ ours: s < 10 }) });
  t.same(story, ['0 wait', '10 watch']);
  const during = climb({
    forS: 90,
    world: (s, at) => ({ ...obeys(s, at), ours: s < 60, ...(s > 60 && { goingHome: false }) }),
  });
  t.same(during, ['0 wait', '45 return', '45 !return', '60.1 watch'], 'a pilot takes over a return');
});

t.test('a flight that was only found: nothing is ordered, nothing held', async (t) => {
  let memory = AT_REST;
  for (let nowMs = 0; nowMs < 90_000; nowMs += 100) {
    const done = step(RULES, memory, { ...FLYING, ours: false, adopted: true, nowMs });
    t.notOk(done.order !== null || done.holdsGroundLink);
    memory = done.memory;
  }
  t.equal(memory.rung, 'watch');
});

t.test('why it stands aside is said as it is', async (t) => {
  const why = (holder: LadderInput['holder'], adopted = false) =>
    step(RULES, AT_REST, { ...FLYING, ours: false, holder, adopted, nowMs: 100 }).memory.why;
  t.equal(why('pilot'), 'pilot');
  t.equal(why('other-station'), 'other-station');
  t.equal(why('autopilot-failsafe'), 'failsafe');
  t.equal(why('unknown', true), 'adopted');
  t.equal(why('unknown'), 'state-unknown');
  const before = step(RULES, AT_REST, { ...FLYING, ours: false, holder: 'pilot', nowMs: 100 }).memory;
  const after = step(RULES, before, { ...FLYING, ours: false, holder: 'autopilot-failsafe', nowMs: 200 }).memory;
  t.match(after, { rung: 'watch', sinceMs: before.sinceMs, why: 'failsafe' }, 'also when it changes');
});

t.test('owner autopilot: it only notes', async (t) => {
  t.same(climb({ rules: { owner: 'autopilot' }, forS: 90, world: () => ({}) }), ['0 watch']);
});

t.test('nothing is done on the ground, or for motors of which nothing is known', async (t) => {
  t.same(climb({ forS: 90, world: () => ({ armed: false }) }), []);
  t.same(climb({ forS: 90, world: () => ({ armed: null }) }), []);
  t.same(climb({ forS: 90, world: () => ({ inAir: false }) }), ['0 wait']);
  t.same(
    climb({ forS: 90, world: (s) => ({ armed: s < 10 ? true : null }) }),
    ['0 wait', '45 return', '45 !return', '50 exhausted', '50 let go'],
    'silent in mid-flight: the net acts',
  );
});

t.test('the controller reads the same schedule', async (t) => {
  const at = (lostS: number, releasing = false) => ladderAt(RULES, { owner: 'agent', lostS, releasing });
  t.same(at(0), { rung: 'none', endsInS: null });
  t.same(at(10), { rung: 'wait', endsInS: 35 });
  t.same(at(45), { rung: 'return', endsInS: 855 });
  t.same(at(50, true), { rung: 'finish', endsInS: 25 });
  t.same(at(80, true), { rung: 'retract', endsInS: 25 });
  t.same(at(105, true), { rung: 'return', endsInS: 795 });
  t.same(at(900), { rung: 'exhausted', endsInS: null });
  t.same(ladderAt(RULES, { owner: 'autopilot', lostS: 10, releasing: false }), { rung: 'watch', endsInS: null });
});

t.test('the runner orders once, calls off what the lease makes needless, and says each rung', async (t) => {
  const samples: Sample[] = [];
  const orders: AbortSignal[] = [];
  let nowUs = 0;
  let leaseLeftMs = 0;
  const ladder = new Ladder({
    rules: { ...RULES, waitS: 1 },
    nowUs: () => nowUs,
    look: () => ({ ...FLYING, leaseLeftMs }),
    retract: async () => {},
    comeHome: (signal) => {
      orders.push(signal);
      return new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
    onSample: (sample) => samples.push(sample),
    onEvent: () => {},
  });
  const run = (ms: number) => {
    for (let i = 0; i < ms; i += 100) {
      nowUs += 100_000;
      ladder.tick();
    }
  };
  run(3_000);
  t.equal(orders.length, 1);
  t.ok(ladder.holdsGroundLink);
  t.match(ladder.status(), { rung: 'return', counters: { losses: 1, returns: 1, exhausted: 0 } });
  leaseLeftMs = 15_000;
  run(200);
  t.ok(orders[0]?.aborted);
  t.notOk(ladder.holdsGroundLink);
  t.same(
    samples.map(({ values }) => 'rung' in values && values.rung),
    ['wait', 'return', 'none'],
  );
  await ladder.close();
});
