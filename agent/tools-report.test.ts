/** A recorded flight as a file to send: from a .tlog, and from the data directory of an agent. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encode, type Frame, FrameParser } from '@skein/protocol/mavlink';
import t, { type Test } from 'tap';
import { controlSaid } from './control-said.ts';
import { MissionSeen } from './flight-samples.ts';
import { Recording } from './testing/recording.ts';
import { typed } from './testing/typed.ts';

const FLIGHT = fileURLToPath(new URL('../protocol/mavlink/testdata/flight-excerpt.tlog', import.meta.url));
/** Within the recording. */
const MIDDLE_MS = Date.UTC(2026, 10, 21, 19, 39, 40);

function scratch(test: Test): string {
  const root = mkdtempSync(join(tmpdir(), 'sk-'));
  test.teardown(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

t.test('a .tlog as a file that needs nothing else; nothing is overwritten', async (t) => {
  const out = join(scratch(t), 'flight.html');
  const report = (...words: string[]) => typed('report', ...words, '--display.timeZone=Europe/Paris');
  t.match(await report(FLIGHT, '--out', out, '--drone=kite-1'), { code: 0, out: /flight\.html: \d+ kB/ });
  const page = readFileSync(out, 'utf8');
  t.match(page, /<h1>Flight of kite-1<\/h1>/);
  t.match(page, /20:39:\d\d UTC\+1/);
  t.match(page, /class="flown"/);
  t.match(page, /It begins in the air/);
  t.match(page, /It ends in the air/);
  t.match(page, /Who had control is not in a recording/);
  t.match(page, /Link to the autopilot <small>B\/s received/);
  t.match(await report(FLIGHT, '--out', out), { code: 1, err: /is there already/ });
  t.match(await report(FLIGHT, '--out', '-'), { code: 0, out: /^<!doctype html>[\s\S]*Flight of flight-excerpt/ });
});

t.test('a flight of the data directory, with who had control from the log beside it', async (t) => {
  const root = scratch(t);
  const out = join(root, 'last.html');
  const report = (...words: string[]) => typed('report', ...words, `--dataDir=${root}`);
  t.match(await report(), { code: 1, err: /there are no recordings/ });
  for (const folder of ['recordings', 'log']) mkdirSync(join(root, folder));
  writeFileSync(join(root, 'recordings', 'skein-000007-000000.tlog'), readFileSync(FLIGHT));
  const line = (timeMs: number, more: object) =>
    `${JSON.stringify({ level: 30, time: timeMs, drone: 'kite-1', ...more })}\n`;
  const control = (state: string, why: string) => ({ part: 'control', state, msg: `control: ${state} (${why})` });
  writeFileSync(
    join(root, 'log', 'skein-agent.1.log'),
    line(MIDDLE_MS - 3_600_000, control('skein', 'disarmed')) +
      line(MIDDLE_MS, control('pilot', 'mode <b>changed</b>')),
  );
  t.match(await report('2'), { code: 1, err: /no flight 2: .* lists 1/ });
  t.match(await report('--out', out), { code: 0 });
  const page = readFileSync(out, 'utf8');
  for (const words of [
    '<h1>Flight of kite-1</h1>',
    '<b>Skein</b>',
    '<b>PILOT</b>',
    'pilot (mode &lt;b&gt;changed&lt;/b&gt;)',
    'from the log of the agent',
  ])
    t.ok(page.includes(words), words);
});

/** The data directory of an agent that recorded it. */
function recordedIn(test: Test, recording: Recording): string {
  const root = scratch(test);
  mkdirSync(join(root, 'recordings'));
  writeFileSync(join(root, 'recordings', 'skein-000001-000000.tlog'), recording.bytes());
  return root;
}

async function reported(root: string, word: string): Promise<string> {
  const { code, out } = await typed('report', word, `--dataDir=${root}`, '--out', '-');
  t.equal(code, 0);
  return out;
}

t.test('two flights close to each other: each report is of one, with the figures of the list', async (t) => {
  const recording = new Recording(MIDDLE_MS * 1000);
  recording.stand(0, 30, false);
  recording.stand(30, 130, true);
  recording.stand(130, 145, false);
  recording.stand(145, 195, true);
  recording.stand(195, 200, false);
  const root = recordedIn(t, recording);
  t.match((await typed('flights', `--dataDir=${root}`)).out, /1 min 40 s +990 m[\s\S]* 50 s +490 m/);
  const [first, second] = [await reported(root, '1'), await reported(root, '2')];
  for (const page of [first, second]) t.notMatch(page, /parts|It (begins|ends) in the air/);
  t.match(first, /<dt>in the air<\/dt><dd>1 min 40 s</);
  t.match(first, /<dt>distance over ground<\/dt><dd>990 m</);
  t.match(second, /<dt>in the air<\/dt><dd>50 s</);
  t.match(second, /<dt>distance over ground<\/dt><dd>490 m</);
});

t.test('a clock that was set in the air, ahead or back: one flight, by the clock at its end', async (t) => {
  for (const byS of [3_600, -600]) {
    const recording = new Recording(MIDDLE_MS * 1000);
    recording.aheadS = -byS;
    recording.stand(0, 30, false);
    recording.stand(30, 80, true);
    recording.aheadS = 0;
    recording.stand(80, 130, true);
    recording.stand(130, 150, false);
    const root = recordedIn(t, recording);
    t.match((await typed('flights', `--dataDir=${root}`)).out, /19:40:10 .*1 min 40 s +990 m.*its clock was set/);
    const page = await reported(root, 'last');
    t.match(page, /took off<\/dt><dd>2026-11-21 19:40:10 UTC/);
    t.match(page, /<dt>in the air<\/dt><dd>1 min 40 s</);
    t.match(page, /<dt>distance over ground<\/dt><dd>990 m</);
    t.match(page, /The clock was set in this flight/);
    t.equal(page.match(/class="flown"/g)?.length, 1, 'one line');
    t.notMatch(page, /parts|Nothing was heard/);
    const ofFile = await reported(root, join(root, 'recordings', 'skein-000001-000000.tlog'));
    t.match(ofFile, /The clock was set in the air: what was before is shown by the clock of then/);
  }
});

t.test('a clock that is set back on the ground puts nothing of before or after into the flight', async (t) => {
  const recording = new Recording(MIDDLE_MS * 1000);
  recording.aheadS = 61.5;
  recording.stand(0, 30, false);
  recording.aheadS = 0;
  recording.stand(30, 130, true);
  recording.stand(130, 140, false);
  recording.aheadS = -61.5;
  recording.stand(140, 170, false);
  const page = await reported(recordedIn(t, recording), 'last');
  t.match(page, /<dt>in the air<\/dt><dd>1 min 40 s</);
  const height = /Height above home.*?<path d="([^"]*)"/s.exec(page)?.[1] ?? '';
  const levels = [...height.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => y);
  t.ok(levels.length > 130, 'all of it');
  t.equal(levels.filter((y, i) => i > 0 && y !== levels[i - 1]).length, 2, 'it rises and comes down, once');
});

