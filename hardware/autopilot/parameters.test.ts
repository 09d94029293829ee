/** Against a far end that behaves as ArduPilot was seen to; lossy runs are seeded. SEED=n replays one. */
import { MavParamType } from '@skein/protocol/mavlink';
import t from 'tap';
import { ParameterClient } from './parameters.ts';
import { FarParameters } from './testing/far-parameters.ts';
import { type Faults, Line, messageOf } from './testing/line.ts';

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const POOR: Faults = { lossPct: 5, duplicatePct: 3, reorderPct: 5 };

function begin(far: FarParameters, faults: Faults = {}, seed = SEED) {
  const line = new Line(far, faults, seed);
  const parameters = line.connect(new ParameterClient({ ...line.options, encoding: () => 'c-cast' }));
  return { line, parameters };
}

t.test('the whole list: one request on a good line', async (t) => {
  const { line, parameters } = begin(new FarParameters(1_349));
  const progress: number[] = [];
  const listed = await line.until(parameters.list({ onProgress: (got) => progress.push(got) }));
  t.ok(listed.ok && listed.parameters.size === 1_349);
  t.match(listed.ok && listed.parameters.get('P_7'), { value: Math.fround(7 / 3), type: 9, index: 7 });
  t.strictSame(line.names(), ['PARAM_REQUEST_LIST']);
  t.equal(progress.at(-1), 1_349);
});

t.test(`the whole list over a poor line, 20 runs from SEED=${SEED}`, async (t) => {
  for (let run = 0; run < 20; run++) {
    const far = new FarParameters(400);
    const { line, parameters } = begin(far, POOR, SEED + run);
    const listed = await line.until(parameters.list());
    if (!listed.ok) throw new Error(`SEED=${SEED + run}: ${listed.code}`);
    const right = far.all.every(({ name, value }) => listed.parameters.get(name)?.value === value);
    if (!right || listed.parameters.size !== 400) t.fail(`SEED=${SEED + run}: wrong values`);
    t.ok(line.nowMs < 20_000, `${Math.round(line.nowMs)} ms`);
  }
});

t.test('only the gaps are asked for again, by index', async (t) => {
  const { line, parameters } = begin(new FarParameters(300), { lossPct: 3 }, 5);
  t.ok((await line.until(parameters.list())).ok);
  t.equal(line.names().filter((name) => name === 'PARAM_REQUEST_LIST').length, 1);
  const again = line.sent.filter(({ name }) => name === 'PARAM_REQUEST_READ');
  t.ok(again.length > 0 && again.length < 40, `${again.length} of 300`);
});

t.test('answers to others are not counted as part of the list', async (t) => {
  const far = new FarParameters(50);
  const { line, parameters } = begin(far);
  const list = parameters.list();
  far.hear(
    {
      name: 'PARAM_REQUEST_READ',
      msgid: 20,
      fields: { target_system: 7, target_component: 1, param_id: 'P_3', param_index: -1 },
    },
    (message) => typeof message !== 'function' && parameters.take(message, 0),
  );
  const listed = await line.until(list);
  t.ok(listed.ok && listed.parameters.size === 50 && listed.parameters.get('P_3')?.index === 3);
});

t.test('a count that changes on the way: everything is read anew', async (t) => {
  const far = new FarParameters(100);
  const next = new FarParameters(120).all.map((parameter, index) => ({ ...parameter, name: `N_${index}` }));
  far.change = { afterMessages: 60, next };
  const { line, parameters } = begin(far);
  const listed = await line.until(parameters.list());
  t.ok(listed.ok && listed.parameters.size === 120 && listed.parameters.has('N_0') && !listed.parameters.has('P_0'));
});

t.test('silence has an end', async (t) => {
  const { line, parameters } = begin(new FarParameters(100), { lossPct: 100 });
  t.match(await line.until(parameters.list()), { ok: false, code: 'no-answer', got: 0, count: 0 });
  t.match(await line.until(parameters.ask(['P_1'])), { ok: false, code: 'no-answer' });
  t.match(await line.until(parameters.set('P_1', 5)), { ok: false, code: 'no-answer' });
  t.ok(line.sent.length < 50, 'and few words');
});

t.test('read by name; of several names the one that is there', async (t) => {
  const far = new FarParameters(10);
  far.add({ name: 'SYSID_MYGCS', value: 255, type: MavParamType.INT16 });
  const { line, parameters } = begin(far);
  t.strictSame(await line.until(parameters.read('P_3')), { name: 'P_3', value: 1, type: 9 });
  t.match(await line.until(parameters.readAny(['MAV_GCS_SYSID', 'SYSID_MYGCS'])), { name: 'SYSID_MYGCS', value: 255 });
});

t.test('no such parameter: known within a second and a half, though the autopilot is silent about it', async (t) => {
  const { line, parameters } = begin(new FarParameters(10));
  t.strictSame(await line.until(parameters.ask(['NO_SUCH'])), { ok: false, code: 'no-such-parameter' });
  t.ok(line.nowMs <= 1_500, `${line.nowMs} ms`);
  t.equal(await line.until(parameters.read('NO_SUCH')), null);
  t.strictSame(await line.until(parameters.ask(['A_NAME_THAT_IS_TOO_LONG'])), { ok: false, code: 'no-such-parameter' });
});

