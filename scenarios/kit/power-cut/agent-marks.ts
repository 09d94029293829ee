/**
 * Loaded into a running agent before itself (`--import`): writes into its file log what its workers are told and what they
 * answer, between the file operations and before the agent acts on it. `durable` is what the agent itself calls so.
 */
import fs from 'node:fs';
import { isMainThread, Worker } from 'node:worker_threads';
import type { FromJournal, ToJournal } from '../../../agent/journal/messages.ts';
import type { FromWorker, ToWorker } from '../../../agent/outbox/messages.ts';
import { markRecord } from './file-log.ts';
import type { Mark } from './promises.ts';

type Told = ToWorker | ToJournal;
type Answered = FromWorker | FromJournal;

/** The last four bytes of every envelope (docs/wire.md). */
function crcOf(envelope: Uint8Array): number {
  return new DataView(envelope.buffer, envelope.byteOffset).getUint32(envelope.byteLength - 4, true);
}

/** Journal lines by number, until their worker says that they are on the disk. */
const lines = new Map<number, string>();

function told(message: Told): Mark | null {
  if (message.type === 'append') lines.set(message.number, message.text);
  if (message.type !== 'write' || !('entries' in message)) return null;
  return {
    type: 'given',
    entries: message.entries.map(({ epoch, lane, seq, to, gap, bytes, monoToUs }) => {
      return { epoch, lane, seq, to, gap, crc: crcOf(bytes), monoToUs };
    }),
  };
}

function answered(message: Answered): Mark | null {
  if ((message.type === 'opened' || message.type === 'written') && 'epochs' in message) {
    return { type: 'durable', epochs: message.epochs, losses: message.losses };
  }
  if (message.type === 'appended') return { type: 'journaled', line: lines.get(message.number) ?? '' };
  return null;
}

const log = process.env.FILE_LOG;
if (isMainThread && log !== undefined) {
  const fd = fs.openSync(log, 'a');
  const write = (mark: Mark | null): void => {
    if (mark !== null) fs.writeSync(fd, markRecord(mark));
  };
  const { postMessage, emit } = Worker.prototype;
  Worker.prototype.postMessage = function (message: Told, transfer?: readonly []) {
    write(told(message));
    return postMessage.call(this, message, transfer);
  };
  Worker.prototype.emit = function (name: string | symbol, ...args: unknown[]): boolean {
    if (name === 'message') write(answered(args[0] as Answered));
    return emit.call(this, name, ...args);
  };
}
