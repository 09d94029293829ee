import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type CommandEntry, contentOf } from './entry.ts';
import { JournalFile } from './file.ts';
import { Journal } from './journal.ts';

const entry = (id: string, state: string, step = 1): CommandEntry => ({
  id,
  type: 'ping',
  state,
  reason: 'done',
  step,
  issuedBy: 'Ann',
  boot: 'b',
  monoMs: 1,
  act: {},
  detail: {},
});

function folder(test: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'skein-journal-'));
  test.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

t.test('what is durable is there after a restart, under the same id', async (t) => {
  const path = join(folder(t), 'journal.jsonl');
  const first = new Journal({ path, newId: () => '0123456789abcdef' });
  await first.start();
  t.equal(first.id, '0123456789abcdef');
  t.equal(await first.command(entry('A', 'executing')), 'durable');
  t.equal(await first.command(entry('A', 'succeeded', 2)), 'durable');
  first.remember('charge', { pct: 61 });
  await first.close();
  t.equal(await first.command(entry('B', 'executing')), 'failed', 'closed');

  const second = new Journal({ path, newId: () => 'ffffffffffffffff' });
  await second.start();
  t.equal(second.id, '0123456789abcdef');
  t.match(second.commands.get('A'), { state: 'succeeded', step: 2 });
  t.notOk(second.commands.has('B'));
  t.same(second.lasting.get('charge'), { pct: 61 });
  await second.close();
});

t.test('a line whose sectors are half there, cut inside a letter, does not shift what comes after it', async (t) => {
  const path = join(folder(t), 'journal.jsonl');
  const file = new JournalFile({ path, newId: () => '0123456789abcdef' });
  file.append(`${JSON.stringify({ c: { ...entry('A', 'succeeded'), issuedBy: 'Jürgen' } })}\n`);
  file.close();
  const whole = readFileSync(path);
  whole[whole.indexOf('ü') + 1] = 0;
  writeFileSync(path, whole);
  const again = new JournalFile({ path, newId: () => 'ffffffffffffffff' });
  again.append(`${JSON.stringify({ c: entry('B', 'executing') })}\n`);
  again.close();
  t.same([...(contentOf(readFileSync(path, 'utf8'))?.commands.keys() ?? [])], ['B']);
});

t.test('a torn line is cut off, a damaged one skipped, neither is glued to the next', async (t) => {
  const path = join(folder(t), 'journal.jsonl');
  const file = new JournalFile({ path, newId: () => '0123456789abcdef' });
  file.append(`${JSON.stringify({ c: entry('A', 'succeeded') })}\n`);
  file.close();
  appendFileSync(path, '{"c":{"id":"Z"\n');
  appendFileSync(path, '{"c":{"id":"B","type":"pi');
  const again = new JournalFile({ path, newId: () => 'ffffffffffffffff' });
  t.equal(again.content.damagedLines, 2);
  again.append(`${JSON.stringify({ c: entry('C', 'executing') })}\n`);
  again.close();
  const content = contentOf(readFileSync(path, 'utf8'));
  t.same([...(content?.commands.keys() ?? [])], ['A', 'C']);
});

t.test('a file that is no journal is put aside, the new one has a new id', async (t) => {
  const path = join(folder(t), 'journal.jsonl');
  writeFileSync(path, 'something else\n');
  const file = new JournalFile({ path, newId: () => 'ffffffffffffffff' });
  t.ok(file.setAside);
  t.equal(file.content.id, 'ffffffffffffffff');
  t.equal(readFileSync(`${path}.aside`, 'utf8'), 'something else\n');
  file.close();
});

t.test('it stays small: the newest commands, the open ones, everything lasting', async (t) => {
  const path = join(folder(t), 'journal.jsonl');
  const file = new JournalFile({ path, newId: () => '0123456789abcdef', compactBytes: 200_000 });
  file.append(`${JSON.stringify({ c: entry('OPEN', 'executing') })}\n`);
  file.append(`${JSON.stringify({ k: 'charge', v: 61 })}\n`);
  for (let i = 0; i < 1_600; i++) {
    file.append(`${JSON.stringify({ c: entry(`N${i}`, 'succeeded') })}\n`);
    file.tidy();
  }
  file.close();
  const text = readFileSync(path, 'utf8');
  t.ok(text.length < 260_000);
  const content = contentOf(text);
  t.ok(content?.commands.has('OPEN'));
  t.ok(content?.commands.has('N1599'));
  t.notOk(content?.commands.has('N1'));
  t.equal(content?.lasting.get('charge'), 61);
});

t.test('a long one is read as it is: whoever starts in flight does not wait until it is short', async (t) => {
  const path = join(folder(t), 'journal.jsonl');
  const o = { path, newId: () => '0123456789abcdef', compactBytes: 10_000 };
  new JournalFile(o).close();
  const lines = Array.from({ length: 2_000 }, (_, i) => `${JSON.stringify({ c: entry(`N${i}`, 'succeeded') })}\n`);
  appendFileSync(path, lines.join(''));
  const before = readFileSync(path);
  const file = new JournalFile(o);
  t.equal(file.content.commands.size, 2_000);
  t.ok(before.equals(readFileSync(path)), 'nothing was written');
  file.tidy();
  t.ok(readFileSync(path).length < before.length);
  file.close();
});

t.test('a file that cannot be opened: every append fails at once, memory goes on', async (t) => {
  const root = folder(t);
  mkdirSync(join(root, 'journal.jsonl'));
  const problems: (string | null)[] = [];
  const journal = new Journal({
    path: join(root, 'journal.jsonl'),
    newId: () => '0123456789abcdef',
    onProblem: (message) => problems.push(message),
  });
  await journal.start();
  t.equal(journal.id, null);
  t.equal(await journal.command(entry('A', 'executing')), 'failed');
  t.ok(journal.commands.has('A'));
  t.match(problems, [/only hold, return and land/]);
  await journal.close();
});
