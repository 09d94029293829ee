import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import t from 'tap';
import { batch, NOON_US } from './conformance-items.ts';
import { StoreError } from './errors.ts';
import { Reserve } from './reserve.ts';
import { Writer } from './writer.ts';

const freshDir = () => fs.mkdtempSync(path.join(os.tmpdir(), 'skein-reserve-'));
const BYTES = 1e6;

/** As a database on a full disk. */
const full = (): never => {
  throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
};

t.test('it is real, is given away in slices, and taken back whole', (t) => {
  const dir = freshDir();
  const reserve = new Reserve(dir, BYTES);
  t.equal(reserve.isWhole, false);
  t.ok(reserve.restore());
  const { size, blocks } = fs.statSync(path.join(dir, 'reserve'));
  t.equal(size, BYTES);
  t.ok(blocks * 512 >= BYTES, 'no hole');
  let slices = 0;
  while (reserve.give()) slices++;
  t.ok(slices > 10, `${slices}`);
  t.equal(reserve.bytes, 0);
  t.ok(reserve.restore());
  t.equal(reserve.bytes, BYTES);
  t.end();
});

t.test('a smaller one frees the rest; none at all is whole', (t) => {
  const dir = freshDir();
  new Reserve(dir, BYTES).restore();
  const smaller = new Reserve(dir, 1000);
  t.ok(smaller.restore());
  t.equal(smaller.bytes, 1000);
  const none = new Reserve(freshDir(), 0);
  t.ok(none.isWhole);
  t.equal(none.give(), false);
  t.end();
});

t.test('more than the disk has is not taken', (t) => {
  const dir = freshDir();
  const { bavail, bsize } = fs.statfsSync(dir);
  const reserve = new Reserve(dir, bavail * bsize);
  t.equal(reserve.restore(), false);
  t.equal(reserve.bytes, 0);
  t.end();
});

t.test('what goes on is tried again with each slice, until it fits or nothing is left; what waits gets none', (t) => {
  const dataDir = freshDir();
  const writer = new Writer({ dataDir, budgetBytes: 1e9, keepDays: 9, syncCommits: true, reserveBytes: BYTES });
  writer.start();
  t.teardown(() => writer.close());
  t.equal(writer.stats().reserveBytes, BYTES);

  t.throws(() => writer.spare(full), { code: 'disk-full' });
  t.equal(writer.stats().reserveBytes, BYTES, 'history takes nothing of it');

  let tries = 0;
  t.equal(
    writer.lend(() => (++tries < 4 ? full() : 'written')),
    'written',
  );
  t.ok(writer.stats().reserveBytes < BYTES);

  t.throws(() => writer.lend(full), { code: 'disk-full', message: /reserve is used up/ });
  t.equal(writer.stats().reserveBytes, 0);
  t.throws(
    () =>
      writer.lend(() => {
        throw new StoreError('locked', 'x');
      }),
    { code: 'locked' },
  );

  t.match(writer.telemetry.commit([batch(1)], NOON_US), { inserted: 1 }, 'there is room: history goes on');
  t.equal(writer.stats().reserveBytes, BYTES, 'and the reserve is whole again');
  t.end();
});

t.test('while there is no whole reserve history is refused, and urgent, events and the fleet are taken', (t) => {
  const dataDir = freshDir();
  const writer = new Writer({ dataDir, budgetBytes: 1e9, keepDays: 9, syncCommits: true, reserveBytes: 1e18 });
  writer.start();
  t.teardown(() => writer.close());
  const refused = { code: 'disk-full', message: /until the reserve is whole again/ };
  t.throws(() => writer.telemetry.commit([batch(1)], NOON_US), refused);
  t.throws(() => writer.telemetry.commit([batch(1, { lane: 'urgent' }), batch(1)], NOON_US), refused, 'nor mixed');
  t.match(writer.telemetry.commit([batch(1, { lane: 'urgent' })], NOON_US), { inserted: 1 });
  t.equal(writer.core.append([{ entity: 'drone:d1', type: 'x', atUtcUs: NOON_US, data: {} }], NOON_US).length, 1);
  t.end();
});
