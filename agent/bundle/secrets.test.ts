import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import t from 'tap';
import { Secrets, secretOf, secretsAround, secretsIn } from './secrets.ts';

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
  t.same(secretOf('mqtt://kite:50%@host'), ['50%', '50%'], 'no code of an address, and a password all the same');
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

t.test('what looks like a secret is hidden, whoever wrote it, and JSON stays JSON', async (t) => {
  const secrets = new Secrets([]);
  const key = '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIhunter2\nAwEHoUQDQg\n-----END EC PRIVATE KEY-----';
  for (const line of [
    'password=hunter2, tries 3',
    'uplink.password = "hunter2 with \\" words"',
    'GET /x?access_token=hunter2&n=1',
    'Authorization: Bearer aGh1bnRlcjIhunter2',
    'wifi psk: hunter2',
    key,
    JSON.stringify({ level: 30, msg: key }),
    JSON.stringify({ level: 30, token: 'hunter2', msg: 'x' }),
    JSON.stringify({ level: 30, apiKey: 12_345_678, msg: JSON.stringify({ secret: 'hunter2 "and" more' }) }),
    `${key.slice(0, 60)}`,
    "connect failed: { username: 'kite', password: 'hunter2 \\'and\\' more', host: 'fleet' }",
    "wifi.psk='hunter2'",
    '{"level":30,"password":"hunter2 with mo',
    'PASSWORD=[hunter2(more)',
    JSON.stringify({ level: 30, secret: [12345678, 1], msg: 'x' }),
    JSON.stringify({ level: 30, msg: "password: 'hunter2" }),
    JSON.stringify({ level: 30, token: { password: 'hunter2' } }),
  ]) {
    const hidden = secrets.hide(line);
    t.notMatch(hidden, /hunter2|12345678|MHc|more/, hidden);
    t.match(hidden, '…');
    if (/^\{.*\}$/.test(line)) t.type(JSON.parse(hidden), Object, hidden);
  }
  for (const line of [
    '{"tokens":3,"compass":"ok","pass":true}',
    'Basic settings, passed: 4',
    'secretary: none',
    '{"authorization":null,"msg":"no token: "}',
  ])
    t.equal(secrets.hide(line), line);
});

t.test('a key over many lines and chunks of a file', async (t) => {
  const lines = `before\n-----BEGIN PRIVATE KEY-----\n${'MIGHAgEAMBMGByqG\n'.repeat(20)}-----END PRIVATE KEY-----\nafter\n`;
  const bytes = Buffer.from(lines);
  for (const size of [1, 7, 64, 5_000]) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    );
    t.equal(await text(Readable.from(chunks).pipe(new Secrets([]).hiding())), 'before\n…\nafter\n', `${size}`);
  }
  const endless = Readable.from([Buffer.from('x\n-----BEGIN PRIVATE KEY-----\nMIGH\n')]);
  t.equal(await text(endless.pipe(new Secrets([]).hiding())), 'x\n…');
  const cut = `x\n-----BEGIN PRIVATE KEY-----\nMIGH\n${'a line of the log\n'.repeat(5_000)}the last\n`;
  for (const size of [1_000, 64_000]) {
    const chunks = Array.from({ length: Math.ceil(cut.length / size) }, (_, i) =>
      Buffer.from(cut.slice(i * size, (i + 1) * size)),
    );
    const hidden = await text(Readable.from(chunks).pipe(new Secrets([]).hiding()));
    t.match(hidden, /^x\n….*\n(a line of the log\n)+the last\n$/);
    t.ok(hidden.length > cut.length - 20_000, 'what follows it is there');
  }
});

t.test('in a recording it is written over, wherever a chunk ends, and told', async (t) => {
  const bytes = Buffer.from('\0\x01sesame\xfd\0sesame, abcd', 'latin1');
  const wanted = Buffer.from('\0\x01******\xfd\0******, abcd', 'latin1');
  for (let size = 1; size <= bytes.length; size++) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      Buffer.from(bytes.subarray(i * size, (i + 1) * size)),
    );
    let found = 0;
    const covered = Readable.from(chunks).pipe(new Secrets(['sesame', 'abcd']).covering((times) => (found = times)));
    t.same(await buffer(covered), wanted, `${size}`);
    t.equal(found, 2);
  }
  t.ok(new Secrets(['sesame', 'abcd']).someAreShort);
  t.notOk(new Secrets(['sesame', '']).someAreShort);
});

t.test('secrets that only the environment or a running agent knows', async (t) => {
  const env = {
    MQTT_PASSWORD: 'hunter2',
    GITHUB_TOKEN: 'ghp_abc',
    TOKEN_FILE: 'x12345',
    TLS_PRIVATE_KEY: '/etc/k.pem',
    REQUIRE_PASSWORD: 'false',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtn',
    PATH: '/bin',
  };
  t.same(secretsAround(env), ['hunter2', 'ghp_abc', 'wJalrXUtn']);
  t.same(secretsIn('url = "mqtts://kite:p%40ss@fleet:8883"'), ['p%40ss', 'p@ss']);
});
