/**
 * Loaded into a running controller before itself (`--import`): writes each ack into its file log just before it leaves. The
 * drone may remove what is acked.
 */
import fs from 'node:fs';
import net from 'node:net';
import { isMainThread } from 'node:worker_threads';
import { inflateRawSync } from 'node:zlib';
import { longJson, readAck } from '@skein/protocol/fleet';
import { PacketReader, readPublish } from '../../../controller/testing/mqtt-wire.ts';
import { markRecord } from './file-log.ts';

export interface AckMark {
  readonly type: 'ack';
  readonly drone: string;
  readonly epoch: string;
  readonly lane: 'urgent' | 'history';
  readonly upTo: number;
}

const ACK_TOPIC = /^skein\/1\/([^/]+)\/down\/ack$/;
/** How the broker's first packet to a client begins, and nothing that a web server says. */
const CONNACK = 0x20;

const asBytes = (chunk: string | Uint8Array): Buffer =>
  typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);

/** A packet of the broker's. An ack that cannot be read is the end of the recording: it would say nothing of what is owed. */
function markOf(first: number, body: Buffer): AckMark | null {
  if ((first & 0xf0) !== 0x30) return null;
  const { topic, payload } = readPublish(first, body);
  const drone = ACK_TOPIC.exec(topic)?.[1];
  if (drone === undefined) return null;
  const json = longJson(payload, (bytes, dictionary, most) =>
    inflateRawSync(bytes, { dictionary, maxOutputLength: most }),
  );
  const ack = json && readAck(Buffer.from(json));
  if (!ack?.ok) throw new Error(`an ack to ${drone} that is none: ${payload.toString('hex')}`);
  const { epoch, lane, upTo } = ack.value;
  return { type: 'ack', drone, epoch, lane, upTo };
}

const log = process.env.FILE_LOG;
if (isMainThread && log !== undefined) {
  const fd = fs.openSync(log, 'a');
  /** null: not a client of the broker. */
  const readers = new WeakMap<net.Socket, { readonly packets: PacketReader | null }>();
  const readerOf = (socket: net.Socket, bytes: Buffer): PacketReader | null => {
    const known = readers.get(socket);
    if (known !== undefined) return known.packets;
    const take = (first: number, body: Buffer): void => {
      const mark = markOf(first, body);
      if (mark !== null) fs.writeSync(fd, markRecord(mark));
    };
    const packets = bytes[0] === CONNACK ? new PacketReader(take) : null;
    readers.set(socket, { packets });
    return packets;
  };
  const { write } = net.Socket.prototype;
  net.Socket.prototype.write = function (chunk: string | Uint8Array, ...rest: []): boolean {
    const bytes = asBytes(chunk);
    readerOf(this, bytes)?.push(bytes);
    return write.call(this, chunk, ...rest);
  };
}
