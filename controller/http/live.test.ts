import net from 'node:net';
import websocket from '@fastify/websocket';
import Fastify from 'fastify';
import t from 'tap';
import { until } from '../testing/until.ts';
import { liveRoute } from './live.ts';

t.test('a page that is gone without a good-bye is found out; one that is there stays', async (t) => {
  let joined = 0;
  let gone = 0;
  const counts: string[] = [];
  const app = Fastify();
  t.teardown(() => app.close());
  await app.register(websocket);
  const joinLive = () => {
    joined += 1;
    const leave = (): void => {
      gone += 1;
    };
    return { message: () => {}, gone: leave };
  };
  await app.register(async (api) => liveRoute(api, { joinLive, count: (name) => counts.push(name) }, 50));
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const { host, port } = new URL(address);
  // given: a browser's socket, which answers pings by itself, and one that answers nothing
  const page = new WebSocket(`${address.replace('http', 'ws')}/api/v1/live`);
  t.teardown(() => page.close());
  await until(() => joined === 1, 'the page');
  const silent = net.connect(Number(port), '127.0.0.1');
  silent.on('error', () => {});
  t.teardown(() => silent.destroy());
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
  silent.write(
    `GET /api/v1/live HTTP/1.1\r\nHost: ${host}\r\n${upgrade}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  );
  const ended = new Promise((resolve) => silent.once('close', resolve));
  silent.resume();

  // then
  await ended;
  await until(() => gone === 1, 'the silent one to be gone');
  t.same(counts, ['pagesSilent']);
  t.equal(page.readyState, WebSocket.OPEN);
});
