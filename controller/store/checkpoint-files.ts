/**
 * The checkpoints of a data directory and the key that signs them.
 *
 *   <dataDir>/checkpoints/00000001.json …   the checkpoints
 *   <dataDir>/checkpoints/<fingerprint>.pem public keys, of all that ever signed here
 *   <keyFile>                               the private key, mode 0600; made at the first start. Never in a backup
 */
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import {
  type Checkpoint,
  type CheckpointBody,
  digestOf,
  fingerprint,
  privateKeyOf,
  publicKeyOf,
  readCheckpoint,
  signed,
} from './checkpoint.ts';
import { StoreError, toStoreError } from './errors.ts';
import { makeFolder, syncPath } from './folders.ts';
import type { EventBlock } from './port.ts';

export const checkpointDir = (dataDir: string): string => path.join(dataDir, 'checkpoints');
export const keyPath = (dataDir: string): string => path.join(dataDir, 'checkpoint.key');
const NAME = /^(\d{8})\.json$/;
const PUBLIC = /^([0-9a-f]{16})\.pem$/;

/** Written whole and synced before its name appears. */
function put(file: string, text: string, mode = 0o644): void {
  const part = `${file}.${randomBytes(4).toString('hex')}.part`;
  fs.writeFileSync(part, text, { mode });
  syncPath(part);
  fs.renameSync(part, file);
  syncPath(path.dirname(file));
}

/** The key that signs, made when there is none; its public half stands beside the checkpoints. Throws a StoreError. */
export function signingKey(dataDir: string, keyFile = keyPath(dataDir)): { key: KeyObject; made: boolean } {
  try {
    const made = !fs.existsSync(keyFile);
    if (made) {
      const { privateKey } = generateKeyPairSync('ed25519');
      put(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
    }
    const key = readKey(keyFile, privateKeyOf);
    const open = publicPem(key);
    makeFolder(checkpointDir(dataDir));
    const file = path.join(checkpointDir(dataDir), `${fingerprint(key)}.pem`);
    if (!fs.existsSync(file)) put(file, open);
    return { key, made };
  } catch (error) {
    throw toStoreError(error, keyFile);
  }
}

/** PEM of the public half. */
export function publicPem(key: KeyObject): string {
  const pem = key.export({ type: 'pkcs8', format: 'pem' });
  return publicKeyOf(pem.toString()).export({ type: 'spki', format: 'pem' }).toString();
}

export function readKey(file: string, as: (pem: string) => KeyObject): KeyObject {
  try {
    const key = as(fs.readFileSync(file, 'utf8'));
    if (key.asymmetricKeyType !== 'ed25519') throw new Error(`an ${key.asymmetricKeyType} key`);
    return key;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreError('bad-key', `${file}: ${why}`);
  }
}

/** Public keys by fingerprint; what is no key is left out. */
export function publicKeys(dataDir: string): ReadonlyMap<string, KeyObject> {
  const keys = new Map<string, KeyObject>();
  for (const name of namesIn(dataDir)) {
    if (!PUBLIC.test(name)) continue;
    try {
      const key = readKey(path.join(checkpointDir(dataDir), name), publicKeyOf);
      keys.set(fingerprint(key), key);
    } catch {
      // A checkpoint that names it is then signed by a key that nobody knows, and told so.
    }
  }
  return keys;
}

export interface CheckpointFile {
  readonly file: string;
  readonly number: number;
  /** null: it cannot be read. */
  readonly checkpoint: Checkpoint | null;
}

/** In order of their numbers. */
export function listCheckpoints(dataDir: string): readonly CheckpointFile[] {
  return namesIn(dataDir)
    .flatMap((name) => {
      const number = NAME.exec(name)?.[1];
      if (number === undefined) return [];
      const file = path.join(checkpointDir(dataDir), name);
      return [{ file, number: Number(number), checkpoint: readCheckpoint(fs.readFileSync(file, 'utf8')) }];
    })
    .sort((a, b) => a.number - b.number);
}

function namesIn(dataDir: string): string[] {
  const dir = checkpointDir(dataDir);
  return fs.existsSync(dir) ? fs.readdirSync(dir) : [];
}

/** Where the next one goes on. */
export function newest(files: readonly CheckpointFile[]): CheckpointBody | null {
  return files.findLast(({ checkpoint }) => checkpoint !== null)?.checkpoint?.body ?? null;
}

/** Signs the events since the last one; null: there are none. */
export function writeCheckpoint(
  dataDir: string,
  o: {
    readonly key: KeyObject;
    readonly at: string;
    readonly last: CheckpointBody | null;
    readonly blocks: readonly EventBlock[];
  },
): CheckpointBody | null {
  const { last, blocks } = o;
  const [first, end] = [blocks[0], blocks.at(-1)];
  if (first === undefined || end === undefined) return null;
  const body: CheckpointBody = {
    ...{ form: 1, number: (last?.number ?? 0) + 1, at: o.at, from: first.from, to: end.to, stamp: end.stamp },
    ...{ blocks: blocks.map(({ digest }) => digest), previous: last === null ? '' : digestOf(last) },
    key: fingerprint(o.key),
  };
  const file = path.join(checkpointDir(dataDir), `${String(body.number).padStart(8, '0')}.json`);
  try {
    makeFolder(checkpointDir(dataDir));
    if (fs.existsSync(file)) throw new StoreError('internal', `${file} is there already`);
    put(file, `${JSON.stringify(signed(body, o.key))}\n`);
  } catch (error) {
    throw toStoreError(error, file);
  }
  return body;
}
