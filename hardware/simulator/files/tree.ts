import type { Parameters } from '../autopilot/parameters.ts';
import type { Log } from './logs.ts';
import { packParameters } from './parameter-pack.ts';

/** A file as MAVFTP serves it. */
export interface ServedFile {
  readonly name: string;
  readonly sizeBytes: number;
  read(offset: number, length: number): Uint8Array;
}

export type Entry =
  | { readonly kind: 'file'; readonly file: ServedFile }
  | { readonly kind: 'folder'; readonly name: string };

const LOGS = '/APM/LOGS';
const encoder = new TextEncoder();

const fromBytes = (name: string, bytes: Uint8Array): ServedFile => ({
  name,
  sizeBytes: bytes.length,
  read: (offset, length) => bytes.subarray(offset, offset + length),
});

const logFile = (log: Log): ServedFile => ({
  name: `${String(log.number).padStart(8, '0')}.BIN`,
  sizeBytes: log.sizeBytes,
  read: (offset, length) => log.read(offset, length),
});

/** What is on the autopilot's card, and what it makes up when asked. */
export class Tree {
  readonly #logs: readonly Log[];
  readonly #parameters: Parameters;

  constructor(logs: readonly Log[], parameters: Parameters) {
    this.#logs = logs;
    this.#parameters = parameters;
  }

  /** Null: no such folder. */
  list(path: string): readonly Entry[] | null {
    const folder = path.length > 1 ? path.replace(/\/$/, '') : path;
    if (folder === '/' || folder === '') return [{ kind: 'folder', name: 'APM' }];
    if (folder === '/APM' || folder === 'APM') return [{ kind: 'folder', name: 'LOGS' }];
    if (folder !== LOGS && `/${folder}` !== LOGS) return null;
    const last = fromBytes('LASTLOG.TXT', encoder.encode(`${this.#logs.at(-1)?.number ?? 0}\r\n`));
    return [...this.#logs.map(logFile), last].map((file) => ({ kind: 'file', file }));
  }

  /** Null: no such file. Parameters are packed as they are at this moment. */
  open(path: string): ServedFile | null {
    if (path.startsWith('@PARAM/param.pck')) return fromBytes('param.pck', packParameters(this.#parameters));
    const slash = path.lastIndexOf('/');
    const found = this.list(path.slice(0, slash))?.find(
      (entry) => entry.kind === 'file' && entry.file.name === path.slice(slash + 1),
    );
    return found?.kind === 'file' ? found.file : null;
  }
}
