/** The log that file-log.c writes: what a program did to its files, in order, with marks of what it called durable. */
import fs from 'node:fs';

interface Happened {
  /** CLOCK_MONOTONIC, ns: the clock that samples carry as µs. */
  readonly ns: bigint;
}

/** `path` is relative to the root of the log; the root itself is ''. */
export type FileOperation = Happened &
  (
    | {
        readonly type: 'open';
        readonly path: string;
        readonly inode: number;
        readonly how: 'existed' | 'made' | 'emptied';
      }
    | { readonly type: 'write'; readonly inode: number; readonly at: number; readonly bytes: Uint8Array }
    | { readonly type: 'truncate'; readonly inode: number; readonly length: number }
    | { readonly type: 'sync-begin'; readonly inode: number; readonly sync: number }
    | { readonly type: 'sync-end'; readonly inode: number; readonly sync: number; readonly ok: boolean }
    | { readonly type: 'rename'; readonly path: string; readonly to: string }
    | { readonly type: 'unlink'; readonly path: string }
    | { readonly type: 'mkdir'; readonly path: string; readonly inode: number }
    | { readonly type: 'mark'; readonly text: string }
  );

const HEAD_BYTES = 48;
const MARK = 100;
const HOW = ['existed', 'made', 'emptied'] as const;

/** A record that only says something, between what was done before and after it. One append, so never torn. */
export function markRecord(mark: object): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  const data = Buffer.from(JSON.stringify(mark));
  head.writeUInt32LE(MARK, 0);
  head.writeUInt32LE(data.length, 8);
  head.writeBigUInt64LE(process.hrtime.bigint(), 16);
  return Buffer.concat([head, data]);
}

/** Every record of a log. Throws when it is not one. */
export function readFileLog(file: string, root: string): FileOperation[] {
  const log = fs.readFileSync(file);
  const relative = (path: string): string => path.slice(root.length).replace(/^\/+|\/+$/g, '');
  const operations: FileOperation[] = [];
  for (let at = 0; at < log.length; ) {
    const pathBytes = log.readUInt32LE(at + 4);
    const dataBytes = log.readUInt32LE(at + 8);
    const pathAt = at + HEAD_BYTES;
    const end = pathAt + pathBytes + dataBytes;
    if (end > log.length) throw new Error(`${file}: a record is cut short at ${at}`);
    const path = relative(log.toString('utf8', pathAt, pathAt + pathBytes));
    const bytes = log.subarray(pathAt + pathBytes, end);
    const ns = log.readBigUInt64LE(at + 16);
    const inode = Number(log.readBigUInt64LE(at + 24));
    const a = Number(log.readBigInt64LE(at + 32));
    const b = Number(log.readBigInt64LE(at + 40));
    const kind = log.readUInt32LE(at);
    switch (kind) {
      case 1:
        operations.push({ ns, type: 'open', path, inode, how: HOW[a] ?? 'existed' });
        break;
      case 2:
        operations.push({ ns, type: 'write', inode, at: a, bytes });
        break;
      case 3:
        operations.push({ ns, type: 'truncate', inode, length: a });
        break;
      case 4:
        operations.push({ ns, type: 'sync-begin', inode, sync: a });
        break;
      case 5:
        operations.push({ ns, type: 'sync-end', inode, sync: a, ok: b === 0 });
        break;
      case 6:
        operations.push({ ns, type: 'rename', path, to: relative(bytes.toString('utf8')) });
        break;
      case 7:
        operations.push({ ns, type: 'unlink', path });
        break;
      case 8:
        operations.push({ ns, type: 'mkdir', path, inode });
        break;
      case MARK:
        operations.push({ ns, type: 'mark', text: bytes.toString('utf8') });
        break;
      default:
        throw new Error(`${file}: no operation ${kind} at ${at}`);
    }
    at = end;
  }
  return operations;
}
