/**
 * House rules that an ordinary test can check: who imports whom, no cycles, no dead or oversized files, no leftovers,
 * and docs whose paths and links exist. CONTRIBUTING.md explains each rule.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import t from 'tap';

const root = import.meta.dirname;
const MAX_LINES = 300;

/** Files over the limit, each with the reason why splitting it would not help its reader. */
const LONG_FILES: Readonly<Record<string, string>> = {
  'protocol/telemetry/kinds.ts': 'one table: the catalogue of sample kinds',
  'protocol/telemetry/sampler.ts': 'one table: a message a row, and the small functions that fill the rows',
  'controller/commands/service.ts':
    'the way of a command from POST to its answer; what decides is pure and stands beside it',
  'hardware/autopilot/commanding.test.ts': 'one scripted autopilot and what may happen to one order after another',
  'hardware/simulator/autopilot/flight.ts':
    'the orders, modes and arming of one boot; each thing they are decided with stands beside it',
  'scenarios/sitl/flight.ts': 'one flight, a step after the other as it is flown',
};

/** Files that nothing imports because a person or a tool starts them. */
const ENTRY_POINTS = [
  /^\.?[a-z]+\.config\.ts$/,
  /\.test\.tsx?$/,
  /(^|\/)index\.ts$/,
  /(^|\/)vite\.config\.ts$/,
  /(^|\/)main\.tsx?$/,
  /worker\.ts$/,
  /^protocol\/(mavlink|telemetry)\/generate\.ts$/,
  /^run-t(ests|ogether)\.ts$/,
  /^scenarios\/(demo|sitl)\.ts$/,
  /^scenarios\/bench\/[a-z-]+\.ts$/,
  /^scenarios\/voyage\/run\.ts$/,
];

const PACKAGES = ['protocol', 'hardware', 'agent', 'controller', 'scenarios'] as const;
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  hardware: ['protocol'],
  agent: ['hardware', 'protocol'],
  controller: ['protocol'],
  scenarios: PACKAGES,
};
/** Inside protocol a folder may import these siblings, besides itself. */
const PROTOCOL_SIBLINGS: Readonly<Record<string, readonly string[]>> = {
  mavlink: [],
  time: [],
  config: [],
  export: [],
  telemetry: ['mavlink', 'time'],
  report: ['telemetry', 'time'],
  fleet: ['telemetry', 'time'],
};

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)));
const sources = tracked.filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'));
const docs = tracked.filter((path) => path.endsWith('.md'));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path) || path.includes('/testing/');
const isDevelopmentOnly = (path: string): boolean =>
  isTest(path) || /\/(generate|testing)(\/|\.ts)|arbitrary\.ts$/.test(path);

interface Import {
  readonly from: string;
  /** The file it resolves to inside this repository, or null for a library. */
  readonly to: string | null;
  readonly name: string;
  readonly typeOnly: boolean;
}

function resolveImport(from: string, name: string): string | null {
  if (name.startsWith('.')) return normalize(join(dirname(from), name.replace(/\?.*$/, '')));
  const match = /^@skein\/([a-z]+)(?:\/(.+))?$/.exec(name);
  if (match === null) return null;
  const [, workspace, folder] = match;
  const entry = `${workspace}/${folder === undefined ? 'index.ts' : `${folder}/index.ts`}`;
  return tracked.includes(entry) ? entry : `${workspace}/${folder}.ts`;
}

