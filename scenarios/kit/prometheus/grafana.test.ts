/** Dashboards and alert rules ask for metrics and labels that exist (docs/metrics.md, which documented.test.ts holds to the programs). */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { parse } from 'yaml';
import { readDocumented } from './documented.ts';
import { readExpression } from './expression.ts';

const docs = new URL('../../../docs/', import.meta.url);
const folder = new URL('grafana/', docs);
const markdown = readFileSync(new URL('metrics.md', docs), 'utf8');
const known = new Map(readDocumented(markdown).map((one) => [one.name, one]));

/** Not ours: `up` is Prometheus' own, the other the textfile collector's, by which an agent's silence is told. */
const OTHERS: Readonly<Record<string, readonly string[]>> = { up: [], node_textfile_mtime_seconds: ['file'] };
/** Put to every series by who scrapes it. */
const SCRAPE = ['instance', 'job'];

/** What is wrong with an expression; Grafana's variables are put in first. */
function against(expression: string): string[] {
  const plain = expression.replace(/\$__(rate_interval|range)/g, '5m');
  const { errors, series, labels } = readExpression(plain);
  const allowed = new Set(SCRAPE);
  const wrong = errors.map((error) => `cannot be read ${error}`);
  if (series.length === 0 && errors.length === 0) wrong.push('asks for no metric');
  for (const name of series) {
    const base = known.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
    const metric = known.get(base);
    if (metric === undefined && OTHERS[name] === undefined) wrong.push(`there is no ${name}`);
    if (metric?.type === 'histogram' && base === name) wrong.push(`${name} is a histogram: _bucket, _sum or _count`);
    if (metric !== undefined && metric.type !== 'histogram' && base !== name) wrong.push(`there is no ${name}`);
    if (name.endsWith('_bucket')) allowed.add('le');
    for (const label of metric?.labels ?? OTHERS[name] ?? []) allowed.add(label);
    // A counter as it stands says how long its program has run, not what happens.
    const isCounted = new RegExp(`(rate|increase)\\(${name}\\b`).test(plain);
    if (metric?.type === 'counter' && !isCounted) wrong.push(`${name} is a counter: rate() or increase()`);
  }
  for (const label of labels) if (!allowed.has(label)) wrong.push(`no label ${label} there`);
  return wrong;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}
interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
  readonly panels: readonly Panel[];
}
interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What promtool is told. */
interface Story {
  readonly tests: readonly [
    {
      readonly input_series: readonly { readonly series: string }[];
      readonly promql_expr_test: readonly { readonly exp_samples: readonly { readonly labels: string }[] }[];
    },
  ];
}

const boards = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Dashboard] as const);
const { groups } = parse(readFileSync(new URL('alerts.yaml', folder), 'utf8')) as {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);

t.test('what is wrong with an expression is noticed', async (t) => {
  const name = 'skein_controller_ingest_commit_seconds';
  t.same(against(`histogram_quantile(0.9, sum by (le) (rate(${name}_bucket[5m])))`), []);
  t.same(against('sum(skein_controller_fleet_fresh{instance=~"$controller"})'), []);
  for (const [expression, words] of [
    ['skein_controller_fleet_fresher', /there is no/],
    ['sum by (drone) (skein_controller_fleet_fresh)', /no label drone/],
    ['skein_controller_fleet_fresh{drone="a"}', /no label drone/],
    ['sum(skein_controller_fleet_fresh', /cannot be read/],
    ['rate(skein_controller_ingest_acks_total[5x])', /cannot be read/],
    ['skein_controller_ingest_acks_total', /is a counter/],
    [`rate(${name}[5m])`, /is a histogram/],
    ['1 + 1', /no metric/],
  ] as const)
    t.match(against(expression).join('; '), words, expression);
});

