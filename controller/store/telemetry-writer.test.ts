import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { sealBatch } from '@skein/protocol/telemetry';
import t, { type Test } from 'tap';
import { BOOT, batch, clock, DAY_US, EPOCH, gap, NOON_US, position, text } from './conformance-items.ts';
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
  return { writer: new TelemetryWriter(files, core), files, core, today: files.get(dayOf(NOON_US)) };
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

t.test('a late batch takes the place of an earlier day’s gap only with its own commit', (t) => {
  const { writer, files, today } = openWriter(t);
  writer.commit([gap(1, 3)], NOON_US - DAY_US);
  const gaps = () =>
    files
      .get(dayOf(NOON_US - DAY_US))
      .prepare('SELECT from_seq, to_seq FROM gap ORDER BY from_seq')
      .raw()
      .all();
  today.exec("CREATE TRIGGER t BEFORE INSERT ON chunk BEGIN SELECT RAISE(ABORT, 'no'); END");
  const group = [batch(2, { verify: true }), batch(4)];
  t.throws(() => writer.commit(group, NOON_US));
  t.same(gaps(), [[1, 3]], 'the gap stands while the batch is not stored');
  today.exec('DROP TRIGGER t');
  t.match(writer.commit(group, NOON_US), { inserted: 1, filled: 1, expired: 0 });
  t.same(gaps(), [
    [1, 1],
    [3, 3],
  ]);
  t.match(writer.commit(group, NOON_US), { inserted: 0, filled: 0, duplicates: 2 });
  t.end();
});

t.test('a gap that has grown since it was told is told again', (t) => {
  const { writer, core } = openWriter(t);
  writer.commit([gap(1, 2)], NOON_US);
  writer.commit([gap(1, 5)], NOON_US);
  const [added] = core.append([{ entity: 'drone:d1', type: 'x', atUtcUs: NOON_US, data: {} }], NOON_US);
  t.equal(added?.version, 3);
  t.end();
});

for (const codec of [1, 2] as const) {
  t.test(
    `a batch of more rows than any agent seals is stored, and makes no events and no clocks (codec ${codec})`,
    (t) => {
      const { writer, core, today } = openWriter(t);
      const said = (seq: number, count: number) => {
        const all = Array.from({ length: count }, (_, n) => [text(n, 'warning', `${seq}/${n}`), clock(n, NOON_US + n)]);
        const bytes = sealBatch({ codec, lane: 'urgent', epoch: EPOCH, boot: BOOT, seq, samples: all.flat() });
        return writer.commit([{ ...batch(seq), bytes }], NOON_US);
      };
      const events = () => core.newestEvent;
      const clocks = () => today.prepare('SELECT count(*) FROM clock').pluck().get();
      t.match(said(1, 50), { inserted: 1, unread: 0 });
      const [eventsBefore, clocksBefore] = [events(), clocks()];
      t.equal(eventsBefore, 50);
      t.match(said(2, 2000), { inserted: 1, unread: 1 }, 'counted once');
      t.same([events(), clocks()], [eventsBefore, clocksBefore]);
      t.match(said(2, 2000), { duplicates: 1 }, 'stored as it came');
      t.end();
    },
  );
}