t.test('an autopilot that says so is believed at once', async (t) => {
  const { line, parameters } = begin(new FarParameters(10));
  const asked = parameters.ask(['A', 'B']);
  const say = (text: string): void =>
    parameters.take(messageOf('STATUSTEXT', { severity: 6, text, id: 0, chunk_seq: 0 }), line.nowMs);
  say('unknown param: OTHER');
  say('[pm] unknown param: A');
  t.equal(parameters.isBusy, true, 'B may still be there');
  say('unknown param: B');
  t.strictSame(await asked, { ok: false, code: 'no-such-parameter' });
});

t.test(`over a poor line nothing that exists is called missing, 300 reads from SEED=${SEED}`, async (t) => {
  const { line, parameters } = begin(new FarParameters(30), { lossPct: 5, reorderPct: 5 });
  for (let index = 0; index < 300; index++) {
    const read = await line.until(parameters.ask([`P_${index % 30}`]));
    if (!read.ok) t.fail(`SEED=${SEED} read ${index}: ${read.code}`);
  }
});

t.test('set: written, read back, the value before told', async (t) => {
  const far = new FarParameters(10);
  const { line, parameters } = begin(far);
  const set = await line.until(parameters.set('P_3', 0.1));
  t.strictSame(set, { ok: true, before: 1, after: Math.fround(0.1), type: 9 });
  t.equal(far.writes, 1);
  t.strictSame(await line.until(parameters.set('P_3', 0.1)), { ...set, before: Math.fround(0.1) }, 'already so');
  t.equal(far.writes, 1, 'and nothing written for it');
});

t.test('set: what is not taken is said with the value it kept', async (t) => {
  const far = new FarParameters(10);
  far.add({ name: 'KEPT', value: 4, type: MavParamType.INT8, readOnly: true });
  const { line, parameters } = begin(far);
  t.strictSame(await line.until(parameters.set('KEPT', 5)), { ok: false, code: 'not-taken', before: 4, after: 4 });
});

t.test('set: nothing is sent for a value that its type cannot hold, or for what wipes an autopilot', async (t) => {
  const far = new FarParameters(10);
  far.add({ name: 'SMALL', value: 4, type: MavParamType.INT8 });
  far.add({ name: 'FORMAT_VERSION', value: 120, type: MavParamType.INT16 });
  const { line, parameters } = begin(far);
  t.strictSame(await line.until(parameters.set('SMALL', 300)), { ok: false, code: 'bad-value', before: 4 });
  t.strictSame(await line.until(parameters.set('SMALL', 1.5)), { ok: false, code: 'bad-value', before: 4 });
  t.strictSame(await line.until(parameters.set('FORMAT_VERSION', 1)), { ok: false, code: 'bad-value', before: 120 });
  t.strictSame(await line.until(parameters.set('NO_SUCH', 1)), { ok: false, code: 'no-such-parameter' });
  t.notOk(line.names().includes('PARAM_SET'));
});

t.test(`set over a poor line is true whatever it says, 200 from SEED=${SEED}`, async (t) => {
  const far = new FarParameters(10);
  // In order: a write that the network doubles and delivers late undoes a later one, and nobody can tell.
  const { line, parameters } = begin(far, { lossPct: 5, duplicatePct: 3 });
  let failed = 0;
  for (let index = 0; index < 200; index++) {
    const set = await line.until(parameters.set('P_5', index));
    if (set.ok && far.all[5]?.value !== index) t.fail(`SEED=${SEED} set ${index}: said ok, has ${far.all[5]?.value}`);
    if (!set.ok) failed++;
  }
  t.ok(failed <= 2, `${failed} gave up`);
});

t.test('one after the other; an abort, a closed link and close() settle everybody', async (t) => {
  const { line, parameters } = begin(new FarParameters(10));
  const both = Promise.all([parameters.read('P_1'), parameters.read('P_2')]);
  t.equal(line.sent.length, 2, 'the second waits its turn');
  t.match(await line.until(both), [{ name: 'P_1' }, { name: 'P_2' }]);
  const abort = new AbortController();
  const aborted = parameters.set('NO_SUCH', 1, { signal: abort.signal });
  abort.abort();
  t.match(await aborted, { ok: false, code: 'aborted' });
  const cut = parameters.ask(['NO_SUCH']);
  line.isOpen = false;
  t.match(await line.until(cut), { ok: false, code: 'no-link' });
  t.match(await parameters.ask(['P_1']), { ok: false, code: 'no-link' });
  line.isOpen = true;
  const closed = Promise.all([parameters.list(), parameters.read('P_1')]);
  parameters.close();
  t.match(await closed, [{ ok: false, code: 'aborted' }, null]);
  t.equal(parameters.isBusy, false);
});

t.test('more callers than the queue holds are turned away and counted', async (t) => {
  const { parameters } = begin(new FarParameters(1));
  const all = Array.from({ length: 80 }, () => parameters.ask(['P_0']));
  t.match(await all[79], { ok: false, code: 'too-many' });
  t.equal(parameters.counters.turnedAway, 15);
  parameters.close();
  await Promise.all(all);
});
