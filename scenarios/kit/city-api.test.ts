/** Who furnishes the city must be certain: a controller that is busy, or not there yet, is asked again. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { Api } from '../city/api.ts';

t.test('what is not certain is asked again with the same key, what is refused is not', async (t) => {
  const keys: unknown[] = [];
  const answers = [503, 0, 200];
  const server = createServer((request, response) => {
    keys.push(request.headers['idempotency-key']);
    const status = answers[Math.min(keys.length, answers.length) - 1] ?? 200;
    request.resume();
    if (status === 0) request.socket.destroy();
    else response.writeHead(request.url?.endsWith('/bad') === true ? 400 : status).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ended = new AbortController();
  const api = new Api(url, ended.signal).certain();
  t.same(await api.post('/ground-stops', {}), {});
  t.equal(keys.length, 3);
  t.equal(new Set(keys).size, 1, 'done once');
  await t.rejects(api.put('/bases/bad', {}), /400/);
  t.equal(keys.length, 4);
  // And whoever ends the demo is not kept waiting.
  ended.abort();
  await t.rejects(api.put('/bases/any', {}));
});