t.test('the panels of the dashboards ask for what exists, say what they show, and lie beside each other', async (t) => {
  t.same(boards.map(([name]) => name).sort(), ['agents.json', 'controller.json']);
  for (const [name, board] of boards) {
    const panels = board.panels.filter(({ type }) => type !== 'row');
    t.equal(new Set(board.panels.map(({ id }) => id)).size, board.panels.length, `${name}: each id once`);
    for (const { title, description = '', targets = [] } of panels) {
      const where = `${name}: ${title}`;
      t.ok(title !== '' && description.length > 15, `${where}: says what it shows`);
      t.ok(targets.length > 0, `${where}: asks for something`);
      for (const { expr } of targets) t.same(against(expr), [], `${where}: ${expr}`);
    }
    for (const [i, { title, gridPos: a }] of board.panels.entries()) {
      if (a.x + a.w > 24) t.fail(`${name}: ${title} is too wide`);
      for (const { title: other, gridPos: b } of board.panels.slice(i + 1))
        if (a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h)
          t.fail(`${name}: ${title} lies on ${other}`);
    }
    for (const { name: variable, definition } of board.templating.list) {
      const [, metric = '', label = ''] = /^label_values\((\w+), (\w+)\)$/.exec(definition ?? '') ?? [];
      if (definition !== undefined) t.ok(known.has(metric) && SCRAPE.includes(label), `${name}: $${variable}`);
    }
  }
});

t.test('each alert rule can fire, says how bad it is and what to do', async (t) => {
  t.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length, 'each name once');
  t.ok(rules.length > 40);
  for (const { alert, expr, labels, annotations } of rules) {
    t.same(against(expr), [], `${alert}: ${expr}`);
    t.match(labels.severity, /^(critical|warning|info)$/, alert);
    t.ok((annotations.summary ?? '').length > 20 && (annotations.action ?? '').length > 20, `${alert}: words`);
    for (const [, label = ''] of JSON.stringify(annotations).matchAll(/\$labels\.(\w+)/g))
      t.ok(SCRAPE.includes(label), `${alert}: {{ $labels.${label} }}`);
    t.match(alert, /^Skein[A-Z]/);
  }
});

t.test('alerts.test.yaml, for promtool, raises each rule out of what it asks for', async (t) => {
  const [{ input_series, promql_expr_test }] = (
    parse(readFileSync(new URL('alerts.test.yaml', folder), 'utf8')) as Story
  ).tests;
  const raised = promql_expr_test.flatMap(({ exp_samples }) => exp_samples.map(({ labels }) => labels));
  t.same(raised.sort(), rules.map(({ alert }) => `{alertname="${alert}"}`).sort());
  const given = input_series.map(({ series }) => /^\w+/.exec(series)?.[0] ?? '');
  t.same([...new Set(given)].sort(), [...new Set(rules.flatMap(({ expr }) => readExpression(expr).series))].sort());
});

t.test('docs/metrics.md names the alerts of each metric, and no others', async (t) => {
  const named = new Map<string, Set<string>>();
  for (const { alert, expr } of rules) {
    for (const name of readExpression(expr).series) {
      const base = known.has(name) ? name : name.replace(/_bucket$/, '');
      if (known.has(base)) named.set(base, (named.get(base) ?? new Set()).add(alert));
    }
  }
  for (const [name, { advice }] of known) {
    const said = [...advice.matchAll(/`(Skein[A-Z]\w+)`/g)].map(([, alert = '']) => alert);
    t.same(said.sort(), [...(named.get(name) ?? [])].sort(), name);
  }
});

const promtool = (...words: readonly string[]) =>
  spawnSync('promtool', words, { encoding: 'utf8', cwd: fileURLToPath(folder) });
if (promtool('--version').error === undefined)
  t.test('Prometheus itself reads the rules; each fires and clears', async (t) => {
    for (const words of [
      ['check', 'rules', 'alerts.yaml'],
      ['test', 'rules', 'alerts.test.yaml'],
    ]) {
      const { status, stdout, stderr } = promtool(...words);
      t.equal(status, 0, stdout + stderr);
    }
  });
