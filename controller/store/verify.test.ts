/** Whatever is done to stored events behind our back is found, and the place is named. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import t from 'tap';
import { listCheckpoints, newest, signingKey, writeCheckpoint } from './checkpoint-files.ts';
import { CoreDb, corePath } from './core-db.ts';
import { blocksAfter } from './event-blocks.ts';
import { chainHash, type EventRow } from './event-chain.ts';
import type { NewEvent } from './port.ts';
import { verifyData } from './verify.ts';

const NOON_US = Date.UTC(2026, 10, 21, 12) * 1e3;
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env.COUNT ?? (process.env.SOAK === '1' ? 3000 : 60));

const freshDir = () => fs.mkdtempSync(path.join(os.tmpdir(), 'skein-verify-'));
const by = { kind: 'operator', name: 'Ann' } as const;
const event = (entity: string, n: number): NewEvent => ({
  ...{ entity, type: 'changed', atUtcUs: NOON_US + n, by, cause: 'a test', key: `k/${n}`, data: { set: { n } } },
});

function checkpoint(dataDir: string): void {
  const db = new Database(corePath(dataDir), { readonly: true });
  const last = newest(listCheckpoints(dataDir));
  const blocks = blocksAfter(db, last?.to ?? 0);
  db.close();
  writeCheckpoint(dataDir, { key: signingKey(dataDir).key, at: '2026-11-21T12:00:00Z', last, blocks });
}

interface History {
  readonly entities: readonly string[];
  /** Of them, those before the one checkpoint, those before the other. */
  readonly signed: readonly [number, number];
}

function stored({ entities, signed }: History): string {
  const dataDir = freshDir();
  const core = new CoreDb(dataDir, false);
  const [first, second] = signed;
  const add = (from: number, to: number) => {
    const events = entities.slice(from, to).map((entity, i) => event(entity, from + i));
    // Some in one transaction, some alone.
    core.append(events.slice(0, 3), NOON_US + from);
    for (const one of events.slice(3)) core.append([one], NOON_US);
    checkpoint(dataDir);
  };
  add(0, first);
  add(first, second);
  const rest = entities.slice(second).map((entity, i) => event(entity, second + i));
  if (rest.length > 0) core.append(rest, NOON_US + 9);
  core.close();
  return dataDir;
}

const history = fc
  .record({
    entities: fc.array(fc.constantFrom('order:a', 'order:b', 'drone:d1', 'command:c', 'controller'), {
      minLength: 6,
      maxLength: 40,
    }),
    at: fc.tuple(fc.nat({ max: 1000 }), fc.nat({ max: 1000 })),
  })
  .map(({ entities, at }): History => {
    const [a, b] = at.map((one) => 1 + Math.floor((one / 1001) * (entities.length - 1)));
    return { entities, signed: [Math.min(a ?? 1, b ?? 1), Math.max(a ?? 1, b ?? 1)] };
  });

const rowsOf = (db: Database.Database) => db.prepare<[], EventRow>('SELECT * FROM event ORDER BY id').all();
const set = (db: Database.Database, id: number, column: string, value: unknown) =>
  db.prepare(`UPDATE event SET ${column} = ? WHERE id = ?`).run(value, id);

/** One bit of the value, as a text or as a number. */
function flipped(value: string | number | null, bit: number): string | number {
  if (value === null) return 'x';
  if (typeof value === 'number') return value ^ (1 << (bit % 20));
  const bytes = Buffer.from(value);
  // The lowest three: what comes out is ASCII as before.
  bytes.writeUInt8(bytes.readUInt8(bit % bytes.length) ^ (1 << (bit % 3)), bit % bytes.length);
  return bytes.toString();
}

/** What must be found of it; null: it changed nothing here. */
type Misdeed = (db: Database.Database, h: History, pick: (below: number) => number) => RegExp | null;

const COLUMNS = [
  ...([
    'entity',
    'version',
    'type',
    'at_us',
    'data',
    'key',
    'hash',
    'form',
    'stamp',
    'actor_kind',
    'actor_name',
    'cause',
  ] as const),
];

