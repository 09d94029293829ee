/**
 * Loaded into a running controller before itself (`--import`): writes each ack into its file log just before it leaves. The
 * drone may remove what is acked.
 */
import fs from 'node:fs';
import net from 'node:net';
import { isMainThread } from 'node:worker_threads';
import { markRecord } from './file-log.ts';

export interface AckMark {
  readonly type: 'ack';
  readonly drone: string;
  readonly epoch: string;
  readonly lane: 'urgent' | 'history';
  readonly upTo: number;
}

const ACK =
  /skein\/1\/([a-z0-9-]{1,32})\/down\/ack[^{]*\{[^{}]*?"epoch":"([0-9a-f]+)","lane":"(urgent|history)","upTo":(\d+)/g;

const log = process.env.FILE_LOG;
if (isMainThread && log !== undefined) {
  const fd = fs.openSync(log, 'a');
  const { write } = net.Socket.prototype;
  net.Socket.prototype.write = function (chunk: string | Uint8Array, ...rest: []): boolean {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    for (const [, drone = '', epoch = '', lane, upTo] of text.toString('latin1').matchAll(ACK)) {
      const mark = { type: 'ack', drone, epoch, lane, upTo: Number(upTo) };
      fs.writeSync(fd, markRecord(mark));
    }
    return write.call(this, chunk, ...rest);
  };
}
