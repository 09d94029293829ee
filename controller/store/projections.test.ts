import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import { CORE_STEPS, migrate } from './migrations.ts';
import { differences } from './projections.ts';

const PAGE = 4096;

function withDocuments(file: string): Database.Database {
  const db = new Database(file);
  migrate(db, CORE_STEPS, 'test');
  const add = db.prepare(
    'INSERT INTO document (entity, kind, version, open, created_us, at_us, body) VALUES (?, ?, 1, 1, 1, 1, ?)',
  );
  db.transaction(() => {
    for (let n = 0; n < 200; n++)
      add.run(`order:${String(n).padStart(4, '0')}`, 'order', JSON.stringify({ n, x: 'x'.repeat(900) }));
  })();
  return db;
}

t.test('a page of what people query that cannot be read: said, and both files can be closed', (t) => {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'skein-projections-')), 'core.db');
  withDocuments(file).close();
  const made = withDocuments('');
  // The leaf with a row of the middle, of the table itself.
  const at = fs.readFileSync(file).indexOf('{"n":100,');
  const fd = fs.openSync(file, 'r+');
  fs.writeSync(fd, Buffer.alloc(PAGE, 0xa5), 0, PAGE, Math.floor(at / PAGE) * PAGE);
  fs.closeSync(fd);
  const is = new Database(file, { readonly: true });
  t.throws(() => differences(is, made, 10), { code: /^SQLITE_CORRUPT/ });
  t.doesNotThrow(() => made.close());
  t.doesNotThrow(() => is.close());
  t.end();
});
