/** What a silent drone must be doing: by its own settings, from when its lease ran out. */
import { readEnvelope, type Sample, sealBatch } from '@skein/protocol/telemetry';
import t from 'tap';
import { Fleet } from './fleet.ts';
import { knownOf } from './known.ts';

const BOOT = '11111111-2222-4333-8444-555555555555';
const RULES = { owner: 'agent', waitS: 45, finishS: 30, retractS: 20, maxS: 300 };

function given(rules: object | null = RULES, armed = true, control = 'skein') {
  let seconds = 1000;
  const clock = { utcUs: () => seconds * 1e6, monoUs: () => seconds * 1e6 };
  const fleet = new Fleet({ clock, count: () => {}, onEvent: () => {}, maxDrones: 9 });
  fleet.presence('d1', {
    ...{
      session: 'aaaaaaaa',
      n: 1,
      boot: BOOT,
      journal: null,
      online: true,
      versions: {},
      control: { state: control },
    },
    epochs: [{ epoch: '00000000000000e1', lanes: { urgent: { first: 1, next: 1 }, history: { first: 1, next: 1 } } }],
  });
  const monoUs = 500e6;
  const sample = (kind: string, values: object) => ({ kind, monoUs, bootMs: null, values }) as unknown as Sample;
  const samples = [
    sample('status', { armed, mode: 'AUTO', autopilot: 3 }),
    sample('battery', { instance: 0, timeRemainingS: 600, remainingPct: 61 }),
    ...(rules === null ? [] : [sample('ladder', { rung: 'none', reason: null, plan: JSON.stringify(rules) })]),
  ];
  const read = readEnvelope(sealBatch({ lane: 'live', epoch: '00000000000000e1', boot: BOOT, seq: 0, samples }));
  if (!read.ok) throw new Error(read.reason);
  fleet.live('d1', read.header, samples);
  fleet.time('d1', { session: 'aaaaaaaa', agentMonoUs: monoUs, boot: BOOT });
  fleet.tick();
  fleet.drainChanges();
  const pass = (to: number) => {
    seconds = to;
    fleet.tick();
    return fleet.drainChanges().some((delta) => 'expectation' in delta);
  };
  return { fleet, pass, now: () => fleet.entry('d1')?.expectation };
}

t.test('the lease, then rung after rung, each told when it begins', async (t) => {
  const { pass, now, fleet } = given();
  t.equal(now(), null, 'it is heard');
  t.match(fleet.entry('d1')?.ladder, { rung: 'none', words: 'the controller is heard', plan: RULES });
  t.equal(pass(1014), false);
  t.equal(now(), null, 'its lease runs 15 s from the last answer');
  t.equal(pass(1016), true);
  t.match(now(), {
    rung: 'wait',
    sinceUtcUs: 1015e6,
    endsUtcUs: 1060e6,
    untilEnergyUtcUs: 1600e6,
    must: /^It must now go on .*waiting for the controller/,
  });
  t.equal(pass(1050), false, 'nothing new');
  t.equal(pass(1061), true);
  t.match(now(), { rung: 'return', endsUtcUs: 1315e6, must: 'It must now fly back and land' });
  t.equal(pass(1316), true);
  t.match(now(), { rung: 'exhausted', endsUtcUs: null });
});

t.test('a release that had begun is finished, then secured, before it returns', async (t) => {
  const { fleet, pass, now } = given();
  const brief = { id: 'round', version: 1, reason: null, words: null, item: 1, items: 3, at: '' };
  fleet.show('d1', { itinerary: { ...brief, state: 'releasing' } });
  const rungs = [1016, 1061, 1091, 1112].map((s) => {
    pass(s);
    return now()?.rung;
  });
  t.same(rungs, ['wait', 'finish', 'retract', 'return']);
});

t.test('nothing is guessed: disarmed, or it said nothing of its ladder; the autopilot owns the loss', async (t) => {
  for (const one of [given(RULES, false), given(null), given({ owner: 'agent', waitS: -1 })]) {
    one.pass(1100);
    t.equal(one.now(), null);
  }
  const autopilot = given({ ...RULES, owner: 'autopilot' });
  autopilot.pass(1100);
  t.match(autopilot.now(), { rung: 'watch', must: /autopilot/ });
});

t.test('what a plan is judged with: flavour, charge, home as far as they are known', async (t) => {
  const { fleet } = given();
  const entry = fleet.entry('d1');
  t.match(entry && knownOf(entry, 0), { flavour: 'ardupilot', chargePct: 61, batteryWh: null, home: null, wind: null });
  t.match(entry && knownOf(entry, 300), { batteryWh: 300 });
  t.match(knownOf({ kinds: {}, versions: { autopilot: 'PX4 1.15' } }, 0), { flavour: 'px4', staysArmed: true });
});

t.test('whoever flew it when it was last heard is not said to be brought home', async (t) => {
  for (const control of ['pilot', 'other-station', 'autopilot-failsafe']) {
    const { pass, now } = given(RULES, true, control);
    pass(1100);
    t.match(now(), { rung: 'watch', must: /stands aside/, endsUtcUs: null }, control);
  }
});

t.test('a flight that its agent only listened to is not said to be brought home either', async (t) => {
  const { pass, now } = given(RULES, true, 'unknown');
  pass(1100);
  t.match(now(), {
    rung: 'watch',
    must: /not known.*orders nothing\. A failsafe of its autopilot is to act on the loss; .*flies on as it did$/,
    endsUtcUs: null,
  });
});
