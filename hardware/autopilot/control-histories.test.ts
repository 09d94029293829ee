/** Random histories of what is heard and commanded. SEED=n replays a run. */
import fc from 'fast-check';
import t from 'tap';
import { beginControl, controlOf } from './control.ts';
import type { ControlInput } from './control-types.ts';
import { ardupilot } from './flavours/ardupilot.ts';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

const mode = fc.constantFrom(0, 3, 4, 5, 6, 9);
const heartbeat = fc.record({
  kind: fc.constant('heartbeat' as const),
  mode,
  armed: fc.boolean(),
  status: fc.constantFrom(3, 4, 4, 4, 5),
});
const expected = fc.oneof(
  fc.record({ modes: fc.tuple(mode) }),
  fc.record({ armed: fc.boolean() }),
  fc.constant({ reboot: true as const }),
);
const input: fc.Arbitrary<ControlInput> = fc.oneof(
  { weight: 6, arbitrary: heartbeat },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('expect' as const), command: fc.constant(176), expected }) },
  fc.constant({ kind: 'refused' as const, command: 176 }),
  fc.record({
    kind: fc.constant('text' as const),
    text: fc.constantFrom('GCS Failsafe', 'GCS Failsafe Cleared', 'Arm: x', 'Fence Breached', 'Battery Failsafe'),
  }),
  fc.record({ kind: fc.constant('rc' as const), modeUs: fc.constantFrom(1100, 1900, null), healthy: fc.boolean() }),
  fc.constant({ kind: 'foreign-write' as const, what: 'PARAM_SET', who: '255/190' }),
  fc.constant({ kind: 'station' as const }),
  fc.record({
    kind: fc.constant('second' as const),
    what: fc.constantFrom('companion' as const, 'autopilot' as const),
  }),
  fc.constant({ kind: 'rebooted' as const }),
  fc.constant({ kind: 'take-control' as const, by: 'Ann' }),
  fc.record({ kind: fc.constant('time' as const), alive: fc.boolean() }),
);

t.test(`an uncommanded change never leaves control with us (SEED=${seed})`, async (t) => {
  const history = fc.array(fc.tuple(input, fc.constantFrom(10, 100, 1_000, 6_000, 30_000)), { maxLength: 60 });
  fc.assert(
    fc.property(history, (steps) => {
      let nowMs = 0;
      let memory = beginControl(0);
      for (const [input, waitMs] of steps) {
        nowMs += waitMs;
        const before = memory;
        memory = controlOf(memory, input, nowMs, ardupilot);
        const { state, taken } = memory.snapshot;
        if (taken < before.snapshot.taken) throw new Error('taken went back');
        if (memory.expected.length > 8) throw new Error('expectations grow');
        if (input.kind !== 'heartbeat') continue;
        const { seen } = before;
        const due = before.expected.filter(({ untilMs }) => nowMs <= untilMs).map((entry) => entry.expected);
        if (!input.armed && state === 'pilot') throw new Error('a pilot flies a disarmed vehicle');
        if (seen === null || !input.armed) continue;
        const armedByOthers = !seen.armed && !due.some(({ armed }) => armed === true);
        const [from, to] = [ardupilot.modeName(seen.mode) ?? '', ardupilot.modeName(input.mode) ?? ''];
        const changedByOthers = seen.mode !== input.mode && !due.some(({ modes }) => modes?.includes(input.mode));
        if (!armedByOthers && !changedByOthers) continue;
        if (state === 'skein') throw new Error(`still ours: ${from} → ${to}`);
        if (taken === before.snapshot.taken) throw new Error(`what is under way goes on: ${from} → ${to}`);
      }
    }),
    { seed, numRuns: 3_000 },
  );
  t.pass();
});
