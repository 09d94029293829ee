/** Situation 25 of docs/flight-rules.md: the disk is slow, then full, while it flies. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import t from 'tap';
import { Journal } from '../../agent/journal/index.ts';
import { createInProcessWorld } from '../in-process.ts';
import { HeardOrders } from '../kit/heard-orders.ts';
import { measured, seconds } from '../kit/measured.ts';
import { allMoving } from '../kit/moving.ts';
import { Operator } from '../kit/operator.ts';
import { until } from '../kit/until.ts';

const PRESENCE = 191;
const GROUND_LINK = 190;
/** Each beats once a second: three times that is a beat missed, and not the machine's doing. */
const MOST_SILENT_MS = 3_000;
const WITHIN_MS = 30_000;
const MUST_WRITE = ['ping', 'resume', 'goto'] as const;

t.test('a bad disk in flight', { timeout: 200_000 }, async (t) => {
  // given: a drone in the air whose commands are written to a disk of the test's
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-disk-'));
  t.teardown(() => fs.rmSync(dir, { recursive: true, force: true }));
  const control = path.join(dir, 'disk');
  const thread = new URL('../kit/bad-disk-thread.ts', import.meta.url);
  // Threads inherit it.
  process.env.BAD_DISK = control;
  const world = await createInProcessWorld({
    drones: 1,
    agentFlags: ['--recorder.enabled=false'],
    agentPorts: () => ({ createJournal: (options) => new Journal({ ...options, thread }) }),
  });
  t.teardown(() => world.close());
  const [drone] = world.drones;
  if (!drone) throw new Error('a drone wanted');
  const ann = new Operator(world.httpUrl);
  const live = world.live();
  await allMoving(live, world.ids);
  const heard = new HeardOrders(drone.simulator.simulator);
  const modeOf = () => drone.simulator.simulator.autopilot.flight.mode.name;
  const problems = () => drone.agent.status().problems.join('; ');
  const onPage = () => String(live.drones.get(drone.id)?.kinds.preflight?.values.items ?? '');
  await until(() => heard.beats(GROUND_LINK).length > 1, { timeoutMs: WITHIN_MS, what: 'the ground link' });
  t.match(await ann.order(drone.id, 'hold'), { state: 'succeeded' });
  t.match(await ann.order(drone.id, 'resume', { takeControl: true }), { state: 'succeeded' });

  const params = {
    ping: {},
    resume: { takeControl: true },
    goto: { latDeg: 47.3977, lonDeg: 8.5456, altRelM: 30 },
  };
  for (const [how, late] of [
    ['slow', 'late'],
    ['full', 'failed'],
  ] as const) {
    await t.test(`it is ${how}`, { timeout: 120_000 }, async (t) => {
      const sinceMs = performance.now();
      fs.writeFileSync(control, how);

      // then: what makes safe is carried out and says so; what must not act twice is refused
      const hold = await ann.order(drone.id, 'hold');
      t.match(hold, { state: 'succeeded', reason: 'journal: late', detail: { journal: 'late' } });
      for (const type of MUST_WRITE) {
        const fate = await ann.order(drone.id, type, params[type]);
        t.match(fate, { state: 'rejected', reason: `journal-unavailable: ${late}` }, type);
      }
      const before = modeOf();
      const goHome = how === 'slow' ? 'return' : 'land';
      t.match(await ann.order(drone.id, goHome), { state: 'succeeded', reason: 'journal: late' }, goHome);
      t.not(modeOf(), before, 'it does');

      // and: it is said
      if (how === 'full') {
        await until(() => /command journal cannot be written/.test(problems()), {
          timeoutMs: WITHIN_MS,
          what: 'the agent to say so',
          seen: problems,
        });
        t.match(problems(), /disk is full: free space/i, 'and what to do');
        await until(() => /command journal cannot be written/.test(onPage()), {
          timeoutMs: WITHIN_MS,
          what: 'the page to know',
          seen: onPage,
        });
      } else {
        t.ok((drone.agent.status().commanding.journal.counters.late ?? 0) > 0, 'counted');
      }

      // and: no beat was missed, of neither heartbeat
      for (const [name, compid] of [
        ['presence', PRESENCE],
        ['ground link', GROUND_LINK],
      ] as const) {
        const gapMs = heard.longestGapMs(compid, sinceMs);
        measured(`${how} disk: longest silence of ${name} ${seconds(gapMs)}`);
        t.ok(gapMs < MOST_SILENT_MS, `${name} beats on`);
      }
      if (how === 'slow') {
        fs.writeFileSync(control, '');
        t.match(await ann.order(drone.id, 'hold'), { state: 'succeeded' });
      }
    });
  }

  await t.test('there is room again: everything as before', { timeout: 60_000 }, async (t) => {
    fs.writeFileSync(control, '');
    t.match(await ann.order(drone.id, 'hold'), { state: 'succeeded' });
    await until(() => !/journal/.test(problems()), { timeoutMs: WITHIN_MS, what: 'it to be well', seen: problems });
    t.match(await ann.order(drone.id, 'ping'), { state: 'succeeded' });
  });
});
