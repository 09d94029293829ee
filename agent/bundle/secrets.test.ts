import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { Secrets, secretOf } from './secrets.ts';

t.test('a secret is hidden in each form it may stand in, and what addresses carry', async (t) => {
  const secrets = new Secrets(['pass "word"/ä', '', 'hush', 'hush hush']);
  for (const line of [
    'password pass "word"/ä end',
    `in JSON ${JSON.stringify({ password: 'pass "word"/ä' })}`,
    `in an address ${encodeURIComponent('pass "word"/ä')}`,
    'hush hush, hush',
    'mqtt://kite-1:anything@fleet:1883/x and "wss://token@host"',
  ]) {
    const hidden = secrets.hide(line);
    t.notMatch(hidden, /word\\?"\/|hush|anything|token|%2F/, hidden);
    t.match(hidden, '…');
  }
  t.equal(secrets.hide('tcp://127.0.0.1:5760, mail a@b'), 'tcp://127.0.0.1:5760, mail a@b');
  t.same(secretOf('mqtt://kite:p%40ss@host'), ['p%40ss', 'p@ss']);
  t.same([...secretOf('tcp://host:1'), ...secretOf('no address')], []);
});

t.test('in a file, wherever a chunk ends', async (t) => {
  const secrets = new Secrets(['sesame']);
  const lines = 'open sesame\nzürich sesame\nno end sesame';
  const bytes = Buffer.from(lines);
  for (let size = 1; size < bytes.length; size++) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    );
    t.equal(await text(Readable.from(chunks).pipe(secrets.hiding())), 'open …\nzürich …\nno end …', `${size}`);
  }
});
