/** Whatever stands in a damaged file: it is read or passed over, never an exception, and in a time that its size bounds. SEED=n replays. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sealBatch } from '@skein/protocol/telemetry';
import t, { type Test } from 'tap';
import { DamagedFile } from './damaged-file.ts';

const PAGE = 512;
const [epoch, boot] = ['00c0ffee00c0ffee', '6f1d2c3b-4a59-4e68-8777-0123456789ab'];
const sample = { kind: 'velocity', monoUs: 1, bootMs: null, values: { northMps: 1, eastMps: 1, downMps: 1 } } as const;

/** Of at most two bytes. */
const varintOf = (value: number): number[] => (value < 128 ? [value] : [128 | (value >> 7), value & 127]);

/** A leaf with one cell, whose record begins with these bytes. */
function leaf(record: readonly number[]): Buffer {
  const page = Buffer.alloc(PAGE);
  page.set([0x0d, 0, 0, 0, 1, 0, 0, 0, 0, 128]);
  page.set([...varintOf(record.length), 1, ...record], 128);
  return page;
}

function damaged(test: Test, pages: readonly Buffer[], log?: Buffer): DamagedFile {
  const root = mkdtempSync(join(tmpdir(), 'damaged-'));
  const path = join(root, 'outbox.db');
  // The first page is that of the file's header.
  writeFileSync(`${path}.aside`, Buffer.concat([Buffer.alloc(PAGE), ...pages]));
  if (log !== undefined) writeFileSync(`${path}.aside-wal`, log);
  const file = new DamagedFile(path);
  test.teardown(() => {
    file.close();
    rmSync(root, { recursive: true, force: true });
  });
  return file;
}

const looked = (file: DamagedFile): number => {
  let found = 0;
  const on = { row: () => found++, epoch: () => found++ };
  for (let page = 1; page <= file.pages; page++) file.look(page, on);
  return found;
};

t.test('types of columns that no row of ours has, or that nobody has', async (t) => {
  const large = [0x88, 0x80, 0x80, 0x80, 0x0e];
  const largest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
  for (const types of [[7], [10], [11], large, largest, [...large, 6], [...largest, 4], [1, 7, 1, 1, 13]]) {
    t.equal(looked(damaged(t, [leaf([types.length + 1, ...types, ...Array(60).fill(1)])])), 0, types.join(' '));
  }
});

t.test(
  'a page number in the log that is damaged makes no endless file; what such a page holds is looked at',
  async (t) => {
    const log = Buffer.alloc(32 + 24 + PAGE);
    log.writeUInt32BE(3_000_000_000, 32);
    log.writeUInt32BE(2, 36);
    const sealed = sealBatch({ lane: 'history', epoch, boot, seq: 1, samples: [sample] });
    const length = varintOf(12 + 2 * sealed.length);
    const record = [5 + length.length, 0, 0, 8, 8, ...length, ...sealed];
    log.set(leaf(record), 32 + 24);
    const file = damaged(t, [leaf([2, 7])], log);
    t.equal(file.pages, 3);
    t.equal(looked(file), 1);
  },
);

t.test('any bytes at all', async (t) => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  t.comment(`SEED=${seed}`);
  let state = seed | 1;
  const byte = (): number => {
    state = Math.imul(state, 0x915f_77f5) + 0x6d2b_79f5;
    return state >>> 24;
  };
  const pages = Array.from({ length: 4000 }, () => leaf(Array.from({ length: 200 }, byte)));
  t.equal(looked(damaged(t, pages)), 0);
});