t.test('words of any alphabet are whole, however long the page', async (t) => {
  const root = scratch(t);
  for (const folder of ['recordings', 'log']) mkdirSync(join(root, folder));
  writeFileSync(join(root, 'recordings', 'skein-000007-000000.tlog'), readFileSync(FLIGHT));
  const said = Array.from({ length: 500 }, (_, i) => {
    const state = i % 2 === 0 ? 'skein' : 'pilot';
    // Of lengths that differ: wherever it is cut, it would be cut within one.
    const msg = `control: ${state} (${'x'.repeat(i % 3)}${'🛩'.repeat(150)})`;
    return JSON.stringify({ level: 30, time: MIDDLE_MS - 5_000 + i * 10, part: 'control', state, msg });
  });
  writeFileSync(join(root, 'log', 'skein-agent.1.log'), `${said.join('\n')}\n`);
  const out = join(root, 'long.html');
  t.match(await typed('report', `--dataDir=${root}`, '--out', out), { code: 0 });
  const page = readFileSync(out, 'utf8');
  t.ok(page.length > 200_000, `${page.length} characters`);
  t.notOk(page.includes('\ufffd'));
});

t.test('what is no recording is said, and leaves no file', async (t) => {
  const root = scratch(t);
  const file = join(root, 'notes.txt');
  writeFileSync(file, 'of somebody');
  const out = join(root, 'x.html');
  t.match(await typed('report', file, '--out', out), { code: 1, err: /holds nothing of an autopilot/ });
  t.match(await typed('report', join(root, 'no.tlog'), '--out', out), { code: 1, err: /no\.tlog.*ENOENT/ });
  t.notOk(existsSync(out));
});

t.test('control from a log: an agent that began anew does not know yet; without a log nobody does', async (t) => {
  const root = scratch(t);
  const span = { fromUtcUs: MIDDLE_MS * 1000, toUtcUs: (MIDDLE_MS + 60_000) * 1000 };
  t.same(await controlSaid(join(root, 'none'), span), []);
  const said = [
    { time: MIDDLE_MS + 10_000, part: 'control', state: 'skein', msg: 'control: skein (ordered)' },
    { time: MIDDLE_MS + 20_000, msg: 'skein-agent runs for kite-1' },
    { time: MIDDLE_MS + 50_000, part: 'control', state: 'nonsense', msg: 'control: nonsense' },
  ];
  writeFileSync(
    join(root, 'skein-agent.1.log'),
    said.map((fields) => `${JSON.stringify({ level: 30, ...fields })}\n`).join(''),
  );
  t.match(await controlSaid(root, span), [
    { kind: 'control', utcUs: (MIDDLE_MS + 10_000) * 1000, values: { state: 'skein', why: 'ordered' } },
  ]);
  t.equal((await controlSaid(root, span)).length, 1);
});

t.test('the mission that went over the link last: places to fly to, in their order', async (t) => {
  const mission = new MissionSeen();
  const parser = new FrameParser();
  const take = (bytes: Uint8Array) => parser.push(bytes, (frame: Frame) => mission.take(frame));
  const from = { sysid: 1, compid: 1, seq: 0 };
  const at = { target_system: 255, target_component: 190, mission_type: 0 };
  const rest = { frame: 6, current: 0, autocontinue: 1, param1: 0, param2: 0, param3: 0, param4: 0, z: 30 };
  const item = (seq: number, command: number, lat: number) => {
    const place = { x: lat * 1e7, y: lat === 0 ? 0 : 7e7 };
    take(encode('MISSION_ITEM_INT', { ...at, ...rest, ...place, seq, command }, from));
  };
  const count = (items: number) => take(encode('MISSION_COUNT', { ...at, count: items, opaque_id: 0 }, from));
  count(4);
  for (const [seq, command, lat] of [
    [1, 16, 43.7],
    [0, 16, 43.6],
    [2, 211, 43.9],
    [3, 20, 0],
  ] as const)
    item(seq, command, lat);
  parser.flush((frame) => mission.take(frame));
  t.same(
    mission.places().map(({ latDeg }) => latDeg),
    [43.6, 43.7],
    'a gripper is no place, and a return has none',
  );
  count(1);
  t.same(mission.places(), [], 'a new one begins');
});
