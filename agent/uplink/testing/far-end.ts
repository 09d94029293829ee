/** The far end of an uplink in tests: a real broker in this process, and a hand to play the controller with. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Ack } from '@skein/protocol/fleet';
import { type Envelope, type Sample, splitMessage } from '@skein/protocol/telemetry';
import { Aedes } from 'aedes';
import type { Test } from 'tap';

export const SESSION = '0123456789abcdef';
export const BOOT = '6f1d2c3b-4a59-4e68-8777-0123456789ab';
export const EPOCH = '00c0ffee00c0ffee';
export const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);

export const aSample = (): Sample => ({
  kind: 'air',
  monoUs: Math.round(nowUs()),
  bootMs: null,
  values: { groundSpeedMps: 1, airSpeedMps: null, climbMps: null, throttlePct: null, altAmslM: null },
});

interface Heard {
  readonly channel: string;
  readonly payload: Buffer;
}

/** A broker on a free port that remembers what drones say, and can be cut off and come back on the same port. */
export async function farEnd(test: Test, port = 0) {
  const broker = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    broker.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const heard: Heard[] = [];
  const waiting: { ready: () => boolean; resolve: () => void }[] = [];
  const look = () => {
    for (const entry of [...waiting]) {
      if (!entry.ready()) continue;
      waiting.splice(waiting.indexOf(entry), 1);
      entry.resolve();
    }
  };
  const listeners: ((message: Heard) => void)[] = [look];
  broker.on('publish', (packet, client) => {
    if (!client) return;
    const message = { channel: packet.topic.split('/').slice(3).join('/'), payload: Buffer.from(packet.payload) };
    heard.push(message);
    for (const listener of listeners) listener(message);
  });
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await new Promise<void>((resolve) => broker.close(() => resolve()));
  };
  test.teardown(close);
  const say = (topic: string, message: object) =>
    broker.publish(
      {
        cmd: 'publish',
        topic: `skein/1/${topic}`,
        payload: JSON.stringify(message),
        qos: 1,
        dup: false,
        retain: false,
      },
      () => {},
    );
  const ack = (o: Partial<Ack>) =>
    say('d1/down/ack', {
      session: SESSION,
      start: 'aaaaaaaa',
      epoch: EPOCH,
      lane: 'history',
      upTo: 0,
      window: 1 << 20,
      ...o,
    });
  const until = (ready: () => boolean) =>
    new Promise<void>((resolve) => {
      waiting.push({ ready, resolve });
      look();
    });
  const of = (channel: string) => heard.filter((message) => message.channel === `up/${channel}`);
  const rows = (channel: string): Envelope[] =>
    of(channel).flatMap(({ payload }) => {
      const split = splitMessage(payload);
      if (!split.ok) throw new Error(split.reason);
      return [...split.envelopes];
    });
  return { port: (server.address() as AddressInfo).port, broker, heard, say, ack, until, of, rows, close, listeners };
}
