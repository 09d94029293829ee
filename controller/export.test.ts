import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { sealBatch } from '@skein/protocol/telemetry';
import t from 'tap';
import { BOOT, clock, EPOCH, NOON_US, position } from './store/conformance-items.ts';
import { SqliteStore } from './store/index.ts';
import { tempDir } from './testing/controller.ts';

const SHIM = path.join(import.meta.dirname, 'skein-controller.js');

/** Two hours of a drone, a position a minute with half an hour missing in the middle, one of another, and an event. */
async function given(): Promise<string> {
  const dataDir = tempDir();
  const store = new SqliteStore({ dataDir, budgetBytes: 1e9, keepDays: 30, syncCommits: true });
  await store.start();
  const minutes = Array.from({ length: 120 }, (_, i) => i).filter((i) => i < 45 || i >= 75);
  for (const drone of ['d1', 'd2']) {
    const sealed = (lane: 'urgent' | 'history', samples: Parameters<typeof sealBatch>[0]['samples']) => ({
      ...{ drone, receivedUtcUs: NOON_US, verify: false },
      bytes: sealBatch({ lane, epoch: EPOCH, boot: BOOT, seq: 1, samples }),
    });
    const samples = drone === 'd1' ? minutes.map((i) => position(i * 60e6, 47 + i / 1000)) : [position(1e6)];
    await store.commit([sealed('urgent', [clock(0, NOON_US)]), sealed('history', samples)], NOON_US);
  }
  await store.saveDrones(['d1', 'd2'].map((id) => ({ id, firstSeenUtcUs: 1, lastSeenUtcUs: 2, state: '{}' })));
  const data = { words: 'a "quoted", long\nword' };
  await store.append([{ entity: 'drone:d1', type: 'told', atUtcUs: NOON_US, by: { kind: 'drone', name: 'd1' }, data }]);
  await store.close();
  return dataDir;
}

t.test('telemetry and events leave in the forms that others read', async (t) => {
  const dataDir = await given();
  const run = (...args: string[]) => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [SHIM, 'export', `--dataDir=${dataDir}`, ...args]);
    return { out: String(stdout), err: String(stderr), status };
  };
  const csv = run('--drones=d1', '--format=csv', '--from=2026-11-21T12:10:00Z', '--to=2026-11-21T13:30:00Z');
  const lines = csv.out.trim().split('\r\n');
  t.match(lines[0], /^time,drone,latDeg,lonDeg,/);
  t.match(lines[1], /^2026-11-21T12:10:00(\.0+)?Z,d1,47\.01,8,/);
  t.equal(lines.length, 1 + 35 + 15, 'each minute from 12:10 until 12:45 and from 13:15 until 13:30');

  const geo = JSON.parse(run('--format=geojson').out);
  t.match(geo, {
    type: 'FeatureCollection',
    features: [{ properties: { drone: 'd1', rows: 90 } }, { properties: { drone: 'd2' } }],
  });
  const gpx = run('--drones=d1', '--format=gpx').out;
  t.match(gpx, /<gpx version="1.1"/);

  const file = path.join(tempDir(), 'events.csv');
  t.match(run('--events', '--format=csv', `--out=${file}`), { status: 0 });
  t.match(
    fs.readFileSync(file, 'utf8'),
    /,drone:d1,1,told,2026-11-21T12:00:00(\.0+)?Z,drone d1,,.*"\{""words"":""a \\""quoted/,
  );
  t.match(run('--events', '--format=csv', `--out=${file}`), { status: 2, err: /nothing is overwritten/ });
  t.match(JSON.parse(run('--events', '--format=jsonl').out), {
    entity: 'drone:d1',
    by: { kind: 'drone', name: 'd1' },
    data: { words: /quoted/ },
  });

  t.match(run('--drones=d9'), { status: 2, err: /d9 was never heard of here; known: d1, d2/ });
  t.match(run('--format=xls'), { status: 2, err: /write one of csv, geojson, gpx, jsonl/ });
  t.match(run('--from=yesterday'), { status: 2, err: /write a time like/ });
});
