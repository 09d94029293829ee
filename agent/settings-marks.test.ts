import { resolveConfig } from '@skein/protocol/config';
import t from 'tap';
import { AgentConfig } from './config.ts';
import { differingOf, marksOf } from './settings-marks.ts';

const KEY = '00112233445566778899aabbccddeeff';
const FILE = { drone: 'kite-1', uplink: { username: 'kite-1', password: 'old' } };

function from(file: object, o: { readonly env?: Record<string, string>; readonly flags?: readonly string[] } = {}) {
  const resolved = resolveConfig(AgentConfig, { file, env: {}, ...o });
  if (!resolved.ok) throw new Error(resolved.problems.join('; '));
  return resolved;
}

type Side = ReturnType<typeof from>;
const differing = (agent: Side, asks: Side): readonly string[] | null => {
  const marks = marksOf(asks.config, asks.sources, KEY);
  return differingOf(agent.config, agent.sources, JSON.parse(JSON.stringify({ key: KEY, marks })));
};

t.test('each setting that the file has otherwise now is named: a password, the line, a name', (t) => {
  const agent = from(FILE);
  t.same(differing(agent, from(FILE)), []);
  t.same(differing(agent, from({ ...FILE, uplink: { ...FILE.uplink, password: 'new' } })), ['uplink.password']);
  t.same(differing(agent, from({ drone: 'kite-1', uplink: { username: 'kite-1' } })), ['uplink.password']);
  t.same(differing(agent, from({ ...FILE, link: { url: 'udpin://0.0.0.0:14550' } })), ['link.url']);
  const other = { drone: 'kite-2', uplink: { username: 'kite-2', password: 'old' } };
  t.same(differing(agent, from(other)), ['drone', 'uplink.username']);
  t.same(differing(agent, from({ ...FILE, station: ['udpin://0.0.0.0:14551'] })), ['station']);
  t.end();
});

t.test('what is given beside the file, to either, was not changed in it', (t) => {
  const env = { SKEIN_UPLINK_PASSWORD: 'given' };
  t.same(differing(from(FILE, { env }), from(FILE)), []);
  t.same(differing(from(FILE), from(FILE, { flags: ['--dataDir=/tmp/x'] })), []);
  t.end();
});

t.test('nothing of a value is in a mark; what is no question is none', (t) => {
  const { config, sources } = from(FILE);
  const marks = marksOf(config, sources, KEY);
  t.match(marks['uplink.password'], /^[0-9a-f]{64}$/);
  t.not(marks['uplink.password'], marksOf(config, sources, `${KEY}0`)['uplink.password'], 'another key, another mark');
  for (const body of [undefined, null, 'x', {}, { key: 1, marks: {} }, { key: KEY, marks: null }])
    t.equal(differingOf(config, sources, body), null);
  t.same(differingOf(config, sources, { key: KEY, marks: { 'of a later version': 'x' } }), []);
  t.end();
});
