import t from 'tap';
import { newKey, type SendPorts } from '../shell/ask.ts';
import { tidyName } from './operator.ts';
import { type CommandBody, postCommand } from './send.ts';
import { readUnseen } from './unseen.ts';

const body: CommandBody = { targets: ['d1'], type: 'hold', params: {}, issuedBy: 'Ann' };
const COMMAND = { id: '01JDABCDEFGHJKMNPQRSTVWXYZ', type: 'hold', deliveries: [] };

/** Answers in turn; a number is a pause in which nothing comes back. */
function ports(...answers: (Response | 'silence')[]) {
  const keys: (string | null)[] = [];
  let nowMs = 0;
  const made: SendPorts = {
    fetch: async (_input, init) => {
      keys.push(new Headers(init?.headers).get('idempotency-key'));
      nowMs += 100;
      const next = answers.shift() ?? 'silence';
      if (next === 'silence') throw new TypeError('failed to fetch');
      return next;
    },
    monoMs: () => nowMs,
    wait: async (ms) => {
      nowMs += ms;
    },
  };
  return { keys, ports: made };
}

const problem = (status: number, fields: object): Response =>
  new Response(JSON.stringify(fields), { status, headers: { 'content-type': 'application/problem+json' } });

t.test('silence: asked again under the same key', async (t) => {
  const { keys, ports: p } = ports('silence', problem(503, { title: 'Busy' }), Response.json(COMMAND, { status: 201 }));
  t.match(await postCommand(body, 'k1', p), { ok: true, value: { id: COMMAND.id } });
  t.same(keys, ['k1', 'k1', 'k1']);
});

t.test('silence for too long: told as open, and bounded', async (t) => {
  const { keys, ports: p } = ports();
  t.match(await postCommand(body, 'k1', p), { ok: false, trouble: { open: true, words: /did not answer/ } });
  t.ok(keys.length < 8);
});

t.test('a refusal is an answer: in words, and not asked again', async (t) => {
  const { keys, ports: p } = ports(
    problem(400, { code: 'bad-params', title: 'These do not fit', detail: 'goto/latDeg' }),
  );
  t.match(await postCommand(body, 'k1', p), {
    ok: false,
    trouble: { code: 'bad-params', words: 'These do not fit: goto/latDeg.', open: false },
  });
  t.equal(keys.length, 1);
});

t.test('something that is no command', async (t) => {
  t.match(await postCommand(body, 'k1', ports(new Response('<html>')).ports), { ok: false, trouble: { open: true } });
});

t.test('keys', async (t) => {
  t.match(newKey(), /^[0-9a-f]{6}-[0-9a-f]{32}$/);
  t.not(newKey(), newKey());
});

t.test('names, and what a browser kept', async (t) => {
  t.equal(tidyName('  Ann \n Viewer\u0007 '), 'Ann Viewer');
  t.equal(tidyName(' \t'), null);
  t.equal(tidyName('x'.repeat(100))?.length, 64);
  t.same(readUnseen([{ id: 'a', type: 'hold', drone: 'd1' }, { id: 'b', type: 'ping' }, null, 1, { id: 2 }]), [
    { id: 'a', type: 'hold', drone: 'd1' },
    { id: 'b', type: 'ping', drone: null },
  ]);
  t.same(readUnseen('x'), []);
});