const imports: Import[] = sources.flatMap((from) =>
  [
    ...read(from).matchAll(/^(?:import|export)\s+(type\s)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]/gm),
    ...read(from).matchAll(/()(?:import\(|new URL\(|new Worker\(|register\()\s*['"]([^'"]+\.tsx?)['"]/g),
  ].map(([, typeOnly, name = '']) => ({
    from,
    name,
    typeOnly: Boolean(typeOnly),
    to: resolveImport(from, /^[a-z]/.test(name) && name.endsWith('.ts') ? `./${name}` : name),
  })),
);

const packageOf = (path: string): string => path.split('/')[0] ?? '';
const folderOf = (path: string): string => path.split('/').slice(0, 2).join('/');

t.test('each package imports only the packages below it', async (t) => {
  const wrong = imports.filter(({ from, to }) => {
    if (to === null || !(packageOf(from) in MAY_IMPORT) || packageOf(to) === packageOf(from)) return false;
    return !MAY_IMPORT[packageOf(from)]?.includes(packageOf(to));
  });
  t.same(
    wrong.map(({ from, name }) => `${from} imports ${name}`),
    [],
  );
});

t.test('agent and controller never import the simulator', async (t) => {
  const wrong = imports.filter(
    ({ from, to }) => /^(agent|controller)\//.test(from) && to?.startsWith('hardware/simulator'),
  );
  t.same(
    wrong.map(({ from, name }) => `${from} imports ${name}`),
    [],
  );
});

t.test('folders beside each other do not import each other: the composition root wires them', async (t) => {
  const wrong = imports.filter(({ from, to }) => {
    if (to === null || isTest(from) || packageOf(from) !== packageOf(to)) return false;
    if (!['protocol', 'hardware', 'agent', 'controller'].includes(packageOf(from))) return false;
    const inFolder = (path: string): boolean => path.split('/').length > 2;
    if (!inFolder(from) || !inFolder(to) || folderOf(from) === folderOf(to)) return false;
    if (packageOf(from) === 'protocol') {
      return !PROTOCOL_SIBLINGS[from.split('/')[1] ?? '']?.includes(to.split('/')[1] ?? '');
    }
    return !WEB_TYPES.some((allowed) => from.startsWith(allowed.from) && to === allowed.to);
  });
  t.same(
    wrong.map(({ from, name }) => `${from} imports ${name}`),
    [],
  );
});

/** The page and the server agree on the live messages; only types cross, nothing is bundled. */
const WEB_TYPES = [{ from: 'controller/web/', to: 'controller/live/messages.ts' }];

t.test('protocol is pure: no node:, no clock, no randomness', async (t) => {
  const pure = sources.filter((path) => path.startsWith('protocol/') && !isDevelopmentOnly(path));
  const wrong = pure.filter((path) => {
    const code = read(path).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    return /from 'node:|\bDate\.now\(|new Date\(\)|Math\.random\(|\bperformance\.|\bprocess\.|\bsetTimeout\(|\bBuffer\b/.test(
      code,
    );
  });
  t.same(wrong, []);
});

t.test('no import cycles', async (t) => {
  const edges = new Map<string, string[]>();
  for (const { from, to, typeOnly } of imports) {
    if (to !== null && !typeOnly && to !== from) edges.set(from, [...(edges.get(from) ?? []), to]);
  }
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    if (done.has(path) || trail.includes(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  t.same(cycles, []);
});

t.test('every source file is imported, or something starts it', async (t) => {
  const used = new Set(imports.map(({ to }) => to));
  const started = tracked.filter(
    (path) => /(\.js|\.json|Makefile|\.html|\.sh)$/.test(path) && !path.endsWith('package-lock.json'),
  );
  const text = started.map(read).join('\n');
  const dead = sources.filter(
    (path) =>
      !used.has(path) &&
      !ENTRY_POINTS.some((entry) => entry.test(path)) &&
      !text.includes(path.split('/').pop() ?? path),
  );
  t.same(dead, []);
});

t.test('no leftovers, no any, no ignored diagnostics, no test that stands aside', async (t) => {
  const anywhere = new RegExp(['\\bTO' + 'DO\\b', '\\bFIX' + 'ME\\b', '\\bXX' + 'X\\b'].join('|'));
  const inCode =
    /@ts-(ignore|expect-error|nocheck)|biome-ignore|: any(?=[;,)\]>=|&[]| =)|as any\b|\b(t|test)\.(only|skip|todo)\(/;
  const found = [...sources, ...docs]
    .filter((path) => path !== 'tidy.test.ts')
    .filter((path) => !path.includes('.generated.') && !path.includes('/dialect/'))
    .flatMap((path) =>
      read(path)
        .split('\n')
        .flatMap((line, i) =>
          anywhere.test(line) || (!path.endsWith('.md') && inCode.test(line))
            ? [`${path}:${i + 1}: ${line.trim()}`]
            : [],
        ),
    );
  t.same(found, []);
});

t.test('a file is short enough to hold in mind', async (t) => {
  const long = sources.filter(
    (path) => !/generated|\/dialect\//.test(path) && read(path).split('\n').length > MAX_LINES + 1,
  );
  const unexplained = long.filter((path) => LONG_FILES[path] === undefined);
  t.same(
    unexplained.map((path) => `${path}: ${read(path).split('\n').length} lines`),
    [],
  );
  t.same(
    Object.keys(LONG_FILES).filter((path) => !long.includes(path)),
    [],
    'every listed exception is still one',
  );
});

t.test('no path of one machine, no registry host', async (t) => {
  const foreign = /registry\.npmjs|\/work\/|\/home\/[a-z]/;
  const found = tracked.filter(
    (path) => /\.(ts|tsx|js|json|md|toml|yml)$|Makefile|\.ci\//.test(path) && path !== 'tidy.test.ts',
  );
  t.same(
    found.filter((path) => foreign.test(read(path))),
    [],
  );
});

t.test('every folder README is at most 80 lines', async (t) => {
  const readmes = docs.filter((path) => path.includes('/') && path.endsWith('README.md'));
  t.same(
    readmes.filter((path) => read(path).split('\n').length > 81),
    [],
  );
});

t.test('every path and link in the docs exists', async (t) => {
  const missing: string[] = [];
  for (const doc of docs) {
    const prose = read(doc).replace(/```[\s\S]*?```/g, '');
    for (const [, target = ''] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:|^#/.test(target)) continue;
      const path = normalize(join(dirname(doc), target.replace(/#.*$/, '')));
      if (!existsSync(join(root, path))) missing.push(`${doc}: (${target})`);
    }
    for (const [, path = ''] of prose.matchAll(/`((?:[\w.-]+\/)+[\w.-]+\.(?:ts|tsx|js|md|toml|json|jsonl|tlog))`/g)) {
      const candidates = [path, join(dirname(doc), path)];
      if (!candidates.some((candidate) => existsSync(join(root, candidate)))) missing.push(`${doc}: ${path}`);
    }
  }
  t.same(missing, []);
});

t.test('what services and the recipe for them start exists', async (t) => {
  const named = [...tracked.filter((path) => path.endsWith('.service')), 'docs/recipes/deploy.md'].flatMap((file) =>
    [...read(file).matchAll(/\/opt\/skein\/((?!node_modules)[\w./-]+\w)/g)].map(([, path = '']) => path),
  );
  t.ok(named.length > 5, 'they were found');
  t.same(
    named.filter((path) => !existsSync(join(root, path))),
    [],
  );
});

t.test('every row of docs/failure-modes.md names a test that exists', async (t) => {
  const rows = read('docs/failure-modes.md')
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\| what breaks|^\|-/.test(line));
  const wrong = rows.filter((row) => {
    const cells = row.split(/(?<!\\)\|/).slice(1, -1);
    const tests = [...(cells[4] ?? '').matchAll(/`([\w./-]+\.test\.tsx?)`/g)].map(([, path = '']) => path);
    const proved = tests.length > 0 && tests.every((path) => tracked.includes(path));
    return cells.length !== 5 || !(proved || cells[4]?.trim() === 'none yet');
  });
  t.same(wrong, []);
  t.ok(rows.length > 30, 'the tables were found');
});

t.test('make targets named in the docs exist', async (t) => {
  const makefile = read('Makefile');
  const named = new Set(docs.flatMap((doc) => [...read(doc).matchAll(/`make ([a-z]+)/g)].map(([, target]) => target)));
  t.same(
    [...named].filter((target) => !new RegExp(`^${target}:`, 'm').test(makefile)),
    [],
  );
});
