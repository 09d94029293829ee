import fc from 'fast-check';
import t from 'tap';
import { fault } from './faults.ts';
import { BACKOFF_MS, backoffMs, type Input, initialState, type MachineState, type Output, step } from './machine.ts';

const gone = fault('EBADF', '/dev/x');

function run(inputs: readonly Input[], variants = 1): { state: MachineState; outputs: Output[] } {
  let state = initialState(variants);
  const outputs: Output[] = [];
  for (const input of inputs) {
    const [next, out] = step(state, input);
    state = next;
    outputs.push(...out);
  }
  return { state, outputs };
}

t.test('opens, loses the port, lets it go, waits, opens afresh', async (t) => {
  const { state, outputs } = run([
    { type: 'start' },
    { type: 'opened' },
    { type: 'failed', fault: gone, jitter: 1 },
    { type: 'released' },
    { type: 'timeout', fault: gone, jitter: 0 },
  ]);
  t.equal(state.phase, 'opening');
  t.equal(state.lastFault?.code, 'EBADF');
  t.same(
    outputs.map((output) => (output.type === 'timer' ? `timer ${output.ms}` : output.type)),
    ['open', 'timer 5000', 'timer null', 'release', 'timer 2000', 'timer 250', 'open', 'timer 5000'],
  );
});

t.test('back-off doubles to two seconds and starts again after a byte was heard', async (t) => {
  t.same(
    [1, 2, 3, 4, 5, 50].map((failures) => backoffMs(failures, 1)),
    [250, 500, 1000, 2000, 2000, 2000],
  );
  t.equal(backoffMs(4, 0), BACKOFF_MS.last * 0.75);
  const failing: Input[] = [
    { type: 'failed', fault: gone, jitter: 1 },
    { type: 'released' },
    { type: 'timeout', fault: gone, jitter: 0 },
  ];
  const { state } = run([{ type: 'start' }, ...failing, ...failing, { type: 'opened' }]);
  t.equal(state.failures, 2, 'opening alone is no success');
  t.equal(step(state, { type: 'heard' })[0].failures, 0);
});

t.test('no frames: the next baud at once, and round again; a single baud is left as it is', async (t) => {
  const noFrames: Input = { type: 'noFrames', fault: fault('no-frames', 'x') };
  const twice = run([{ type: 'start' }, { type: 'opened' }, noFrames, { type: 'released' }, { type: 'opened' }], 2);
  t.equal(twice.state.variant, 1);
  t.equal(run([{ type: 'start' }, { type: 'opened' }, noFrames, { type: 'released' }], 1).state.phase, 'open');
  const [round] = step(twice.state, noFrames);
  t.equal(round.variant, 0);
});

t.test(
  'a device that appears while the old one is let go, or another that was just opened, is opened at once',
  async (t) => {
    const appeared: Input = { type: 'deviceChanged', fault: gone };
    const lost: Input = { type: 'failed', fault: gone, jitter: 1 };
    const opened: Input[] = [{ type: 'start' }, { type: 'opened' }];
    t.equal(
      run([...opened, lost, appeared, { type: 'released' }]).state.phase,
      'opening',
      'no pause after the release',
    );
    t.equal(
      run([...opened, { type: 'stop' }, appeared, { type: 'released' }]).state.phase,
      'closed',
      'a stop stays a stop',
    );
    const other = run([{ type: 'start' }, appeared, { type: 'released' }]);
    t.same([other.state.phase, other.outputs.filter(({ type }) => type === 'open').length], ['opening', 2]);
  },
);

t.test('a device that appears ends the wait', async (t) => {
  const waiting = run([{ type: 'start' }, { type: 'failed', fault: gone, jitter: 0 }, { type: 'released' }]).state;
  t.equal(waiting.phase, 'backingOff');
  t.equal(step(waiting, { type: 'deviceChanged', fault: gone })[0].phase, 'opening');
});

t.test('a port that does not close is left behind', async (t) => {
  const stuck = run([{ type: 'start' }, { type: 'opened' }, { type: 'reopen', fault: gone }]).state;
  t.equal(stuck.phase, 'releasing');
  t.equal(step(stuck, { type: 'timeout', fault: gone, jitter: 0 })[0].phase, 'opening');
});

t.test('any order of inputs: an open follows only a let-go, and stop always ends it', async (t) => {
  const input: fc.Arbitrary<Input> = fc.oneof(
    fc.constantFrom<Input>(
      { type: 'start' },
      { type: 'opened' },
      { type: 'heard' },
      { type: 'released' },
      { type: 'deviceChanged', fault: gone },
      { type: 'noFrames', fault: gone },
      { type: 'reopen', fault: gone },
      { type: 'stop' },
    ),
    fc.double({ min: 0, max: 1, noNaN: true }).map((jitter): Input => ({ type: 'failed', fault: gone, jitter })),
    fc.double({ min: 0, max: 1, noNaN: true }).map((jitter): Input => ({ type: 'timeout', fault: gone, jitter })),
  );
  const seed = process.env.SEED === undefined ? undefined : Number(process.env.SEED);
  fc.assert(
    fc.property(fc.array(input, { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), (inputs, variants) => {
      let held = false;
      let state = initialState(variants);
      for (const one of inputs) {
        const [next, outputs] = step(state, one);
        for (const output of outputs) {
          if (output.type === 'open') {
            if (held) return false;
            held = true;
          }
          if (output.type === 'release') {
            if (!held) return false;
            held = false;
          }
        }
        state = next;
      }
      const [stopped] = step(state, { type: 'stop' });
      return (
        ['closed', 'releasing'].includes(stopped.phase) && step(stopped, { type: 'released' })[0].phase === 'closed'
      );
    }),
    seed === undefined ? {} : { seed },
  );
  t.pass('fast-check prints its seed when it fails');
});
