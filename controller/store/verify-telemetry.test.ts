/** Whatever is done to a day file is found, and the batches that are gone are named: no more, no fewer. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import t from 'tap';
import { batch, DAY_US, EPOCH, gap, NOON_US } from './conformance-items.ts';
import { dayPath, listDays } from './day-files.ts';
import type { StoreItem } from './port.ts';
import { mergeRanges } from './ranges.ts';
import { restoreData } from './restore.ts';
import { type Verified, verifyData } from './verify.ts';
import { Writer } from './writer.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env.COUNT ?? (process.env.SOAK === '1' ? 2000 : 40));

const freshDir = () => fs.mkdtempSync(path.join(os.tmpdir(), 'skein-verify-days-'));

/** Three drones over three days (the clock goes back once), with gaps, a batch that came late, some settled and some not. */
function written(): string {
  const dataDir = freshDir();
  const none = { budgetBytes: Number.MAX_SAFE_INTEGER, keepDays: 36_500, syncCommits: false, reserveBytes: 0 };
  const commit = (writer: Writer, day: number, items: readonly StoreItem[]) => {
    const utcUs = NOON_US + day * DAY_US;
    const { refused } = writer.telemetry.commit(
      items.map((one) => ({ ...one, receivedUtcUs: utcUs })),
      utcUs,
    );
    if (refused.length > 0) throw new Error(JSON.stringify(refused));
  };
  for (let run = 0; run < 3; run++) {
    const writer = new Writer({ dataDir, ...none });
    writer.start();
    for (const [turn, day] of [run, run === 2 ? 0 : run].entries()) {
      const from = 1 + 24 * (2 * run + turn);
      for (let n = 0; n < 4; n++) {
        const at = from + 6 * n;
        const items = ['d1', 'd2', 'd3'].flatMap((drone) => [
          ...[0, 1, 2].map((i) => batch(at + i, { drone })),
          gap(at + 3, at + 4, { drone }),
          batch(at + 5, { drone }),
        ]);
        commit(writer, day, items);
      }
      commit(writer, day, [batch(from + 3, { drone: 'd2', verify: true })]);
    }
    writer.close();
  }
  return dataDir;
}

/** Every batch that a reader of chunks and rows still finds, by drone. */
function held(dataDir: string): Set<string> {
  const found = new Set<string>();
  for (const day of listDays(dataDir)) {
    const db = new Database(dayPath(dataDir, day), { readonly: true });
    for (const { drone, seq } of db.prepare('SELECT drone, seq FROM batch').iterate() as Iterable<{
      drone: string;
      seq: number;
    }>) {
      found.add(`${drone} ${seq}`);
    }
    db.close();
  }
  return found;
}

const namedBy = (found: Verified): Map<string, { from: number; to: number }[]> => {
  const named = new Map<string, { from: number; to: number }[]>();
  for (const { code, where } of found.findings) {
    if (code !== 'telemetry' || typeof where.from !== 'number') continue;
    const drone = String(where.drone);
    named.set(drone, [...(named.get(drone) ?? []), { from: where.from, to: Number(where.to) }]);
  }
  return new Map([...named].map(([drone, ranges]) => [drone, mergeRanges(ranges, 1)]));
};

const template = written();
const whole = verifyData(template);

function copy(): string {
  const dataDir = freshDir();
  fs.cpSync(template, dataDir, { recursive: true });
  return dataDir;
}

t.test('what was written is sound, days, gaps, late batches, a clock that went back', (t) => {
  t.match(whole, { ok: true, findings: [], days: 3, damagedDays: [] });
  t.equal(whole.batches, 3 * 24 * 4 + 6, 'each batch was looked at');
  t.ok(held(template).size > 0);
  t.end();
});

type Misdeed = (
  db: Database.Database,
  pick: (below: number) => number,
) => { readonly drone: string; readonly seqs: readonly number[] } | RegExp | null;

