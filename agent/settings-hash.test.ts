import { resolveConfig } from '@skein/protocol/config';
import t from 'tap';
import { AgentConfig } from './config.ts';
import { settingsHash } from './settings-hash.ts';

function hashOf(...flags: string[]): string {
  const resolved = resolveConfig(AgentConfig, { env: {}, flags: ['--drone=d1', ...flags] });
  if (!resolved.ok) throw new Error(resolved.problems.join('; '));
  return settingsHash(resolved.config);
}

t.test('the same for drones that fly with the same settings, another for one that does not', (t) => {
  const usual = hashOf();
  t.match(usual, /^[0-9a-f]{12}$/);
  t.equal(hashOf('--drone=d2', '--dataDir=/tmp/x', '--groups=north', '--link.url=udpin://0.0.0.0:14550'), usual);
  t.equal(hashOf('--uplink.password=secret', '--uplink.username=d2'), usual, 'no secret is in it');
  t.not(hashOf('--ladder.waitS=60'), usual);
  t.not(hashOf('--profile=bench'), usual);
  t.end();
});
