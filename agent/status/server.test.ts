import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { StatusServer } from './server.ts';

const ask = (socketPath: string, path: string): Promise<{ code: number | undefined; body: string }> =>
  new Promise((resolve, reject) => {
    get({ socketPath, path, agent: false }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on('end', () => resolve({ code: response.statusCode, body }));
    }).on('error', reject);
  });

t.test('an agent that is still starting says so to whoever asks; once up it answers', async (t) => {
  // Not tap's own directory: its path is longer than a socket's may be.
  const dir = mkdtempSync(join(tmpdir(), 'skein-'));
  t.teardown(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'agent.sock');
  let up = false;
  const server = new StatusServer({
    path,
    status: () => (up ? { drone: 'kite-1' } : null),
    metrics: async () => (up ? 'skein_agent_problems 0\n' : null),
  });
  t.teardown(() => server.close());
  t.same(await server.listen(), { ok: true });
  t.same(await ask(path, '/status'), { code: 503, body: 'the agent is starting\n' });
  t.same(await ask(path, '/metrics'), { code: 503, body: 'the agent is starting\n' });
  up = true;
  t.same(await ask(path, '/status'), { code: 200, body: '{"drone":"kite-1"}\n' });
  t.same(await ask(path, '/metrics'), { code: 200, body: 'skein_agent_problems 0\n' });
  t.equal((await ask(path, '/other')).code, 404);
});
