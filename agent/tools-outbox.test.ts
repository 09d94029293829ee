/** `skein-agent outbox` as it is typed: with an agent, without, and where there is none. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Agent } from './compose.ts';
import { aboard } from './testing/aboard.ts';
import { typed } from './testing/typed.ts';
import { until } from './testing/until.ts';
import { type OutboxReport, outboxPage } from './tools-outbox.ts';

t.test('what waits: of a running agent, of a stopped one, and of none', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'sk-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const outbox = (...args: string[]) => typed('outbox', `--dataDir=${root}`, ...args);
  t.match(await outbox(), { code: 1, out: '', err: /there is no outbox at .*outbox\.db/ });
  const agent = await aboard(t, root);
  const onDisk = (agent: Agent) => agent.status().outbox.pendingBytes === 0 && agent.status().outbox.usedBytes > 4_000;
  await until(() => onDisk(agent), 'its batches on the disk');
  const running = await outbox();
  t.match(running, { code: 0, err: '', out: /^\d+ batches wait, \d+\.\d kB\. kite-1: Offline by configuration/ });
  t.match(running.out, /\(this start\) +(urgent|history) +\d+ +\d+\.\d kB +\d s old/);
  t.match(running.out, /Nothing is missing from what waits/);
  await agent.close();
  const stopped = await outbox();
  t.match(stopped, { code: 0, err: '', out: /batches wait, .* No agent runs here: this is what the last one left/ });
  const { survey } = JSON.parse((await outbox('--json')).out) as OutboxReport;
  t.same(
    survey.lanes.map(({ lane }) => lane),
    ['urgent', 'history'],
  );
  const before = survey.lanes.map(({ batches }) => batches);
  // The next start says in its first batch that it was stopped meanwhile.
  const again = await aboard(t, root);
  await until(() => onDisk(again), 'those of the next start on the disk');
  await again.close();
  const page = (await outbox()).out;
  t.match(page, /stopped: 1 times, 1 batches: the agent was stopped in order, and did not run\.\n {4}→ nothing/);
  const { lanes } = (JSON.parse((await outbox('--json')).out) as OutboxReport).survey;
  t.same(
    lanes.slice(0, 2).map(({ batches }) => batches),
    before,
    'what the first one left still waits',
  );
  writeFileSync(join(root, 'outbox.db.aside'), 'x'.repeat(2000));
  t.match((await outbox()).out, /! A damaged outbox file lies aside, 2\.0 kB .* The next agent salvages it: start it/);
});

t.test('a page of troubles says what to do about each', async (t) => {
  const lane = { epoch: '0123456789abcdef', boot: 'b', lane: 'history', acked: 0, batches: 3, bytes: 2e6 } as const;
  const report: OutboxReport = {
    agent: null,
    headline: null,
    budgetBytes: 4e6,
    boot: 'other',
    nowMonoUs: 0,
    survey: {
      fileBytes: 3e6,
      asideBytes: null,
      beginsWell: true,
      keptBatches: 0,
      cut: true,
      lanes: [
        {
          ...lane,
          oldestMonoUs: 1,
          newestMonoUs: 2,
          gaps: [{ reason: 'thinned', records: 2, seqs: 40, samples: 900 }],
        },
      ],
    },
  };
  const page = outboxPage(report);
  t.match(page, /3 batches wait, 2\.0 MB/);
  t.match(page, /3\.0 MB of 4\.0 MB used \(75 %\)/);
  t.match(page, /before the board restarted/);
  const damaged = outboxPage({ ...report, survey: { ...report.survey, beginsWell: false, lanes: [] } });
  t.match(damaged, /! The file does not begin as a database does/);
  t.match(damaged, /Whether something is missing cannot be told/);
  t.match(page, /thinned: 2 times, 40 batches, 900 samples: every 2nd[\s\S]*→ bring the controller back in reach/);
  t.match(page, /! There are more rows than are counted here/);
});