const MISDEEDS: Readonly<Record<string, Misdeed>> = {
  'a bit of a column': (db, _h, pick) => {
    const rows = rowsOf(db);
    const row = rows[pick(rows.length)];
    const column = COLUMNS[pick(COLUMNS.length)];
    if (row === undefined || column === undefined) return null;
    const value = flipped(row[column], pick(1 << 20));
    if (value === row[column] || (column === 'version' && Number(value) < 1)) return null;
    try {
      set(db, row.id, column, value);
    } catch {
      return null;
    }
    return /edited|hole/;
  },
  'a column emptied': (db, _h, pick) => {
    const rows = rowsOf(db);
    const row = rows[pick(rows.length)];
    const column = (['key', 'stamp', 'actor_kind', 'actor_name', 'cause'] as const)[pick(5)];
    if (row === undefined || column === undefined) return null;
    set(db, row.id, column, null);
    return /edited/;
  },
  'a row removed': (db, _h, pick) => {
    const rows = rowsOf(db);
    db.prepare('DELETE FROM event WHERE id = ?').run(rows[pick(rows.length)]?.id);
    return /hole|cut/;
  },
  'an entity removed': (db, _h, pick) => {
    const rows = rowsOf(db);
    db.prepare('DELETE FROM event WHERE entity = ?').run(rows[pick(rows.length)]?.entity);
    return /hole|cut/;
  },
  'two ids exchanged': (db, _h, pick) => {
    const rows = rowsOf(db);
    const [a, b] = [rows[pick(rows.length)], rows[pick(rows.length)]];
    if (a === undefined || b === undefined || a.id === b.id) return null;
    for (const [from, to] of [
      [a.id, -1],
      [b.id, a.id],
      [-1, b.id],
    ])
      set(db, from ?? 0, 'id', to);
    return /edited/;
  },
  'two versions exchanged': (db, _h, pick) => {
    const rows = rowsOf(db);
    const a = rows[pick(rows.length)];
    const b = rows.findLast((one) => one.entity === a?.entity);
    if (a === undefined || b === undefined || a.id === b.id) return null;
    set(db, a.id, 'version', 1e6);
    set(db, b.id, 'version', a.version);
    set(db, a.id, 'version', b.version);
    return /edited/;
  },
  'the tail cut': (db, _h, pick) => {
    const rows = rowsOf(db);
    db.prepare('DELETE FROM event WHERE id > ?').run(pick(rows.length));
    return /cut/;
  },
  'the tail cut, and the count of ids with it': (db, h, pick) => {
    const left = pick(h.signed[1]);
    db.prepare('DELETE FROM event WHERE id > ?').run(left);
    db.prepare("UPDATE sqlite_sequence SET seq = ? WHERE name = 'event'").run(left);
    return /cut/;
  },
  'a chain written anew, every hash of it': (db, h, pick) => {
    const rows = rowsOf(db);
    const row = rows[pick(h.signed[1])];
    if (row === undefined) return null;
    let before = rows.find(({ entity, version }) => entity === row.entity && version === row.version - 1)?.hash ?? '';
    for (const one of rows.filter(({ entity, version }) => entity === row.entity && version >= row.version)) {
      const changed = one.id === row.id ? { ...one, data: '{"set":{"n":"other"}}' } : one;
      before = chainHash(before, changed) ?? '';
      set(db, one.id, 'data', changed.data);
      set(db, one.id, 'hash', before);
    }
    return /contradicted/;
  },
  'a document changed': (db) => {
    const { changes } = db.prepare(`UPDATE document SET body = '{"n":-1}'`).run();
    return changes > 0 ? /projection/ : null;
  },
};

t.test('any edit, removal, exchange or cut is found', async (t) => {
  t.comment(`SEED=${seed}`);
  const misdeeds = fc.constantFrom(...Object.keys(MISDEEDS));
  const picks = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 8, maxLength: 8 });
  const done = new Map<string, number>();
  fc.assert(
    fc.property(history, misdeeds, picks, (h, name, numbers) => {
      const dataDir = stored(h);
      try {
        const sound = verifyData(dataDir);
        if (!sound.ok || sound.events !== h.entities.length || sound.vouchedId !== h.signed[1]) {
          throw new Error(`sound, and not called so: ${JSON.stringify(sound)}`);
        }
        const db = new Database(corePath(dataDir));
        let next = 0;
        const expected = MISDEEDS[name]?.(db, h, (below) =>
          Math.floor((numbers[next++ % numbers.length] ?? 0) * below),
        );
        db.close();
        if (!expected) return;
        done.set(name, (done.get(name) ?? 0) + 1);
        const found = verifyData(dataDir);
        const codes = Object.keys(found.counts).join(' ');
        if (!expected.test(codes)) throw new Error(`${name}: ${expected} expected, found ${codes}`);
      } finally {
        fs.rmSync(dataDir, { recursive: true });
      }
    }),
    { seed, numRuns },
  );
  t.comment([...done].map(([name, count]) => `${name}: ${count}`).join(', '));
});

