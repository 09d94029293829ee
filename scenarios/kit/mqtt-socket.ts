/**
 * As much of an MQTT 3.1.1 client as a load generator needs, on a bare socket: a full client library costs more than the
 * broker under test. QoS 0 and 1, one connection, nothing kept.
 */
import net from 'node:net';
import {
  connectPacket,
  mqttPacket,
  PacketReader,
  readPublish,
  subscribePacket,
} from '../../controller/testing/mqtt-wire.ts';

const CONNACK = 0x20;
const PUBLISH = 0x30;
const PUBACK = 0x40;
const SUBACK = 0x90;
const PINGREQ = Buffer.from([0xc0, 0]);
const KEEPALIVE_S = 30;

export interface MqttEvents {
  onMessage(topic: string, payload: Buffer): void;
  /** A QoS 1 publish of ours was taken by the broker. */
  onPubAck?(): void;
  onClosed?(reason: string): void;
}

export interface MqttSocket {
  /** QoS 1. Leaves with the next `flush`, together with what else there is. */
  publish(topic: Buffer, payload: Uint8Array): void;
  /** QoS 0; else the same. */
  publishOnce(topic: Buffer, payload: Uint8Array): void;
  readonly closed: boolean;
  /** Sends what was published; settles when the socket wants more, or is closed. */
  flush(): Promise<void>;
  close(): void;
}

/** Connects and subscribes; rejects when the broker refuses either. */
export async function connectMqtt(
  options: { readonly port: number; readonly clientId: string; readonly subscribe: readonly string[] },
  events: MqttEvents,
): Promise<MqttSocket> {
  const socket = net.connect({ host: '127.0.0.1', port: options.port, noDelay: true });
  let packetId = 0;
  let unsent: Buffer[] = [];
  let refuse = (_reason: string): void => {};
  let step = (_type: number, _code: number): void => {};

  function take(first: number, body: Buffer): void {
    const type = first & 0xf0;
    if (type === PUBLISH) {
      const { topic, payload, puback } = readPublish(first, body);
      if (puback !== null) socket.write(puback);
      events.onMessage(topic, payload);
    } else if (type === PUBACK) events.onPubAck?.();
    else if (type === CONNACK) step(type, body[1] ?? 0xff);
    else if (type === SUBACK) step(type, body.subarray(2).includes(0x80) ? 0x80 : 0);
  }

  const reader = new PacketReader(take);
  socket.on('data', (chunk) => reader.push(chunk));
  socket.on('error', (error) => refuse(error.message));
  socket.on('close', () => {
    refuse('the broker closed the connection');
    events.onClosed?.('closed');
  });

  const answered = (wanted: number): Promise<void> =>
    new Promise((resolve, reject) => {
      refuse = (reason) => reject(new Error(`${options.clientId}: ${reason}`));
      step = (type, code) =>
        type === wanted && code === 0 ? resolve() : reject(new Error(`${options.clientId}: refused, code ${code}`));
    });

  const connected = answered(CONNACK);
  socket.write(connectPacket({ clientId: options.clientId, keepaliveS: KEEPALIVE_S, clean: true }));
  await connected;
  const subscribed = answered(SUBACK);
  socket.write(subscribePacket(1, options.subscribe));
  await subscribed;
  refuse = () => {};

  const ping = setInterval(() => socket.write(PINGREQ), (KEEPALIVE_S / 2) * 1000);
  socket.on('close', () => clearInterval(ping));

  return {
    publish(topic, payload) {
      packetId = (packetId % 0xffff) + 1;
      const id = Buffer.from([packetId >> 8, packetId & 0xff]);
      unsent.push(mqttPacket(PUBLISH | 0x02, topic, id, payload));
    },
    publishOnce(topic, payload) {
      unsent.push(mqttPacket(PUBLISH, topic, payload));
    },
    get closed() {
      return socket.destroyed;
    },
    flush() {
      const more = socket.write(Buffer.concat(unsent));
      unsent = [];
      if (more || socket.destroyed) return new Promise((resolve) => setImmediate(resolve));
      return new Promise((resolve) => {
        const done = (): void => {
          socket.off('drain', done);
          socket.off('close', done);
          resolve();
        };
        socket.on('drain', done);
        socket.on('close', done);
      });
    },
    close() {
      clearInterval(ping);
      socket.destroy();
    },
  };
}
