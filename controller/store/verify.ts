/**
 * The whole of a data directory looked at, also while a controller runs on it or of a backup: files, chains, order,
 * checkpoints, projections. Nothing is changed.
 */
import type { KeyObject } from 'node:crypto';
import fs from 'node:fs';
import Database from 'better-sqlite3';
import { checkpointDir, listCheckpoints, publicKeys } from './checkpoint-files.ts';
import { corePath } from './core-db.ts';
import { StoreError, toStoreError } from './errors.ts';
import { type Finding, Findings } from './findings.ts';
import { CORE_STEPS, CORE_VERIFIABLE, migrate } from './migrations.ts';
import { type OnProgress, sayOwnCheck } from './progress.ts';
import { differences, Projections } from './projections.ts';
import { verifyChains, verifyCheckpoints, verifyOrder } from './verify-events.ts';
import { verifyTelemetry } from './verify-telemetry.ts';

export interface VerifyOptions {
  /** Only these are believed; left out: those beside the checkpoints. */
  readonly keys?: ReadonlyMap<string, KeyObject>;
  /** false: core.db alone. */
  readonly telemetry?: boolean;
  readonly onProgress?: OnProgress;
}

export interface Verified {
  readonly ok: boolean;
  readonly events: number;
  readonly entities: number;
  readonly lastId: number;
  /** Batches of telemetry that are as they were sealed, and the days they lie in. */
  readonly batches: number;
  readonly days: number;
  readonly damagedDays: readonly string[];
  readonly checkpoints: number;
  /** Fingerprints of the keys that were believed. */
  readonly keys: readonly string[];
  /** Up to this event a signed checkpoint vouches that nothing is missing; 0: nothing does. */
  readonly vouchedId: number;
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Record<string, number>>;
  /** What nobody can know. */
  readonly unknown: string;
}

const MAX_DIFFERENCES = 200;

/** Throws a StoreError when there is nothing to look at. */
export function verifyData(dataDir: string, o: VerifyOptions = {}): Verified {
  const file = corePath(dataDir);
  if (!fs.existsSync(file)) throw new StoreError('read-only', `${file} does not exist`);
  const findings = new Findings();
  const keys = o.keys ?? publicKeys(dataDir);
  // Before the events: one that is written meanwhile would vouch for what is not read yet.
  const files = listCheckpoints(dataDir);
  const onProgress = o.onProgress ?? (() => {});
  const seen = { events: 0, entities: 0, last: 0, vouched: 0 };
  try {
    const db = new Database(file, { readonly: true, fileMustExist: true, timeout: 10_000 });
    try {
      // All of it as it is at one moment.
      db.exec('BEGIN');
      Object.assign(seen, look(db, { file, files, keys, findings, onProgress }));
    } finally {
      db.close();
    }
  } catch (error) {
    const known = toStoreError(error, file);
    if (known.code !== 'corrupt') throw known;
    findings.add('corrupt', { file }, known.message);
  }
  const telemetry = o.telemetry === false ? null : verifyTelemetry(dataDir, { findings, onProgress });
  const { events, entities, last, vouched } = seen;
  return {
    ...{ ok: findings.total === 0, events, entities, lastId: last, vouchedId: vouched, checkpoints: files.length },
    ...{ batches: telemetry?.batches ?? 0, days: telemetry?.days.length ?? 0 },
    damagedDays: [...(telemetry?.damagedDays ?? [])],
    ...{ keys: [...keys.keys()], findings: findings.kept, counts: findings.counts },
    unknown: unknownOf(last, vouched, checkpointDir(dataDir)),
  };
}

interface Looking {
  readonly file: string;
  readonly files: ReturnType<typeof listCheckpoints>;
  readonly keys: ReadonlyMap<string, KeyObject>;
  readonly findings: Findings;
  readonly onProgress: OnProgress;
}

function look(db: Database.Database, { file, files, keys, findings, onProgress }: Looking) {
  sayOwnCheck(onProgress, 'events', fs.statSync(file).size);
  const said = db.prepare<[], string>('PRAGMA integrity_check(20)').pluck().all();
  for (const words of said) if (words !== 'ok') findings.add('corrupt', { file }, words);
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version > CORE_STEPS.length) throw new StoreError('too-new', file);
  if (version < CORE_VERIFIABLE) {
    throw new StoreError('read-only', `${file} is of an older version: let this skein-controller start on it once`);
  }
  const { events, entities } = verifyChains(db, findings, (share) => onProgress('events, by entity', share));
  const { last } = verifyOrder(db, findings, (share) => onProgress('events, in their order', share));
  const vouched = verifyCheckpoints(db, { files, keys, last, findings });
  verifyProjections(db, findings, (id) => onProgress('what people query, made again', Math.min(1, id / last)));
  return { events, entities, last, vouched };
}

/** Made again beside it, in a file of SQLite's own that goes by itself, and compared row by row. */
function verifyProjections(db: Database.Database, findings: Findings, onPage: (id: number) => void): void {
  const made = new Database('');
  try {
    made.pragma('journal_mode = OFF');
    migrate(made, CORE_STEPS, 'made again');
    made.transaction(() => new Projections(made).replay(db, onPage)).immediate();
    for (const { table, row, how } of differences(db, made, MAX_DIFFERENCES)) {
      findings.add(
        'projection',
        { table, row },
        `${table} ${row}: ${how === 'other' ? 'other than the events say' : how}`,
      );
    }
  } catch (error) {
    // An event that cannot be read is told of by its hash; nothing can be made of what follows it.
    const why = error instanceof Error ? error.message : String(error);
    findings.add('projection', {}, `the events cannot be replayed: ${why}`);
  } finally {
    made.close();
  }
}

function unknownOf(last: number, vouched: number, dir: string): string {
  if (vouched === 0) {
    return (
      `no checkpoint in ${dir} can be believed: each chain speaks for itself, but whether newer events were cut off, ` +
      'or whole chains written anew, cannot be known'
    );
  }
  if (vouched >= last) return 'every event there is was vouched for by a signed checkpoint';
  return (
    `events ${vouched + 1} to ${last} came after the newest checkpoint: each chain speaks for itself, but whether more of ` +
    'them were stored and cut off, or whole chains of that time written anew, cannot be known'
  );
}
