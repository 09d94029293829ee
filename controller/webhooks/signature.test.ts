import { createHmac } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { readSecrets, signatureHeaders } from './signature.ts';

const DOCS = path.join(import.meta.dirname, '..', '..', 'docs', 'events.md');

t.test('the worked example of the docs is what is sent', (t) => {
  const text = fs.readFileSync(DOCS, 'utf8');
  const value = (name: string): string => new RegExp(`^    ${name}: (.*)$`, 'm').exec(text)?.[1] ?? `no ${name}`;
  const read = readSecrets(value('secret'));
  if (!read.ok) throw new Error(read.reason);
  const [id, timestampS] = [value('webhook-id'), Number(value('webhook-timestamp'))];
  const headers = signatureHeaders({ secrets: read.secrets, id, timestampS, body: value('body') });
  t.equal(headers['webhook-signature'], value('webhook-signature'));
  t.match(JSON.parse(value('body')), { cursor: id });
  t.end();
});

t.test('a signature is over id, time and body; while two secrets are there it is made with both', (t) => {
  const secrets = [Buffer.alloc(32, 1), Buffer.alloc(24, 2)];
  const { 'webhook-signature': both } = signatureHeaders({ secrets, id: 'i', timestampS: 5, body: '{}' });
  const made = secrets.map((secret) => `v1,${createHmac('sha256', secret).update('i.5.{}').digest('base64')}`);
  t.equal(both, made.join(' '));
  t.end();
});

t.test('a secret that is none is refused, and nothing of it is shown', (t) => {
  const good = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  t.match(readSecrets(`# for the shop\n${good}\n`), { ok: true, secrets: [Buffer.alloc(32, 7)] });
  t.match(readSecrets(`${good}\n${good}\n`), { ok: true });
  for (const wrong of [
    '',
    'hunter2',
    'whsec_aHVudGVyMg==',
    `whsec_hunter2!${good.slice(6)}`,
    `${good}\n${good}\n${good}`,
  ]) {
    const read = readSecrets(wrong);
    t.equal(read.ok, false);
    t.notMatch(JSON.stringify(read), /hunter2|aHVudGVyMg|BwcH/, wrong);
  }
  t.end();
});
