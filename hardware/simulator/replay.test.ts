/**
 * A recorded conversation with a real ArduCopter 4.7-dev, held against the simulator: what was said to the real one is said to it at the
 * same moments, and its answers, texts, heartbeats and announcements must be the same in the same order. Free are times, measured values,
 * and what is listed in `notCovered`.
 */
import { readFileSync } from 'node:fs';
import { encode, type FieldsIn, type MessageName } from '@skein/protocol/mavlink';
import t from 'tap';
import { Station } from './testing/station.ts';

interface Line {
  /** Its number in the file, from 0. */
  readonly at: number;
  /** Since the real one's power-on, ms. */
  readonly ms: number;
  readonly out: boolean;
  readonly name: MessageName;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The recording began this much before the power-on, ms. */
const BEFORE_POWER_MS = 118;
/** What the real one was given once its flight was under way: none of it depends on where exactly it then was. */
const LAST_TEXT = 'Mission: 14 WP';

/** 64-bit integers and numbers that JSON has not are strings in the file. */
const revived = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(revived);
  if (value === 'NaN') return Number.NaN;
  return typeof value === 'string' && /^-?[0-9]+$/.test(value) ? BigInt(value) : value;
};

function read(): readonly Line[] {
  const text = readFileSync(new URL('testdata/dialogue.jsonl', import.meta.url), 'utf8');
  const rows = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { t: number; dir: string; name: MessageName; fields: Record<string, unknown> });
  const first = rows[0]?.t ?? 0;
  return rows.map(({ t: at, dir, name, fields }, index) => ({
    at: index,
    ms: (at - first) / 1_000 - BEFORE_POWER_MS,
    out: dir === 'to-autopilot',
    name,
    fields: Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, revived(value)])),
  }));
}

const lines = read();

/** What is left out of the comparison, and why; a line that nothing here names must be matched. */
const notCovered: Readonly<Record<string, (line: Line) => boolean>> = {
  'counted by its own clock, at moments that drift': ({ fields }) => /^STAT_/.test(String(fields.param_id)),
  'part of the parameter list, compared by itself': ({ name, fields }) =>
    name === 'PARAM_VALUE' && fields.param_index !== 65_535,
  'repeated by an interval, as asked for': ({ name }) => name === 'AUTOPILOT_VERSION' || name === 'HOME_POSITION',
};

const compared = lines.filter((line) => !line.out && !Object.values(notCovered).some((leaves) => leaves(line)));

/** An item was sent when it was asked for, within the same millisecond of the recording. */
function untilAsked(station: Station, seq: unknown): void {
  const asked = (): boolean => station.of('MISSION_REQUEST').some((one) => one.fields.seq === seq);
  for (let waited = 0; waited < 100 && !asked(); waited += 1) station.pass(0.001);
}

/** Says to the simulator what was said to the real one, and gives what it said. */
function replay(): Station {
  const home = { latE7: 436_155_000, lonE7: 70_719_000, altM: 10.1 };
  const station = new Station({ start: 'cold', seed: 1, home });
  let seq = 0;
  for (const { out, ms, name, fields } of lines) {
    if (!out) continue;
    if (ms > 0) station.simulator.advanceTo(Math.max(ms, station.simulator.nowMs));
    if (name === 'MISSION_ITEM_INT') untilAsked(station, fields.seq);
    const from = { sysid: 255, compid: 190, seq: seq++ & 255 };
    // The fields stand in the file as the real one was given them.
    station.port.receive(encode(name, fields as FieldsIn<MessageName>, from));
  }
  for (let s = 0; s < 300 && !station.texts.includes(LAST_TEXT); s += 1) station.pass(1);
  return station;
}

const station = replay();

