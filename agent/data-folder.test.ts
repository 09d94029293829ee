import { mkdtempSync, realpathSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { makeDataFolder } from './data-folder.ts';

t.test('a new folder is synced into the one above it, and so is each that was made for it', async (t) => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'skein-folder-')));
  const synced: string[] = [];
  const sync = async (folder: string) => void synced.push(folder);
  const unsynced: unknown[] = [];
  const path = join(root, 'a', 'b', 'c');
  await makeDataFolder(path, (error) => unsynced.push(error), sync);
  t.ok(statSync(path).isDirectory());
  t.same(synced, [join(root, 'a', 'b'), join(root, 'a'), root]);
  await makeDataFolder(path, (error) => unsynced.push(error), sync);
  t.equal(synced.length, 3, 'what was there is left alone');
  await makeDataFolder(join(root, 'd'), (error) => unsynced.push(error));
  t.same(unsynced, []);

  const fail = () => Promise.reject(new Error('EIO'));
  await makeDataFolder(join(root, 'e'), (error) => unsynced.push(error), fail);
  t.match(unsynced, [{ message: 'EIO' }], 'said, and it goes on');
  t.ok(statSync(join(root, 'e')).isDirectory());
});
