/** Situation 25 of docs/flight-rules.md: the whole disk of the drone is full, read-only, broken (EIO), slow (5 s a sync), while it flies. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { listenTcp } from '@skein/hardware/simulator';
import t from 'tap';
import { createInProcessWorld } from '../in-process.ts';
import { Agent } from '../kit/agent.ts';
import { compare, readStore, type StoredBatch } from '../kit/batches.ts';
import { HeardOrders } from '../kit/heard-orders.ts';
import { getJson } from '../kit/http.ts';
import { measured, seconds } from '../kit/measured.ts';
import { Operator } from '../kit/operator.ts';
import { programs } from '../kit/paths.ts';
import { freePort } from '../kit/ports.ts';
import { until } from '../kit/until.ts';
import { WholeDisk } from '../kit/whole-disk.ts';

const HEARTBEATS = [
  ['presence', 191],
  ['ground link', 190],
] as const;
/** Each beats once a second: three times that is a beat missed, and not the machine's doing. */
const MOST_SILENT_MS = 3_000;
/** An order that waits for no disk: 300 ms for the journal, and what the autopilot takes to stand still. Three times that. */
const OBEYED_WITHIN_MS = 15_000;
/** `land` waits for no disk: the 300 ms that the journal has, and the way there. Three times 500 ms. */
const ACTED_WITHIN_MS = 1_500;
const WITHIN_MS = 60_000;
/** A commit a second, and the list of the page follows what changes: three times that. */
const SAID_WITHIN_MS = 15_000;
const DISK_MB = 48;
const SYNC_MS = 5_000;

interface Status {
  readonly session: string;
  readonly epoch: string;
  readonly problems: readonly string[];
  readonly outbox: {
    readonly volatileBytes: number;
    readonly epochs: readonly {
      readonly epoch: string;
      readonly lanes: Readonly<Record<'urgent' | 'history', { readonly next: number }>>;
    }[];
  };
}

