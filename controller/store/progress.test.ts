/** Who looks through gigabytes is told how far it is. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import t from 'tap';
import { batch, DAY_US, NOON_US } from './conformance-items.ts';
import { sayOwnCheck } from './progress.ts';
import { verifyData } from './verify.ts';
import { Writer } from './writer.ts';

t.test('verify: events and days in their turn, shares that rise', (t) => {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-progress-'));
  t.teardown(() => fs.rmSync(dataDir, { recursive: true }));
  const writer = new Writer({ dataDir, budgetBytes: 1e12, keepDays: 36_500, syncCommits: false, reserveBytes: 0 });
  writer.start();
  for (const day of [0, 1]) writer.telemetry.commit([batch(day + 1)], NOON_US + day * DAY_US);
  const by = { kind: 'operator', name: 'Ann' } as const;
  const one = { entity: 'order:a', type: 'changed', atUtcUs: NOON_US, by, cause: 'request', data: { set: { n: 1 } } };
  const many = Array.from({ length: 10_001 }, () => one);
  writer.core.append(many, NOON_US);
  writer.close();
  const said = new Map<string, number[]>();
  const onProgress = (what: string, share: number | null) => said.set(what, [...(said.get(what) ?? []), share ?? -1]);
  t.match(verifyData(dataDir, { onProgress }), { ok: true, events: many.length, batches: 2 });
  t.same(
    [...said.keys()],
    [
      ...['events, by entity', 'events, in their order', 'what people query, made again'],
      ...['telemetry of 2026-11-21', 'telemetry of 2026-11-22'],
    ],
  );
  for (const [what, shares] of said) {
    const rises = shares.every((share, i) => share >= (shares[i - 1] ?? 0) && share <= 1);
    t.ok(rises, `${what}: ${shares}`);
  }
  t.end();
});

t.test("of SQLite's own check of a large file it is said before, that it takes a while", (t) => {
  const said: unknown[] = [];
  for (const bytes of [1e6, 2.34e9]) sayOwnCheck((...told) => said.push(told), 'events', bytes);
  t.same(said, [["events: SQLite's own check of 2.3 GB", null]]);
  t.end();
});
