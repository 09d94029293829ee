import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { GroundLock, type Held, readLocks } from './index.ts';

function scratch(test: Test): string {
  const root = mkdtempSync(join(tmpdir(), 'sk-'));
  test.teardown(() => {
    chmodSync(root, 0o700);
    rmSync(root, { recursive: true, force: true });
  });
  return join(root, 'lock.json');
}

async function open(path: string) {
  const changes: (Held | null)[] = [];
  const problems: string[] = [];
  const lock = new GroundLock({
    path,
    utc: () => '2026-11-22T08:00:00Z',
    onChange: (held) => changes.push(held),
    onProblem: (message) => problems.push(message),
  });
  await lock.start();
  return { lock, changes, problems };
}

t.test('a lock survives a restart, and says who, why and since when', async (t) => {
  const path = scratch(t);
  const { lock } = await open(path);
  t.equal(lock.held, null);
  const kept = lock.set('drone', true, 'changing propellers');
  t.match(lock.held, { here: true, reason: 'changing propellers' }, 'in force before the disk has it');
  t.equal(await kept, true);
  const { lock: again } = await open(path);
  t.same(again.held, { here: true, by: 'drone', reason: 'changing propellers', at: '2026-11-22T08:00:00Z' });
});

t.test('removed where it was set, or by an admin', async (t) => {
  const { lock } = await open(scratch(t));
  await lock.set('drone', true, 'hands inside');
  t.equal(await lock.remove(false, false), 'locked-by-drone', 'an operator may not');
  t.equal(lock.held?.reason, 'hands inside');
  t.equal(await lock.remove(true, false), null, 'the drone may');
  await lock.set('Ann', false, 'inspection due');
  t.equal(await lock.remove(true, false), 'locked-by-operator');
  t.equal(await lock.remove(false, false), null);
  await lock.set('drone', true, 'a');
  await lock.set('Ann', false, 'b');
  t.equal(await lock.remove(false, false), 'locked-by-drone', 'the operator removes only the operators’ lock');
  t.equal(lock.locks.remote, null);
  t.equal(await lock.remove(false, true), null, 'an admin removes every one');
});

t.test('a lock set while another is being removed stays, also after a restart', async (t) => {
  const path = scratch(t);
  const { lock } = await open(path);
  await lock.set('drone', true, 'first');
  const removed = lock.remove(true, false);
  const set = lock.set('drone', true, 'second');
  t.equal(await removed, 'locked-by-drone');
  t.equal(await set, true);
  t.equal(lock.held?.reason, 'second');
  t.equal((await readLocks(path)).here?.reason, 'second');
});

t.test('a damaged file is a lock that can be removed at the drone', async (t) => {
  const path = scratch(t);
  for (const text of ['', '{"here":', '{}', '{"here":{"reason":1},"remote":null}', 'null']) {
    writeFileSync(path, text);
    const { lock } = await open(path);
    t.equal(lock.held?.here, true, JSON.stringify(text));
    t.equal(await lock.remove(false, false), 'locked-by-drone');
    t.equal(await lock.remove(true, false), null);
    t.notOk(existsSync(path));
  }
});

t.test('what the disk refuses is in force all the same, and kept once it can be', async (t) => {
  const path = scratch(t);
  const blocked = `${path}.d/lock.json`;
  const { lock, problems } = await open(blocked);
  t.equal(await lock.set('drone', true, 'no folder yet'), false);
  t.equal(lock.held?.reason, 'no folder yet');
  t.equal(lock.durable, false);
  t.equal(problems.length, 1);
  t.equal(await lock.remove(true, false), 'lock-not-kept', 'removed only when the disk agrees');
  t.ok(lock.held);
  const { mkdirSync } = await import('node:fs');
  mkdirSync(`${path}.d`);
  await lock.refresh();
  t.equal(lock.durable, true);
  t.match(readFileSync(blocked, 'utf8'), 'no folder yet');
});

t.test('a lock set while the file is read stays', async (t) => {
  const { lock, changes } = await open(scratch(t));
  const refreshing = lock.refresh();
  void lock.set('drone', true, 'just now');
  await refreshing;
  await lock.close();
  t.equal(lock.held?.reason, 'just now');
  t.equal(changes.length, 1);
});

t.test('what was written behind its back is taken over', async (t) => {
  const path = scratch(t);
  const { lock, changes } = await open(path);
  const { lock: other } = await open(path);
  await other.set('drone', true, 'set by the command line');
  await lock.refresh();
  t.equal(lock.held?.reason, 'set by the command line');
  await other.remove(true, false);
  await lock.refresh();
  t.equal(lock.held, null);
  t.equal(changes.length, 2);
});
