import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderConfig, resolveConfig } from '@skein/protocol/config';
import { parse } from 'smol-toml';
import t from 'tap';
import { AgentConfig, SECRET_KEYS } from './config.ts';
import { readSettings } from './settings.ts';

const EXAMPLE = fileURLToPath(new URL('./agent.example.toml', import.meta.url));

/** Every key of a parsed file, joined by dots. */
function keysOf(tree: unknown, path: readonly string[] = []): string[] {
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) return [path.join('.')];
  return Object.entries(tree).flatMap(([name, value]) => keysOf(value, [...path, name]));
}

t.test('the example file is valid, names every key, and shows the defaults', async (t) => {
  const read = readSettings(AgentConfig, { configFile: EXAMPLE, flags: [] }, {});
  const defaults = resolveConfig(AgentConfig, { flags: ['--drone=kite-1'] });
  if (!read.ok || !defaults.ok) throw new Error(JSON.stringify([read, defaults]));
  t.same(read.config, defaults.config);
  t.same(keysOf(parse(readFileSync(EXAMPLE, 'utf8'))).sort(), Object.keys(defaults.sources).sort());
});

t.test('what is printed can be loaded again; the password is not in it', async (t) => {
  const settings = resolveConfig(AgentConfig, { flags: ['--drone=kite-1', '--uplink.password=hush', '--groups=a,b'] });
  if (!settings.ok) throw new Error(settings.problems.join());
  const printed = renderConfig(AgentConfig, settings.config, settings.sources, SECRET_KEYS);
  t.notMatch(printed, /hush/);
  const again = resolveConfig(AgentConfig, { file: parse(printed) });
  t.match(again, { ok: true, config: { drone: 'kite-1', groups: ['a', 'b'] } });
});

t.test('a wrong file is a value with words, not an exception', async (t) => {
  const missing = readSettings(AgentConfig, { configFile: '/no/such.toml', flags: [] }, {});
  t.match(missing, { ok: false, problems: [/no\/such.toml.*ENOENT/] });
  const wrong = readSettings(AgentConfig, { configFile: null, flags: ['--drone=UPPER', '--outbox.budgetMb=1'] }, {});
  t.match(wrong, { ok: false, problems: [/did you mean outbox.budgetMB/, /--drone = "UPPER"/] });
  t.match(resolveConfig(AgentConfig, { flags: ['--drone=all'] }), { ok: false });
});

t.test('what a profile wants is checked with the settings; stations are URLs or tables', async (t) => {
  const flags = (...more: string[]) => resolveConfig(AgentConfig, { flags: ['--drone=kite-1', ...more] });
  for (const wanted of ['1', '1|3', '2..30', '-5..', '!0', 'bits+1-34', 'any', '0.6..1']) {
    t.match(flags(`--profileParameters=RTL_ALT=${wanted}`), { ok: true }, wanted);
  }
  for (const wrong of ['RTL_ALT', 'RTL_ALT=', 'RTL_ALT=high', 'rtl=1', 'RTL_ALT=1|']) {
    t.match(flags(`--profileParameters=${wrong}`), { ok: false }, wrong);
  }
  t.match(flags('--station=udpin://0.0.0.0:14551,tcp://0.0.0.0:5770'), {
    ok: true,
    config: { station: { length: 2 } },
  });
  t.match(flags('--station=http://x'), { ok: false });
  const table = (station: object) => resolveConfig(AgentConfig, { file: { drone: 'kite-1', station: [station] } });
  t.match(table({ url: 'tcp://0.0.0.0:5770', mode: 'control', name: 'laptop' }), { ok: true });
  t.match(table({ url: 'tcp://0.0.0.0:5770', mod: 'control' }), { ok: false, problems: [/station/] });
});
