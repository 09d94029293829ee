/** The tools for whoever stands beside the drone, as a person meets them. */
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { aboard } from './testing/aboard.ts';
import { typed } from './testing/typed.ts';
import { preflightPage, stationsPage } from './tools.ts';
import { planPage } from './tools-params.ts';

function scratch(test: Test): string {
  const root = mkdtempSync(join(tmpdir(), 'sk-'));
  test.teardown(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

t.test('locked with no agent, found by the one that starts, unlocked through it', async (t) => {
  const root = scratch(t);
  const at = `--dataDir=${root}`;
  t.match(await typed('lock', at), { code: 2, err: /--reason/ });
  t.match(await typed('lock', '--reason', 'changing', 'propellers', at), {
    code: 0,
    out: /^Locked: changing propellers\.[\s\S]*No agent/,
  });
  await aboard(t, root);
  const list = await typed('preflight', '--json', at);
  t.equal(list.code, 5);
  const { items } = JSON.parse(list.out) as { items: { item: string; verdict: string; words: string }[] };
  t.match(
    items.find(({ item }) => item === 'lock'),
    { verdict: 'stop', words: 'locked at the drone: changing propellers' },
  );
  t.match(await typed('unlock', '--reason=changed', at), { code: 0, out: 'Unlocked.\n' });
  t.match(await typed('unlock', '--reason=changed', at), { code: 0, out: 'It was not locked.\n' }, 'no harm');
  t.match(await typed('lock', '--reason', 'again', '--json', at), { code: 0, out: /"kept":true,"agent":true/ });
  t.match(JSON.parse(readFileSync(join(root, 'lock.json'), 'utf8')), { here: { reason: 'again' }, remote: null });
});

t.test('without an agent, too, what was not locked is not said to be unlocked', async (t) => {
  const at = `--dataDir=${scratch(t)}`;
  t.match(await typed('unlock', '--reason=x', at), { code: 0, out: 'It was not locked.\n' });
  t.match(await typed('lock', '--reason=x', at), { code: 0 });
  t.match(await typed('unlock', '--reason=x', at), { code: 0, out: 'Unlocked.\n' });
  t.match(await typed('unlock', '--reason=x', '--json', at), { code: 0, out: /"locked":false,"wasLocked":false/ });
});

t.test('an agent that does not answer in time is not said to be away: it takes the lock from the file', async (t) => {
  const root = scratch(t);
  const server = createServer();
  server.listen(join(root, 'agent.sock'));
  await once(server, 'listening');
  t.teardown(() => server.close());
  server.on('connection', (socket) => {
    socket.on('error', () => {});
    t.teardown(() => socket.destroy());
    socket.once('data', () => socket.destroy());
  });
  const at = `--dataDir=${root}`;
  t.match(await typed('lock', '--reason=x', at), { code: 0, out: /It runs and takes that over within seconds/ });
  t.match(await typed('status', at), { code: 3, err: /did not answer .*it is busy, or it hangs/ });
  t.match(JSON.parse(readFileSync(join(root, 'lock.json'), 'utf8')), { here: { reason: 'x' } });
});

t.test('a lock where no agent keeps its data would hold nothing, and is refused', async (t) => {
  const nowhere = `--dataDir=${join(scratch(t), 'no', 'such')}`;
  t.match(await typed('lock', '--reason=x', nowhere), {
    code: 3,
    out: '',
    err: /NOT locked: no agent keeps its data in/,
  });
  t.match(await typed('unlock', '--reason=x', nowhere), { code: 3, err: /nothing was unlocked/ });
});

t.test('an operator’s lock stays, with an agent and without', async (t) => {
  const root = scratch(t);
  writeFileSync(join(root, 'lock.json'), '{"here":null,"remote":{"reason":"inspection","by":"Ann","at":null}}');
  const at = `--dataDir=${root}`;
  t.match(await typed('unlock', '--reason=mine', at), {
    code: 5,
    err: /still locked: the lock was set by an operator/,
  });
  await aboard(t, root);
  t.match(await typed('unlock', '--reason=mine', at), {
    code: 5,
    err: /still locked: the lock was set by an operator/,
  });
});

t.test('stations: who is there, unlock and lock, what is refused', async (t) => {
  const root = scratch(t);
  const at = `--dataDir=${root}`;
  t.match(await typed('stations', at), { code: 3, err: /no agent answers/ });
  await aboard(t, root);
  t.match(await typed('stations', at), {
    code: 0,
    out: /^laptop .*listening \(may be unlocked\).*\nstation-2 .*listening/,
  });
  t.match(await typed('stations', 'unlock', '--minutes', '5', at), {
    code: 0,
    out: /laptop may change the vehicle for 5 min/,
  });
  t.match(await typed('stations', 'lock', 'laptop', at), { code: 0, out: /only listens now/ });
  t.match(await typed('stations', 'unlock', 'station-2', at), { code: 5, err: /mode = "control"/ });
  t.match(await typed('stations', 'unlock', 'nobody', at), { code: 5, err: /there are laptop, station-2/ });
  t.match(await typed('stations', 'open', at), { code: 2, err: /usage/ });
});

t.test('settings are printed and refused without the login of an address', async (t) => {
  const at = ['--drone=kite-1', '--dataDir=/no/such'];
  const printed = await typed('config', '--print', '--uplink.url=mqtt://kite-1:secret@host', ...at);
  t.match(printed, { code: 0, out: /^url = "mqtt:\/\/…@host" {2}# set by flag$/m });
  const refused = await typed('config', '--check', '--uplink.url=mqt://kite-1:secret@host', ...at);
  t.match(refused, { code: 2, err: /--uplink\.url = "mqt:\/\/…@host": / });
  for (const { out, err } of [printed, refused]) t.notMatch(out + err, /secret/);
});

t.test('parameters of two files need no agent', async (t) => {
  const root = scratch(t);
  const [a, b] = [join(root, 'a.param'), join(root, 'b.param')];
  writeFileSync(a, 'RTL_ALT,1500\nFS_THR_ENABLE,1\n');
  writeFileSync(b, 'RTL_ALT 3000\nFS_THR_ENABLE 1\n');
  t.match(await typed('params', 'diff', a, b), { code: 5, out: 'RTL_ALT  1500  →  3000\n' });
  t.match(await typed('params', 'diff', a, a), { code: 0, out: 'no difference\n' });
  t.match(await typed('params', 'diff', a, '/no/such'), { code: 1, err: /ENOENT/ });
  t.match(await typed('params', 'restore', a, `--dataDir=${root}`), { code: 3, err: /no agent answers/ });
  t.match(await typed('params'), { code: 2, err: /params restore FILE/ });
});

t.test('parameters: kept, compared, shown before they are set, set, and back again', async (t) => {
  const root = scratch(t);
  const at = `--dataDir=${root}`;
  const held: Record<string, number> = { RTL_ALT: 1500, WP_RADIUS: 200, STAT_BOOTCNT: 4, FS_GCS_ENABLE: 0 };
  await aboard(t, root, held);
  const file = join(root, 'kept.json');
  // An agent that has only just begun has not heard its autopilot yet, and says that nothing could be read.
  const end = performance.now() + 10_000;
  let kept = await typed('params', 'snapshot', file, at);
  while (kept.code === 1 && performance.now() < end) kept = await typed('params', 'snapshot', file, at);
  t.match(kept, { code: 0, out: /^4 parameters in / });
  t.match(JSON.parse(readFileSync(file, 'utf8')), { format: 'skein-parameters/1', drone: 'kite-1', parameters: held });
  t.match(await typed('params', 'diff', file, at), { code: 0, out: 'no difference\n' });
  Object.assign(held, { RTL_ALT: 3000, WP_RADIUS: 500, STAT_BOOTCNT: 5, FS_GCS_ENABLE: 1 });
  t.match(await typed('params', 'diff', file, '--json', at), {
    code: 5,
    out: /"name":"RTL_ALT","from":1500,"to":3000/,
  });
  const dry = await typed('params', 'restore', file, at);
  t.match(dry, { code: 0, out: /^1 to set:\n {2}WP_RADIUS {2}500 {2}→ {2}200\n[\s\S]*Nothing was set/ });
  t.match(dry.out, /written by the autopilot itself:\n {2}STAT_BOOTCNT/);
  t.equal(held.WP_RADIUS, 500);
  t.match(await typed('params', 'restore', file, '--apply', '--safety', at), { code: 0, out: /3 set and read back/ });
  t.match(held, { RTL_ALT: 1500, WP_RADIUS: 200, STAT_BOOTCNT: 5, FS_GCS_ENABLE: 0 });
  const before = readdirSync(root).find((name) => name.startsWith('parameters-before-')) ?? '';
  t.match(await typed('params', 'restore', join(root, before), '--apply', '--safety', at), { code: 0 });
  t.match(held, { RTL_ALT: 3000, WP_RADIUS: 500, FS_GCS_ENABLE: 1 });
});

t.test('pages', async (t) => {
  const item = { value: null, limit: null, ageMs: null };
  const items = [
    { ...item, item: 'link', verdict: 'ok', words: 'heard' },
    { ...item, item: 'lock', verdict: 'stop', words: 'locked', value: 'locked', limit: 'unlocked' },
  ] as const;
  t.equal(
    preflightPage({ verdict: 'stop', items }),
    'NOT READY: 1 of 2 items stop it from arming.\n\nok    link  heard\nSTOP  lock  locked (locked; wanted: unlocked)\n',
  );
  t.match(stationsPage([]), /No \[\[station\]\]/);
  const plan = {
    changes: [{ name: 'RTL_ALT', from: 1500, to: 3000 }],
    leftOut: [{ name: 'FS_GCS_ENABLE', from: 0, to: 1, why: 'safety' as const }],
  };
  t.match(
    planPage(plan),
    /^1 to set:\n {2}RTL_ALT {2}1500 {2}→ {2}3000\n\nLeft alone, part of the safety net \(--safety\):\n {2}FS_GCS_ENABLE/,
  );
});
