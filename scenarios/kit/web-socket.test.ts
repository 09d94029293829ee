import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import t from 'tap';
import { acceptWebSocket, type BareWebSocket, openWebSocket } from './web-socket.ts';

t.test('texts of every length go both ways, a ping is answered, a close ends it', async (t) => {
  const server = http.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const lengths = [0, 5, 125, 126, 65_535, 65_536, 3_000_000];
  const heard: number[] = [];
  const echoed: number[] = [];
  const closed = Promise.withResolvers<void>();
  const all = Promise.withResolvers<void>();
  server.on('upgrade', (request, socket, head) => {
    const end: BareWebSocket = acceptWebSocket(request, socket as Socket, head, {
      onText: (text) => {
        heard.push(text.length);
        end.send(text.toString());
      },
      onClosed: () => closed.resolve(),
    });
    end.send('begin');
  });
  const client = await openWebSocket(`http://127.0.0.1:${port}/`, {
    onText: (text) => {
      echoed.push(text.length);
      if (echoed.length === lengths.length + 1) all.resolve();
    },
  });
  for (const length of lengths) client.send('x'.repeat(length));
  await all.promise;
  t.same(heard, lengths);
  t.same(echoed, ['begin'.length, ...lengths]);
  client.close(1000);
  await closed.promise;
  server.close();
});
