import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { StateFile } from './state.ts';

const root = mkdtempSync(join(tmpdir(), 'state-'));
t.teardown(() => rmSync(root, { recursive: true, force: true }));

t.test('starts are counted, totals are kept', async (t) => {
  const path = join(root, 'state.json');
  const problems: string[] = [];
  const first = new StateFile(path, (message) => problems.push(message));
  t.equal((await first.begin()).n, 1);
  for (let i = 1; i <= 20; i++) first.update({ flights: i });
  await first.close();
  const second = new StateFile(path, (message) => problems.push(message));
  t.match(await second.begin(), { n: 2, flights: 20 });
  t.same(problems, []);
});

t.test('the time is kept; one that makes no sense is none', async (t) => {
  const path = join(root, 'clock.json');
  const first = new StateFile(path, () => {});
  await first.begin();
  const clock = { boot: 'b', monoUs: 5, utcUs: 7e15, errUs: 3, from: ['gps'] };
  first.update({ clock });
  await first.close();
  t.same((await new StateFile(path, () => {}).begin()).clock, clock);
  for (const bad of [3, {}, { ...clock, boot: 1 }, { ...clock, utcUs: '7' }]) {
    writeFileSync(path, JSON.stringify({ n: 1, clock: bad }));
    t.equal((await new StateFile(path, () => {}).begin()).clock, null);
  }
});

t.test('a damaged file begins anew and says so', async (t) => {
  const path = join(root, 'damaged.json');
  writeFileSync(path, '{"n": 12');
  const problems: string[] = [];
  const state = new StateFile(path, (message) => problems.push(message));
  t.equal((await state.begin()).n, 1);
  t.match(problems, [/damaged/]);
  await state.counted(10_000);
  t.match(JSON.parse(readFileSync(path, 'utf8')), { n: 1 });
});

t.test('a file that cannot be written stops nothing', async (t) => {
  const problems: string[] = [];
  const state = new StateFile(join(root, 'no', 'such', 'folder', 'x.json'), (message) => problems.push(message));
  t.equal((await state.begin()).n, 1);
  state.update({ flights: 1 });
  await state.close();
  t.equal(problems.length, 1, 'said once');
  t.equal(state.state.flights, 1);
});
