import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import t, { type Test } from 'tap';
import { batch, EPOCH, NOON_US, position } from './conformance.ts';
import { CoreDb } from './core-db.ts';
import { DayFiles, dayOf } from './day-files.ts';
import { toStoreError } from './errors.ts';
import { TelemetryWriter } from './telemetry-writer.ts';

function openWriter(t: Test) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-writer-'));
  const core = new CoreDb(dir);
  const files = new DayFiles(dir);
  files.start();
  t.teardown(() => {
    files.close();
    core.close();
  });
  return { writer: new TelemetryWriter(files, core), today: files.get(dayOf(NOON_US)) };
}

t.test('a full disk fails the whole group, untouched, until there is room', (t) => {
  const { writer, today } = openWriter(t);
  writer.commit([batch(1)], NOON_US);
  const noise = Array.from({ length: 200 }, (_, i) => position(2e6 + i, 40 + Math.random()));
  const big = Array.from({ length: 50 }, (_, i) => batch(i + 2, { samples: noise }));
  const pages = Number(today.pragma('page_count', { simple: true }));
  today.pragma(`max_page_count = ${pages + 4}`);
  try {
    writer.commit(big, NOON_US);
    t.fail('it should not fit');
  } catch (error) {
    t.match(toStoreError(error, 'commit'), { code: 'disk-full', message: /free space/ });
  }
  t.equal(writer.position({ drone: 'd1', epoch: EPOCH, lane: 'history' }), 1);
  today.pragma('max_page_count = 1000000');
  t.match(writer.commit(big, NOON_US), { inserted: 50 });
  t.end();
});

t.test('an envelope that cannot be read is left out, the rest of the group is kept', (t) => {
  const { writer } = openWriter(t);
  const bad = { ...batch(2), bytes: new Uint8Array(80) };
  t.match(writer.commit([batch(1), bad, batch(2)], NOON_US), { inserted: 2, refused: [] });
  t.end();
});