/** The chunk's records as the format says (chunk.ts), found without the code under test. */
function recordsOf(
  bytes: Buffer,
): { readonly drone: string; readonly seq: number; readonly from: number; readonly to: number }[] {
  const records = [];
  for (let at = 0; at < bytes.length; ) {
    const name = bytes[at] ?? 0;
    const from = at + 1 + name + 12;
    const to = from + bytes.readUInt32LE(from - 4);
    records.push({
      drone: bytes.toString('utf8', at + 1, at + 1 + name),
      seq: bytes.readUInt32LE(from + 29),
      from,
      to,
    });
    at = to;
  }
  return records;
}

const chunkOf = (db: Database.Database, pick: (below: number) => number) => {
  const rows = db.prepare('SELECT id, bytes FROM chunk ORDER BY id').all() as { id: number; bytes: Buffer }[];
  return rows[pick(rows.length)] ?? { id: 0, bytes: Buffer.alloc(0) };
};

const MISDEEDS: Readonly<Record<string, Misdeed>> = {
  'a bit in the values of a batch': (db, pick) => {
    const { id, bytes } = chunkOf(db, pick);
    const records = recordsOf(bytes);
    const one = records[pick(records.length)];
    if (one === undefined) return null;
    const at = one.from + 61 + pick(one.to - one.from - 61);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << pick(8));
    db.prepare('UPDATE chunk SET bytes = ? WHERE id = ?').run(bytes, id);
    return { drone: one.drone, seqs: [one.seq] };
  },
  'a chunk removed': (db, pick) => {
    const { id } = chunkOf(db, pick);
    db.prepare('DELETE FROM chunk WHERE id = ?').run(id);
    return /d1.*d2.*d3|d1|d2|d3/;
  },
  'a chunk cut short': (db, pick) => {
    const { id, bytes } = chunkOf(db, pick);
    db.prepare('UPDATE chunk SET bytes = ? WHERE id = ?').run(bytes.subarray(0, pick(bytes.length - 1)), id);
    return /damaged/;
  },
  'a late batch removed': (db) => {
    const row = db.prepare('SELECT drone, seq FROM batch LIMIT 1').get() as { drone: string; seq: number } | undefined;
    if (row === undefined) return null;
    db.prepare('DELETE FROM batch WHERE drone = ? AND seq = ?').run(row.drone, row.seq);
    return { drone: row.drone, seqs: [row.seq] };
  },
  'a late batch changed': (db) => {
    const row = db.prepare('SELECT drone, seq, bytes FROM batch LIMIT 1').get() as
      | { drone: string; seq: number; bytes: Buffer }
      | undefined;
    if (row === undefined) return null;
    row.bytes[70] = (row.bytes[70] ?? 0) ^ 1;
    db.prepare('UPDATE batch SET bytes = ? WHERE drone = ? AND seq = ?').run(row.bytes, row.drone, row.seq);
    return { drone: row.drone, seqs: [row.seq] };
  },
  'a gap removed': (db, pick) => {
    const rows = db.prepare('SELECT drone, from_seq, to_seq FROM gap').all() as {
      drone: string;
      from_seq: number;
      to_seq: number;
    }[];
    const row = rows[pick(rows.length)];
    if (row === undefined) return null;
    db.prepare('DELETE FROM gap WHERE drone = ? AND from_seq = ?').run(row.drone, row.from_seq);
    return {
      drone: row.drone,
      seqs: Array.from({ length: row.to_seq - row.from_seq + 1 }, (_, i) => row.from_seq + i),
    };
  },
  'a place removed': (db, pick) => {
    const rows = db.prepare('SELECT drone, seq_to FROM place').all() as { drone: string; seq_to: number }[];
    const row = rows[pick(rows.length)];
    db.prepare('DELETE FROM place WHERE drone = ? AND seq_to = ?').run(row?.drone, row?.seq_to);
    return /no place says/;
  },
  'a position set back': (db) => {
    db.prepare("UPDATE position SET up_to = 2 WHERE drone = 'd1'").run();
    return /position/;
  },
  'a position set ahead': (db) => {
    const row = db.prepare("SELECT max(up_to) AS up_to FROM position WHERE drone = 'd1'").get() as { up_to: number };
    db.prepare("UPDATE position SET up_to = up_to + 1000 WHERE drone = 'd1'").run();
    return row.up_to > 0 ? /d1/ : null;
  },
};

