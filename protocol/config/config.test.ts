import t from 'tap';
import { Type } from 'typebox';
import { renderConfig, resolveConfig, withoutLogin } from './index.ts';

const schema = Type.Object({
  drone: Type.String({ pattern: '^[a-z0-9-]{1,32}$', description: 'the id of this drone' }),
  groups: Type.Array(Type.String(), { default: [], description: 'groups it belongs to' }),
  backoff: Type.Object(
    {
      minS: Type.Number({ default: 1, minimum: 0.1, description: 'shortest wait, seconds' }),
      maxS: Type.Number({ default: 60, minimum: 0.1, description: 'longest wait, seconds' }),
    },
    { description: 'How long to wait before connecting again' },
  ),
  recorder: Type.Object({ enabled: Type.Boolean({ default: true, description: 'record flights' }) }),
});

t.test('flags win over the environment, which wins over the file, which wins over defaults', async (t) => {
  const resolved = resolveConfig(schema, {
    file: { drone: 'a', backoff: { minS: 2, maxS: 20 }, groups: ['x'] },
    env: { SKEIN_BACKOFF_MAX_S: '30', SKEIN_DRONE: 'b', PATH: '/bin' },
    flags: ['--drone', 'c', '--recorder.enabled=false', '--groups=north,south'],
  });
  t.match(resolved, {
    ok: true,
    config: { drone: 'c', groups: ['north', 'south'], backoff: { minS: 2, maxS: 30 }, recorder: { enabled: false } },
    sources: { drone: 'flag', 'backoff.maxS': 'environment', 'backoff.minS': 'file', 'recorder.enabled': 'flag' },
  });
});

t.test('every problem is said at once, with the nearest valid key', async (t) => {
  const resolved = resolveConfig(schema, {
    file: { backof: { maxS: 3 }, backoff: { maxs: 3 }, recorder: 'yes' },
    env: { SKEIN_BACKOFF_MAXS: '3' },
    flags: ['--dron=x', '--backoff.minS=soon'],
  });
  t.equal(resolved.ok, false);
  const said = resolved.ok ? '' : resolved.problems.join('\n');
  t.match(said, /^backof in the config file is not known; did you mean backoff\?$/m, 'a section for a section');
  t.match(said, 'backoff.maxs in the config file is not known; did you mean backoff.maxS?');
  t.match(said, 'SKEIN_BACKOFF_MAXS is not known; did you mean SKEIN_BACKOFF_MAX_S?');
  t.match(said, 'flag --dron is not known; did you mean drone?');
  t.match(said, '--backoff.minS = "soon"');
  t.match(said, 'recorder is a section');
  t.match(said, 'drone must be set: the id of this drone');
});

t.test('print gives TOML that resolves to the same settings', async (t) => {
  const first = resolveConfig(schema, { flags: ['--drone=kite-1', '--backoff.maxS=3'] });
  if (!first.ok) throw new Error(first.problems.join());
  const printed = renderConfig(schema, first.config, first.sources);
  t.match(printed, '# longest wait, seconds\nmaxS = 3  # set by flag\n');
  t.match(printed, '# How long to wait before connecting again\n[backoff]\n');
  t.match(printed, 'drone = "kite-1"');
  t.match(renderConfig(schema, first.config, {}, ['drone']), 'drone = "…"');
});

t.test('no message holds the password of an address, or a password', async (t) => {
  const broker = Type.Object({
    url: Type.String({ default: '', pattern: '^(mqtt://\\S+)?$', description: 'the broker' }),
    password: Type.String({ default: '', description: 'its password' }),
  });
  const given = (url: string, password: unknown) => resolveConfig(broker, { file: { url, password } });
  const wrong = given('mqt://kite-1:se/cret@host', 90_210);
  const said = wrong.ok ? '' : wrong.problems.join('\n');
  t.match(said, 'url in the config file = "mqt://…@host"');
  t.match(said, 'password in the config file = …: ');
  t.notMatch(said, /cret|90210/);
  t.equal(withoutLogin('url = "wss://kite-1:secret@host/a@b"'), 'url = "wss://…@host/a@b"');
});
