/** The write-ahead log of a file grows while somebody reads; afterwards its room is given back, of every file. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import { batch, DAY_US, NOON_US, position } from './conformance-items.ts';
import { corePath } from './core-db.ts';
import { dayOf, dayPath } from './day-files.ts';
import { Writer } from './writer.ts';

const MAX_LOG_BYTES = 8 << 20;
const MORE_BYTES = 12e6;

t.test('logs of all days, and of the events, are cut once nobody reads from them any more', (t) => {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-log-bound-'));
  const writer = new Writer({ dataDir, budgetBytes: 1e12, keepDays: 9, syncCommits: false, reserveBytes: 0 });
  writer.start();
  t.teardown(() => writer.close());
  const days = [NOON_US - 2 * DAY_US, NOON_US - DAY_US, NOON_US];
  const files = [...days.map((us) => dayPath(dataDir, dayOf(us))), corePath(dataDir)];
  const logBytes = () => files.map((file) => fs.statSync(`${file}-wal`).size);
  const noise = Array.from({ length: 4000 }, (_, i) => position(i * 1000, 40 + Math.random()));
  let seq = 0;
  const more = (atUs: number) => {
    writer.telemetry.commit([batch(++seq, { samples: noise })], atUs);
    const data = { words: 'x'.repeat(200_000) };
    writer.core.append([{ entity: 'drone:d1', type: 'x', atUtcUs: atUs, data }], atUs);
  };
  for (const atUs of days) more(atUs);

  // when: somebody reads from each file, while much is written
  const readers = files.map((file) => {
    const db = new Database(file, { readonly: true });
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return db;
  });
  while (logBytes().some((bytes) => bytes < MORE_BYTES)) for (const atUs of days) more(atUs);
  writer.retain(NOON_US);
  t.ok(
    logBytes().every((bytes) => bytes >= MORE_BYTES),
    'a log that is read from stays',
  );

  // then: all of them are cut when the readers are gone, with nothing written since
  for (const reader of readers) reader.close();
  writer.retain(NOON_US);
  t.ok(
    logBytes().every((bytes) => bytes <= MAX_LOG_BYTES),
    `${logBytes()}`,
  );
  t.match(writer.telemetry.commit([batch(++seq)], NOON_US), { inserted: 1 });
  t.end();
});
