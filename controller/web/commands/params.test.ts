import { COMMANDS } from '@skein/protocol/fleet';
import t from 'tap';
import { Compile } from 'typebox/compile';
import type { Deliberate } from './interlocks.ts';
import { makeParams, needsAdmin, numberOf } from './params.ts';
import { standing } from './testing/situation.ts';

const s = standing();

t.test('what is made fits the schema of the command', async (t) => {
  const filled: Readonly<Record<Deliberate, Readonly<Record<string, unknown>>>> = {
    reboot: { target: 'companion' },
    arm: { clear: true, takeOver: true },
    disarm: {},
    start: { clear: true },
    skip: {},
    abort: { takeOver: true },
    resume: { takeControl: true },
    goto: { latDeg: '43.7', lonDeg: 7.2, altRelM: '30' },
    'set-parameter': { name: 'angle_max', value: '3000' },
    'fetch-log': {},
    lock: { reason: ' propeller ' },
    unlock: { reason: 'done' },
    ping: {},
  };
  for (const [type, given] of Object.entries(filled)) {
    const made = makeParams(type as Deliberate, given, s);
    if (!made.ok) {
      t.fail(`${type}: ${made.words}`);
      continue;
    }
    const schema = COMMANDS[type as Deliberate].params;
    t.ok(Compile(schema).Check(made.params), `${type} ${JSON.stringify(made.params)}`);
    t.same(
      Object.keys(made.params).filter((name) => !(name in schema.properties)),
      [],
      'no stranger among them',
    );
  }
});

t.test('a reboot names what it ends', async (t) => {
  t.same(makeParams('reboot', {}, s), { ok: true, params: { target: 'autopilot', ifBoot: 'a1b2c3d4' } });
  t.same(makeParams('reboot', { target: 'companion' }, s, true), {
    ok: true,
    params: { target: 'companion', ifBoot: 'kernel-boot', force: true },
  });
  t.same(makeParams('reboot', { target: 'agent' }, s), {
    ok: true,
    params: { target: 'agent', ifSession: 'ab12cd34' },
  });
});

t.test('what is missing is said', async (t) => {
  t.match(makeParams('goto', { altRelM: 20 }, s), { ok: false, words: /map/ });
  t.match(makeParams('goto', { latDeg: 1, lonDeg: 1, altRelM: '2000' }, s), { ok: false, words: /1 to 1000/ });
  t.match(makeParams('set-parameter', { name: 'X Y', value: 1 }, s), { ok: false, words: /name/ });
  t.match(makeParams('set-parameter', { name: 'XY', value: 'abc' }, s), { ok: false, words: /number/ });
  t.match(makeParams('lock', { reason: ' ' }, s), { ok: false });
  t.match(makeParams('arm', {}, s), { ok: false });
  t.match(makeParams('fetch-log', { log: '1.5' }, s), { ok: false });
});

t.test('numbers as people type them', async (t) => {
  t.equal(numberOf(' 3,5 '), 3.5);
  t.equal(numberOf('-1e3'), -1000);
  for (const text of ['', 'abc', '1 2', '0x10', 'Infinity', null]) t.equal(numberOf(text), null, String(text));
});

t.test('parameters that guard safety', async (t) => {
  t.ok(needsAdmin('fs_gcs_enable'));
  t.notOk(needsAdmin('ANGLE_MAX'));
});