t.test(`what is done to a row is found, and just the batches concerned are named # SEED=${seed}`, (t) => {
  const property = fc.property(
    fc.constantFrom(...Object.keys(MISDEEDS)),
    fc.nat(1),
    fc.array(fc.nat(1e6), { minLength: 8, maxLength: 8 }),
    (name, dayNo, numbers) => {
      const dataDir = copy();
      try {
        const day = listDays(dataDir)[dayNo] ?? '';
        const db = new Database(dayPath(dataDir, day));
        let n = 0;
        const pick = (below: number) =>
          Math.max(0, Math.floor(((numbers[n++ % numbers.length] ?? 0) / 1e6) * below) % Math.max(1, below));
        const done = MISDEEDS[name]?.(db, pick) ?? null;
        db.close();
        if (done === null) return;
        const found = verifyData(dataDir);
        const said = JSON.stringify(found.findings);
        if (found.ok) throw new Error(`${name}: not found`);
        if (found.counts.corrupt !== undefined) throw new Error(`${name}: ${said}`);
        if (!found.damagedDays.includes(day)) throw new Error(`${name} in ${day}: ${said}`);
        if (done instanceof RegExp) {
          if (!done.test(said)) throw new Error(`${name}: ${said}`);
          return;
        }
        const named = JSON.stringify([...namedBy(found)]);
        const wanted = JSON.stringify([
          [
            done.drone,
            mergeRanges(
              done.seqs.map((seq) => ({ from: seq, to: seq })),
              1,
            ),
          ],
        ]);
        if (named !== wanted) throw new Error(`${name}: named ${named}, not ${wanted}`);
      } finally {
        fs.rmSync(dataDir, { recursive: true });
      }
    },
  );
  fc.assert(property, { seed, numRuns });
  t.end();
});

t.test(
  'a file cut short or overwritten: what can be read is, the batches that cannot are named, and restored from a backup',
  (t) => {
    for (const how of ['cut', 'overwritten'] as const) {
      const dataDir = copy();
      const backup = copy();
      const day = listDays(dataDir)[1] ?? '';
      const file = dayPath(dataDir, day);
      const { size } = fs.statSync(file);
      if (how === 'cut') fs.truncateSync(file, Math.floor(size / 8192) * 4096);
      else {
        const fd = fs.openSync(file, 'r+');
        fs.writeSync(fd, Buffer.alloc(4096, 0xa5), 0, 4096, Math.floor(size / 8192) * 4096);
        fs.closeSync(fd);
      }
      const found = verifyData(dataDir);
      t.equal(found.ok, false, how);
      t.ok(found.damagedDays.includes(day), how);
      const to = path.join(freshDir(), 'new');
      const done = restoreData({ from: backup, damaged: dataDir, dataDir: to, nowUtcUs: NOON_US });
      t.match(
        done.days.find((one) => one.day === day),
        { of: 'backup' },
      );
      t.match(verifyData(to), { ok: true, batches: whole.batches });
    }
    t.end();
  },
);

t.test('a day file that is gone between two others is missed by its lanes', (t) => {
  const dataDir = freshDir();
  fs.cpSync(template, dataDir, { recursive: true });
  const none = { budgetBytes: Number.MAX_SAFE_INTEGER, keepDays: 36_500, syncCommits: false, reserveBytes: 0 };
  const writer = new Writer({ dataDir, ...none });
  writer.start();
  const upTo = writer.telemetry.position({ drone: 'd1', epoch: EPOCH, lane: 'history' });
  for (const [i, day] of [5, 6].entries()) writer.telemetry.commit([batch(upTo + 1 + i)], NOON_US + day * DAY_US);
  writer.close();
  t.match(verifyData(dataDir), { ok: true, days: 5 });
  fs.rmSync(dayPath(dataDir, listDays(dataDir)[3] ?? ''));
  const found = verifyData(dataDir);
  t.same([...namedBy(found)], [['d1', [{ from: upTo + 1, to: upTo + 1 }]]]);
  t.same(found.damagedDays, [listDays(dataDir)[3]], 'what is behind it is asked for again as well');
  t.end();
});
