/** What the first packet of a connection says of who we are. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import t, { type Test } from 'tap';
import { dialMqtt } from './dial.ts';

async function connectOf(
  test: Test,
  login: string,
  o: { readonly username?: string; readonly password?: string },
): Promise<string> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const came = once(server, 'connection').then(async ([socket]) => {
    const [bytes] = await once(socket, 'data');
    socket.destroy();
    return String(bytes);
  });
  const will = { topic: 'w', payload: '{}' };
  const line = dialMqtt(
    { url: `mqtt://${login}127.0.0.1:${port}`, clientId: 'c', keepaliveS: 60, deadlineMs: 5_000, will, ...o },
    { connected() {}, message() {}, ended() {} },
  );
  const said = await came;
  line.end();
  return said;
}

t.test('a user and a password in the address are used, before those of the settings', async (t) => {
  t.match(await connectOf(t, 'kite-1:s%40cret@', {}), /kite-1.*s@cret$/s);
  t.match(await connectOf(t, 'kite-1:s%40cret@', { username: 'other', password: 'hush' }), /kite-1.*s@cret$/s);
  t.match(await connectOf(t, 'kite-1@', { password: 'hush' }), /kite-1.*hush$/s, 'a user in the address alone');
  t.match(await connectOf(t, '', { username: 'kite-1', password: 'hush' }), /kite-1.*hush$/s);
});
