import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { until } from '../testing/until.ts';
import { LogFiles } from './files.ts';

function scratch(test: Test): string {
  const root = mkdtempSync(join(tmpdir(), 'log-'));
  test.teardown(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

function make(dir: string) {
  const clock = { ms: 0 };
  const failures: string[] = [];
  const files = new LogFiles({
    dir,
    fileMB: 1,
    files: 1,
    nowMs: () => clock.ms,
    onFailure: (detail) => failures.push(detail),
  });
  return { files, failures, clock };
}

t.test('lines go into files that are rotated and bounded', async (t) => {
  const dir = join(scratch(t), 'log');
  const { files, failures } = make(dir);
  const line = `${JSON.stringify({ msg: 'x'.repeat(990) })}\n`;
  const onDisk = () =>
    (existsSync(dir) ? readdirSync(dir) : []).map((name) => {
      const { size, mtimeNs, ino } = statSync(join(dir, name), { bigint: true });
      return { size: Number(size), state: `${name} ${ino} ${size} ${mtimeNs}` };
    });
  // Sizes alone may be the same again after a rotation.
  const state = () =>
    onDisk()
      .map((file) => file.state)
      .join();
  // 6 MB, each part of it once the worker has taken the one before, as it comes in life.
  for (let newest = 0; newest < 6; newest++) {
    const before = state();
    for (let i = 0; i < 1_000; i++) files.write(line);
    await until(() => state() !== before, 'the worker to take it');
  }
  await files.close();
  t.same(failures, []);
  const sizes = onDisk().map(({ size }) => size);
  t.ok(sizes.length <= 3, `${sizes.length} files`);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  t.ok(bytes < 5e6, `${bytes} bytes of 6 MB written`);
});

t.test('a full disk: said once, counted, tried again later', { skip: !existsSync('/dev/full') }, async (t) => {
  const dir = join(scratch(t), 'log');
  mkdirSync(dir);
  symlinkSync('/dev/full', join(dir, 'skein-agent.1.log'));
  const { files, failures, clock } = make(dir);
  while (failures.length === 0) {
    files.write('{"msg":"one"}\n');
    await wait(5);
  }
  t.match(failures[0], /ENOSPC/);
  const lost = files.lost;
  files.write('{"msg":"two"}\n');
  t.equal(files.lost, lost + 1, 'not tried at every line');
  rmSync(join(dir, 'skein-agent.1.log'));
  clock.ms = 61_000;
  files.write('{"msg":"three"}\n');
  await files.close();
  const written = readdirSync(dir).map((name) => readFileSync(join(dir, name), 'utf8'));
  t.match(written.join(''), /three/);
  t.equal(failures.length, 1);
});

t.test('a folder that cannot be made is no reason to stop', async (t) => {
  const root = scratch(t);
  writeFileSync(join(root, 'file'), '');
  const { files, failures } = make(join(root, 'file', 'log'));
  while (failures.length === 0) {
    files.write('{}\n');
    await wait(5);
  }
  t.ok(files.lost > 0);
  await files.close();
});