const entities = ['order:a', 'order:b', 'order:a', 'drone:d1', 'order:a', 'order:b'];

t.test('the place is named: the event, what is missing, the thousand that was rewritten', async (t) => {
  const edited = stored({ entities, signed: [2, 5] });
  let db = new Database(corePath(edited));
  set(db, 3, 'cause', 'another');
  db.close();
  t.match(verifyData(edited), {
    ok: false,
    findings: [{ code: 'edited', where: { entity: 'order:a', version: 2, id: 3 } }],
  });
  t.equal(verifyData(edited).findings.length, 1, 'and nothing else is called wrong');

  const cut = stored({ entities, signed: [2, 5] });
  db = new Database(corePath(cut));
  db.exec("DELETE FROM event WHERE id > 3; UPDATE sqlite_sequence SET seq = 3 WHERE name = 'event'");
  db.close();
  t.match(
    verifyData(cut).findings.find(({ code }) => code === 'cut'),
    { where: { id: 4, to: 5, checkpoint: 2 }, words: /events 4 to 5 were there on 2026-11-21/ },
  );

  const hash = stored({ entities, signed: [2, 5] });
  db = new Database(corePath(hash));
  set(db, 1, 'hash', 'f'.repeat(64));
  db.close();
  t.match(
    verifyData(hash).findings.map(({ code, where }) => [code, where.id]),
    [
      ['edited', 1],
      ['contradicted', 1],
    ],
    'not the one that followed on it',
  );
});

t.test('what came after the newest checkpoint is said to be known by its chains only', async (t) => {
  const dir = stored({ entities, signed: [2, 4] });
  t.match(verifyData(dir), { ok: true, vouchedId: 4, unknown: /^events 5 to 6 came after the newest checkpoint/ });
  fs.rmSync(path.join(dir, 'checkpoints'), { recursive: true });
  t.match(verifyData(dir), { ok: true, vouchedId: 0, unknown: /whether newer events were cut off/ });
});

t.test('checkpoints: changed, missing, exchanged, of another key', async (t) => {
  const file = (dir: string, n: number) => path.join(dir, 'checkpoints', `0000000${n}.json`);
  const given = () => stored({ entities, signed: [2, 5] });
  const wordsOf = (dir: string) =>
    verifyData(dir)
      .findings.filter(({ code }) => code === 'checkpoint')
      .map(({ words }) => words);
  const changed = given();
  fs.writeFileSync(file(changed, 2), fs.readFileSync(file(changed, 2), 'utf8').replace('"to":5', '"to":4'));
  t.match(wordsOf(changed), [/signature is wrong/]);
  const missing = given();
  fs.rmSync(file(missing, 1));
  t.match(wordsOf(missing), [/1 to 1 are missing/]);
  const exchanged = given();
  fs.copyFileSync(file(exchanged, 2), file(exchanged, 1));
  t.match(wordsOf(exchanged)[0], /calls itself 2/);
  const torn = given();
  fs.truncateSync(file(torn, 2), 50);
  t.match(wordsOf(torn), [/cannot be read/]);
  const other = given();
  fs.rmSync(path.join(other, 'checkpoint.key'));
  signingKey(other);
  t.same(wordsOf(other), [], 'a new key beside the old one: both are believed');
  t.match(verifyData(other, { keys: new Map() }).findings[0]?.words, /none of those it may be signed with/);
  t.equal(fs.statSync(path.join(other, 'checkpoint.key')).mode & 0o777, 0o600);
});

t.test('a damaged file is called so, with the way back', async (t) => {
  const dir = stored({ entities, signed: [2, 5] });
  const { size } = fs.statSync(corePath(dir));
  fs.truncateSync(corePath(dir), Math.floor(size / 8192) * 4096);
  const found = verifyData(dir);
  t.equal(found.ok, false);
  t.match(found.findings[0], { code: 'corrupt', where: { file: corePath(dir) } });
});
