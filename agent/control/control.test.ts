import t from 'tap';
import { Commander } from './commander.ts';
import { GroundLinkRule } from './ground-link.ts';
import { ControlSampler } from './report.ts';

t.test('the first commands, others must take over, the end of the flight ends it', async (t) => {
  const saved: (string | null)[] = [];
  const commander = new Commander((name) => saved.push(name));
  commander.armed(false);
  commander.take('Ann', { over: false });
  t.equal(commander.refuses('Ann'), null);
  t.equal(commander.refuses('Bob'), 'Ann');
  commander.armed(true);
  commander.take('Bob', { over: false });
  t.equal(commander.name, 'Ann', 'a hold by another');
  commander.take('Bob', { over: true });
  commander.settle();
  t.equal(commander.name, 'Bob');
  commander.armed(false);
  t.same(saved, ['Ann', 'Bob', null]);
});

t.test('an arm that failed leaves nobody in command; a restart on the ground neither', async (t) => {
  const commander = new Commander(() => {});
  commander.armed(false);
  commander.take('Ann', { over: false });
  commander.settle();
  t.equal(commander.name, null);
  commander.restore('Bob');
  t.equal(commander.name, null);
  const flying = new Commander(() => {});
  flying.restore('Bob');
  flying.armed(true);
  t.equal(flying.name, 'Bob');
});

t.test('the ground link follows the lease', async (t) => {
  const rule = new GroundLinkRule(0);
  t.notOk(rule.tick({ nowMs: 100, leaseLeftMs: 0, armed: true, ladderHolds: false }));
  t.ok(rule.tick({ nowMs: 200, leaseLeftMs: 15_000, armed: false, ladderHolds: false }));
  t.notOk(rule.tick({ nowMs: 300, leaseLeftMs: 0, armed: true, ladderHolds: false }));
  t.ok(rule.tick({ nowMs: 400, leaseLeftMs: 0, armed: true, ladderHolds: true }), 'and the ladder');
});

t.test('a start beside a flying vehicle goes on with it for one lease, if it was being sent', async (t) => {
  const rule = new GroundLinkRule(0);
  rule.restore(true);
  t.notOk(rule.tick({ nowMs: 100, leaseLeftMs: 0, armed: null, ladderHolds: false }));
  t.ok(rule.tick({ nowMs: 1_000, leaseLeftMs: 0, armed: true, ladderHolds: false }));
  t.notOk(rule.tick({ nowMs: 15_000, leaseLeftMs: 0, armed: true, ladderHolds: false }));
  t.ok(rule.tick({ nowMs: 16_000, leaseLeftMs: 9_000, armed: true, ladderHolds: false }));
});

t.test('a sample when something changed, and each minute', async (t) => {
  const sampler = new ControlSampler();
  const control = {
    state: 'skein' as const,
    why: '',
    sinceMs: 0,
    readOnly: false,
    adopted: false,
    taken: 0,
    failsafeSeen: false,
  };
  const report = { control, commander: 'Ann', writers: [] };
  t.match(sampler.sample(report, 1_000), { values: { state: 'skein', commander: 'Ann', writers: '[]' } });
  t.equal(sampler.sample(report, 2_000), null);
  t.ok(sampler.sample({ ...report, control: { ...control, state: 'pilot', why: 'mode switch' } }, 3_000));
  t.ok(sampler.sample({ ...report, commander: null }, 3_100));
  t.equal(sampler.sample({ ...report, commander: null }, 60_000), null);
  t.ok(sampler.sample({ ...report, commander: null }, 64_000));
});
