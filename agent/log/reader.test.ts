import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { headOf, LinePage, matcher } from './line.ts';
import { logLines } from './reader.ts';
import { parseSince } from './since.ts';

function scratch(test: Test): string {
  const root = mkdtempSync(join(tmpdir(), 'log-'));
  test.teardown(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

async function all(dir: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const some of logLines(dir, null)) lines.push(...some);
  return lines;
}

t.test('the files are one, by their numbers; what is no log of ours is left alone', async (t) => {
  const dir = scratch(t);
  writeFileSync(join(dir, 'skein-agent.10.log'), 'e\nf');
  writeFileSync(join(dir, 'skein-agent.9.log'), `c\n${'d'.repeat(300_000)}\n`);
  writeFileSync(join(dir, 'skein-agent.2.log'), 'a\nb\n');
  writeFileSync(join(dir, 'skein-agent.log.bak'), 'no');
  t.same(await all(dir), ['a', 'b', 'c', 'd'.repeat(300_000), 'e', 'f']);
  await t.rejects(all(join(dir, 'none')), /ENOENT/);
});

t.test('followed: what is appended, the next file, one that was emptied, and a folder begun anew', async (t) => {
  const dir = scratch(t);
  const file = (number: number) => join(dir, `skein-agent.${number}.log`);
  writeFileSync(file(7), 'a\nb');
  const heard: string[] = [];
  // What happens while nothing comes, one thing at each pause.
  const events = [
    () => appendFileSync(file(7), 'b\n'),
    () => {
      appendFileSync(file(7), 'c\n');
      writeFileSync(file(8), 'd\n');
      rmSync(file(7));
    },
    () => {},
    () => truncateSync(file(8), 0),
    () => appendFileSync(file(8), 'e\n'),
    () => {
      rmSync(file(8));
      writeFileSync(file(1), 'f\n');
    },
  ];
  let ends = 0;
  const follow = {
    pause: async () => events.shift()?.(),
    onEnd: async () => {
      ends++;
    },
  };
  for await (const some of logLines(dir, follow)) {
    heard.push(...some);
    if (heard.at(-1) === 'f') break;
  }
  t.same(heard, ['a', 'bb', 'c', 'd', 'e', 'f']);
  t.ok(ends >= 5);
});

t.test('a file renamed away under its reader is read to its end', async (t) => {
  const dir = scratch(t);
  writeFileSync(join(dir, 'skein-agent.1.log'), 'a\n');
  const heard: string[] = [];
  const pause = async () => {
    appendFileSync(join(dir, 'skein-agent.1.log'), 'b\n');
    renameSync(join(dir, 'skein-agent.1.log'), join(dir, 'old'));
    writeFileSync(join(dir, 'skein-agent.1.log'), 'c\n');
  };
  for await (const some of logLines(dir, { pause, onEnd: async () => {} })) {
    heard.push(...some);
    if (heard.at(-1) === 'c') break;
  }
  t.same(heard, ['a', 'b', 'c']);
});

const NOON = Date.parse('2026-11-21T12:00:00Z');
const line = (more: object) => JSON.stringify({ level: 40, time: NOON + 123, drone: 'd', part: 'link', ...more });

t.test('which lines are wanted', async (t) => {
  const wanted = (more: object, o: { level?: number; sinceMs?: number; grep?: string }) => {
    const text = line(more);
    const head = headOf(text);
    return head !== null && matcher({ level: 10, sinceMs: 0, grep: null, ...o })(text, head);
  };
  t.ok(wanted({ msg: 'x' }, { level: 40, sinceMs: NOON }));
  t.notOk(wanted({ msg: 'x' }, { level: 50 }));
  t.notOk(wanted({ msg: 'x' }, { sinceMs: NOON + 124 }));
  t.ok(wanted({ msg: 'Say "No" to it' }, { grep: 'say "no"' }));
  t.ok(wanted({ url: 'tcp://H:1', msg: 'x' }, { grep: 'TCP://h' }));
  t.notOk(wanted({ msg: 'x' }, { grep: 'y' }));
  const health = { part: 'health', uplink: 'up', worstNotDurableMs: 512, lost: { samples: 3 }, msg: 'well' };
  for (const grep of ['uplink', 'lost', 'heron', 'd', 'worstNotDurable', 'time'])
    t.notOk(wanted({ ...health, drone: 'heron-01' }, { grep: `${grep}` }), `${grep} is a field, or the drone`);
  for (const grep of ['health', 'WELL', '512', 'uplink=up', 'worstNotDurableMs=512', 'uplink=up worst'])
    t.ok(wanted(health, { grep }), grep);
  t.notOk(wanted(health, { grep: 'uplink=down' }));
  t.ok(wanted({ part: 'uplink', state: 'up', msg: 'connected' }, { grep: 'uplink' }), 'the part');
  t.ok(wanted({ err: { message: 'boom', stack: 'Error: boom\n    at dial (x.ts:1)' }, msg: 'x' }, { grep: 'dial (x' }));
  t.ok(wanted({ err: { message: 'boom' }, tries: 3, msg: 'x' }, { grep: 'tries=3 err=BOOM' }), 'as it is shown');
  for (const damaged of ['', '{"level":40,"time":17952', '\0\0\0', '[]', 'null', '{"time":1}']) {
    t.equal(headOf(damaged), null, JSON.stringify(damaged));
  }
  t.same(headOf('{"time":5,"level":30,"msg":"of another order"}'), { level: 30, timeMs: 5 });
});

t.test('a line as a person reads it, harmless to the terminal', async (t) => {
  const page = (more: object, face: ConstructorParameters<typeof LinePage>[0], colours = false) => {
    const text = line(more);
    const head = headOf(text);
    return head === null ? '' : new LinePage(face, colours).line(text, head);
  };
  const paris = { zone: 'Europe/Paris', hours: '24h' } as const;
  t.equal(
    page({ tries: 3, why: 'no such host', msg: 'not reached' }, paris),
    '2026-11-21 13:00:00.123 UTC+1  WARN  link       not reached  tries=3 why="no such host"\n',
  );
  t.match(page({ msg: 'x' }, { zone: 'Europe/Paris', hours: '12h' }), /^2026-11-21 01:00:00\.123 pm UTC\+1 {2}WARN/);
  t.equal(page({ msg: 'a\x1b[2Jb\nc' }, paris)?.includes('\x1b'), false);
  t.match(page({ msg: 'a\x1b[2Jb' }, paris), /a\\x1b\[2Jb/);
  t.match(page({ msg: 'x' }, paris, true), '\x1b[33mWARN ');
  const err = { type: 'Error', message: 'boom', stack: 'Error: boom\n    at one\n    at two' };
  t.match(page({ err, msg: 'failed' }, paris), /failed {2}err=boom\n {4}at one\n {4}at two\n$/);
});

t.test('since when: ago, a clock here, a day here, UTC', async (t) => {
  const paris = { zone: 'Europe/Paris', hours: '24h' } as const;
  const since = (text: string, now = NOON) => {
    const ms = parseSince(text, now, paris);
    return ms === null ? null : new Date(ms).toISOString();
  };
  t.equal(since('10m'), '2026-11-21T11:50:00.000Z');
  t.equal(since('2h'), '2026-11-21T10:00:00.000Z');
  t.equal(since('1.5 d'), '2026-11-20T00:00:00.000Z');
  t.equal(since('12:30'), '2026-11-21T11:30:00.000Z');
  t.equal(since('9:05'), '2026-11-21T08:05:00.000Z');
  t.equal(since('23:00'), '2026-11-20T22:00:00.000Z', 'not yet today: yesterday');
  t.equal(since('2026-07-01 14:00'), '2026-07-01T12:00:00.000Z', 'summer');
  t.equal(since('2026-11-21'), '2026-11-20T23:00:00.000Z');
  t.equal(since('2026-11-21T11:00:00+02:00'), '2026-11-21T09:00:00.000Z');
  for (const wrong of ['', 'yesterday', '25:00', '12:60', '10x', '2026-13-01', '1795262400000']) {
    t.equal(since(wrong), null, wrong);
  }
});