t.test('the whole disk, in flight', { timeout: 600_000 }, async (t) => {
  // given: a drone in the air, its agent a process of its own with everything it writes on one small disk
  const own = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-whole-disk-'));
  t.teardown(() => fs.rmSync(own, { recursive: true, force: true }));
  const world = await createInProcessWorld({ drones: 1, agentsLater: true });
  t.teardown(() => world.close());
  const [drone] = world.drones;
  if (!drone) throw new Error('a drone wanted');
  const { simulator, driver } = drone.simulator;
  const port = await freePort();
  const line = await listenTcp('127.0.0.1', port, { simulator, driver, tell: () => {} });
  t.teardown(() => line.close());
  const agent = new Agent({
    id: drone.id,
    dir: own,
    linkUrl: () => `tcp://127.0.0.1:${port}`,
    brokerUrl: world.mqttUrl,
    extraArgs: ['--outbox.budgetMB=8', '--recorder.budgetMB=8', '--recorder.segmentMB=1', '--log.fileMB=1'],
  });
  fs.mkdirSync(agent.dataDir, { recursive: true });
  const disk = WholeDisk.make(agent.dataDir, own, DISK_MB);
  if (disk === null) {
    t.comment('no C compiler here: nothing was shown');
    return;
  }
  agent.program.prefix = disk.prefix;
  await agent.start();
  t.teardown(() => agent.stop());
  const { pid } = agent.program;
  const seen = disk.seenFrom(pid);
  const status = () => getJson<Status>('http://agent/status', { socketPath: path.join(seen, 'agent.sock') });
  const ann = new Operator(world.httpUrl);
  const live = world.live();
  const heard = new HeardOrders(simulator);
  const modeOf = () => simulator.autopilot.flight.mode.name;
  const onPage = () => String(live.drones.get(drone.id)?.kinds.preflight?.values.items ?? '');
  await until(() => heard.beats(190).length > 2, { timeoutMs: WITHIN_MS, what: 'the ground link' });
  t.match(await ann.order(drone.id, 'hold'), { state: 'succeeded' });
  t.match(await ann.order(drone.id, 'resume', { takeControl: true }), { state: 'succeeded' });
  const { session, epoch } = await status();

  for (const { how, begin, end, word, remedy } of [
    {
      how: 'full',
      begin: () => disk.fill(pid),
      end: () => disk.free(pid),
      word: /full/i,
      remedy: /free space/i,
    },
    {
      how: 'read-only',
      begin: () => disk.is('read-only'),
      end: () => disk.is('good'),
      word: /read-only|cannot be written/i,
      remedy: /remount it read-write|replace the card/i,
    },
    {
      how: 'broken',
      begin: () => disk.is('broken'),
      end: () => disk.is('good'),
      word: /storage|error|cannot be written/i,
      remedy: /replace the card/i,
    },
    {
      how: 'slow',
      begin: () => disk.is(`slow ${SYNC_MS}`),
      end: () => disk.is('good'),
      word: null,
      remedy: /The card is slow: it took ([5-9]|\d\d).*longest commit ([5-9]|\d\d)/s,
    },
  ] as const) {
    await t.test(how, { timeout: 300_000 }, async (t) => {
      // when
      const durable = await rowsOf(status);
      const sinceMs = performance.now();
      begin();

      // then: it is said, on the page and by one command beside the drone
      if (word !== null) {
        await until(() => word.test(onPage()), { timeoutMs: SAID_WITHIN_MS, what: 'the page to know', seen: onPage });
        measured(`${how} disk: on the page after ${seconds(performance.now() - sinceMs)}`);
      }
      let page = '';
      const told = () => {
        page = execFileSync(process.execPath, [programs.agent, 'status', `--dataDir=${seen}`], { encoding: 'utf8' });
        return remedy.test(page);
      };
      await until(told, {
        timeoutMs: WITHIN_MS,
        everyMs: 1_000,
        what: 'skein-agent status to say it',
        seen: () => page,
      });

      // and: what makes safe is obeyed, on a disk that takes nothing
      for (const order of ['hold', 'land'] as const) {
        const fromMs = performance.now();
        const modeBefore = modeOf();
        const acted = until(() => modeOf() !== modeBefore || order === 'hold', {
          timeoutMs: OBEYED_WITHIN_MS,
          everyMs: 10,
          what: `${order} to be acted on`,
        }).then(() => performance.now() - fromMs);
        const fate = await ann.order(drone.id, order);
        const actedMs = await acted;
        if (order === 'land') {
          measured(`${how} disk: land acted on after ${seconds(actedMs)}`);
          t.ok(actedMs < ACTED_WITHIN_MS, 'acted on at once');
        }
        t.match(fate, { state: 'succeeded' }, order);
        const tookMs = performance.now() - fromMs;
        measured(`${how} disk: ${order} ${seconds(tookMs)} (${fate.reason})`);
        t.ok(tookMs < OBEYED_WITHIN_MS, `${order} in time`);
        // What became of it is told without the card: waiting for it would take the end of one sync and one of its own.
        if (order === 'land' && how === 'slow') t.ok(tookMs - actedMs < SYNC_MS, 'told without waiting for the card');
      }
      t.equal(modeOf(), 'LAND');

      // and: no beat was missed, of neither heartbeat
      for (const [name, compid] of HEARTBEATS) {
        const gapMs = heard.longestGapMs(compid, sinceMs);
        measured(`${how} disk: longest silence of ${name} ${seconds(gapMs)}`);
        t.ok(gapMs < MOST_SILENT_MS, `${name} beats on`);
      }

      // and: when the disk is well again, everything is as before, in the same run and the same file
      end();
      t.match(await ann.order(drone.id, 'hold'), { state: 'succeeded' });
      let last: unknown;
      await until(
        async () => {
          const { problems, outbox } = await status();
          last = { problems, volatileBytes: outbox.volatileBytes };
          return (
            outbox.volatileBytes === 0 && !problems.some((problem) => /disk|journal|recording|written/i.test(problem))
          );
        },
        { timeoutMs: WITHIN_MS, everyMs: 500, what: 'it to be well', seen: () => last },
      );
      t.match(await ann.order(drone.id, 'ping'), { state: 'succeeded' }, 'the journal writes again');
      t.match(await status(), { session, epoch }, 'nothing crashed, no file was set aside');
      await kept(durable);
    });
  }

  /** What had been durable is in the store, once each. */
  async function kept(durable: readonly number[]): Promise<void> {
    const mine = (): readonly StoredBatch[] =>
      readStore(path.join(world.dir, 'controller')).filter((batch) => batch.drone === drone?.id);
    const [urgent = 0, history = 0] = durable;
    const missing = () => {
      const held = mine();
      const has = (lane: string, seq: number) =>
        held.some(
          (one) => one.lane === lane && one.epoch === epoch && one.seq <= seq && one.to >= seq && one.gap === null,
        );
      const wanted = [
        ...Array.from({ length: urgent }, (_, i) => ['urgent', i + 1] as const),
        ...Array.from({ length: history }, (_, i) => ['history', i + 1] as const),
      ];
      return wanted.filter(([lane, seq]) => !has(lane, seq)).map(([lane, seq]) => `${lane} ${seq}`);
    };
    await until(() => missing().length === 0, {
      timeoutMs: WITHIN_MS,
      everyMs: 500,
      what: 'all that was durable',
      seen: missing,
    });
    t.same(compare(mine(), mine()).doubled, [], 'each once');
  }
});

/** How far each lane had come in the present epoch: urgent and history. */
async function rowsOf(status: () => Promise<Status>): Promise<readonly number[]> {
  const { epoch, outbox } = await status();
  const lanes = outbox.epochs.find((one) => one.epoch === epoch)?.lanes;
  return [lanes?.urgent.next ?? 1, lanes?.history.next ?? 1].map((next) => next - 1);
}
