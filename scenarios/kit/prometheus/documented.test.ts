/** docs/metrics.md is what people build dashboards and alerts on: it holds every metric there is, and no other. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { readDocumented, rowOf } from './documented.ts';
import { readExposition } from './exposition.ts';
import { offeredByAgent, offeredByController } from './offered.ts';

const documented = readDocumented(readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8'));
/** Of Node's own metrics some labels are there only once something has happened, e.g. a garbage collection. */
const isOurs = (name: string): boolean => name.startsWith('skein_');

t.test('every metric of controller and agent stands in docs/metrics.md, as it is, and no other', async (t) => {
  const offered = [...(await offeredByController()), ...(await offeredByAgent())];
  t.ok(offered.length > 400, 'both answered');
  const byName = new Map(documented.map((one) => [one.name, one]));
  t.equal(byName.size, documented.length, 'none stands there twice');
  const missing = offered.filter(({ name }) => !byName.has(name)).map((one) => rowOf(one));
  t.same(missing, [], 'rows to write');
  const names = new Set(offered.map(({ name }) => name));
  t.same(
    documented.map(({ name }) => name).filter((name) => !names.has(name)),
    [],
    'rows to take out',
  );
  for (const { name, type, help, labels } of offered) {
    const row = byName.get(name);
    if (row === undefined) continue;
    const asSaid = { name, type, help, labels: isOurs(name) ? labels : row.labels };
    const { unit, advice, ...is } = row;
    t.same(is, asSaid, `write: ${rowOf(asSaid, unit, advice)}`);
    if (labels.some((label) => !row.labels.includes(label))) t.fail(`${name} has labels ${labels.join(', ')}`);
  }
});

t.test('a drone is never a label, and each of ours says what it counts', async (t) => {
  for (const { name, help, labels, unit, advice } of documented) {
    if (labels.includes('drone')) t.fail(`${name}: no drone is a label`);
    if (help.length < 8 || unit === '…' || advice === '…') t.fail(`${name}: write unit, words and what to do`);
    if (isOurs(name) && /^\w+: \w+$/.test(help)) t.fail(`${name}: it needs words (agent/status/metric-words.ts)`);
  }
});

t.test('the text of Prometheus is read as it is written', async (t) => {
  const text = [
    '# HELP a_total how many',
    '# TYPE a_total counter',
    'a_total{kind="x,\\"y",zone="b"} 1',
    '# HELP b how long',
    '# TYPE b histogram',
    'b_bucket{le="0.1",way="up"} 1',
    'b_sum{way="up"} 1',
    'b_count{way="up"} 1',
    '',
  ].join('\n');
  t.same(readExposition(text), [
    { name: 'a_total', type: 'counter', help: 'how many', labels: ['kind', 'zone'] },
    { name: 'b', type: 'histogram', help: 'how long', labels: ['way'] },
  ]);
});