interface Told {
  readonly name: MessageName;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The decoded fields are seen here only by name, as the file has them. */
const mine = (name: MessageName): readonly Told[] =>
  station.heard.flatMap((one) => (one.name === name ? [{ name, fields: { ...one.fields } }] : []));
const theirs = (name: MessageName): readonly Told[] => compared.filter((line) => line.name === name);

const withoutRepeats = (told: readonly string[]): readonly string[] => told.filter((one, at) => one !== told[at - 1]);

t.test('every command is acknowledged the same', async (t) => {
  const shape = ({ fields }: Told): string => JSON.stringify(fields);
  t.same(mine('COMMAND_ACK').map(shape), theirs('COMMAND_ACK').map(shape));
  t.ok(theirs('COMMAND_ACK').length > 50);
});

t.test('it says the same, in the same order', async (t) => {
  const words = ({ fields }: Told): string =>
    `${fields.severity} ${String(fields.text)
      .replace(/V4\.7\.0-dev \([0-9a-z]+\)$/, '(version)')
      .replace(/^[0-9a-f]{32}$/, '(board)')
      .replace(/^Frame: .*/, 'Frame: (kind)')}`;
  const said = mine('STATUSTEXT').map(words);
  t.same(said.slice(0, said.indexOf(`6 ${LAST_TEXT}`) + 1), theirs('STATUSTEXT').map(words));
});

t.test('heartbeats go through the same states', async (t) => {
  const shape = ({ fields: { base_mode, custom_mode, system_status, type, autopilot } }: Told): string =>
    `${type} ${autopilot} ${base_mode}/${custom_mode}/${system_status}`;
  t.same(withoutRepeats(mine('HEARTBEAT').map(shape)), withoutRepeats(theirs('HEARTBEAT').map(shape)));
});

t.test('parameters announced by themselves and in answer: names, types, count, index', async (t) => {
  const alone = ({ fields }: Told): boolean => fields.param_index === 65_535 && !/^STAT_/.test(String(fields.param_id));
  const shape = ({ fields: { param_id, param_type, param_count } }: Told): string =>
    `${param_id} ${param_type} ${param_count}`;
  t.same(mine('PARAM_VALUE').filter(alone).map(shape), theirs('PARAM_VALUE').filter(alone).map(shape));
});

t.test('the parameter list ends with the same rows', async (t) => {
  const listed = lines.filter(({ name, fields }) => name === 'PARAM_VALUE' && fields.param_index !== 65_535);
  const mineListed = mine('PARAM_VALUE').filter(({ fields }) => fields.param_index !== 65_535);
  const shape = ({ fields: { param_id, param_type, param_count, param_index, param_value } }: Told): string =>
    `${param_index}/${param_count} ${param_id} ${param_type} ${param_value}`;
  t.equal(mineListed.length, 1_349);
  t.same(mineListed.slice(-listed.length).map(shape), listed.map(shape));
});

t.test('the upload of a mission: what it asks for, and its answer', async (t) => {
  const shape = ({ fields: { seq, type, mission_type, target_system, target_component } }: Told): string =>
    [seq, type, mission_type, target_system, target_component].join(' ');
  t.same(mine('MISSION_REQUEST').map(shape), theirs('MISSION_REQUEST').map(shape));
  t.same(mine('MISSION_ACK').map(shape), theirs('MISSION_ACK').map(shape));
});

t.test('items reached, length of the list, origin, time', async (t) => {
  const count = ({ fields }: Told): unknown => fields.count;
  t.same(mine('MISSION_COUNT').map(count), theirs('MISSION_COUNT').map(count));
  const seq = ({ fields }: Told): string => String(fields.seq);
  const reached = withoutRepeats(mine('MISSION_ITEM_REACHED').map(seq));
  t.same(
    reached.slice(0, theirs('MISSION_ITEM_REACHED').length),
    withoutRepeats(theirs('MISSION_ITEM_REACHED').map(seq)),
  );
  t.equal(mine('GPS_GLOBAL_ORIGIN').length, theirs('GPS_GLOBAL_ORIGIN').length);
  t.ok(Math.abs(mine('TIMESYNC').length - theirs('TIMESYNC').length) <= 4);
  t.ok(mine('TIMESYNC').every(({ fields }) => fields.tc1 === 0n));
});

/** Within so many ms is one moment: a step of the simulator is many of a real one. */
const MOMENT_MS = 20;

/** Where a mission had come to, moment by moment: of one moment what was reached, then what was said. A repeat is not told again. */
function progress(told: readonly (Told & { readonly atMs: number })[]): readonly string[] {
  const moments: { readonly atMs: number; readonly reached: string[]; readonly said: string[] }[] = [];
  let last: unknown = null;
  for (const { name, fields, atMs } of told) {
    const text = name === 'STATUSTEXT' && /^(Mission: |Reached )/.test(String(fields.text));
    if (!text && name !== 'MISSION_ITEM_REACHED') continue;
    const before = moments.at(-1);
    const moment = before !== undefined && atMs - before.atMs < MOMENT_MS ? before : { atMs, reached: [], said: [] };
    if (moment !== before) moments.push(moment);
    if (text) moment.said.push(String(fields.text));
    else if (fields.seq !== last) moment.reached.push(`reached ${fields.seq}`);
    if (!text) last = fields.seq;
  }
  return moments.flatMap(({ reached, said }) => [...reached, ...said]);
}

t.test(
  'a mission goes on item by item the same: what is reached, said, begun, in one moment and in the next',
  async (t) => {
    const ours = station.heard.map(({ name, fields, atMs }) => ({ name, fields: { ...fields }, atMs }));
    const real = compared.map(({ name, fields, ms }) => ({ name, fields, atMs: ms }));
    const expected = progress(real);
    t.ok(expected.length > 30);
    // The first item is told before anything was reached; 65535 stands for that.
    t.same(progress(ours).slice(0, expected.length), expected);
  },
);

t.test('nothing is left out silently', async (t) => {
  const handled = new Set([
    'COMMAND_ACK',
    'STATUSTEXT',
    'HEARTBEAT',
    'PARAM_VALUE',
    'MISSION_ITEM_REACHED',
    'GPS_GLOBAL_ORIGIN',
    'TIMESYNC',
    'MISSION_COUNT',
    'MISSION_REQUEST',
    'MISSION_ACK',
  ]);
  t.same(
    compared.filter(({ name }) => !handled.has(name)).map(({ at, name }) => `${at} ${name}`),
    [],
  );
  for (const [why, leaves] of Object.entries(notCovered)) {
    t.comment(`not compared, ${why}: ${lines.filter((line) => !line.out && leaves(line)).length} lines`);
  }
});
