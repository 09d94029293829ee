/**
 * A new data directory out of a backup and, if there is one, what is left of the directory that was damaged.
 *
 *   day files   of the damaged directory as long as they are sound, oldest first; from the first that is not on, of the backup:
 *               a later day kept would say that the ones before it are whole, and no drone would send them again
 *   core.db     the damaged one if it is sound; else of the backup, and then every event of the damaged one that still
 *               follows on it, hash by hash
 */
import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { checkpointDir, keyPath, listCheckpoints } from './checkpoint-files.ts';
import { CoreDb, corePath } from './core-db.ts';
import { dayPath, listDays, telemetryDir } from './day-files.ts';
import { keepAllOut } from './directory-lock.ts';
import { StoreError, toStoreError } from './errors.ts';
import { Findings } from './findings.ts';
import { makeFolder, syncPath } from './folders.ts';
import { missingBatches, type Range, readable } from './remains.ts';
import { verifyData } from './verify.ts';
import { verifyTelemetry } from './verify-telemetry.ts';

/** Passed over where nothing says how many ids were given out: more than came since any backup. */
const UNKNOWN_IDS = 1_000_000;

export interface RestoreOptions {
  readonly from: string;
  /** Must hold no core.db. */
  readonly dataDir: string;
  readonly damaged?: string;
  readonly nowUtcUs: number;
}

export interface Restored {
  readonly core: 'backup' | 'damaged directory';
  readonly days: readonly { readonly day: string; readonly of: 'backup' | 'damaged directory' | 'left out' }[];
  readonly events: number;
  /** Taken from the damaged core.db after the last of the backup. */
  readonly salvaged: number;
  /** Events that are known to have been there and are gone. */
  readonly lostEvents: Range | null;
  /** How many they were cannot be known: those ids are passed over, so that none is used twice. */
  readonly lostAtMost: boolean;
  /** Whose: as far as what is left can tell. */
  readonly lostEntities: readonly string[];
  /** Batches that the damaged directory had, by lane: the drones send them again if they still hold them. */
  readonly lostBatches: readonly (Range & { readonly drone: string; readonly epoch: string; readonly lane: string })[];
}

/** Throws a StoreError: `exists`, `running` when a controller runs on one of the directories it reads. */
export function restoreData(o: RestoreOptions): Restored {
  if (fs.existsSync(corePath(o.dataDir))) throw new StoreError('exists', o.dataDir);
  const letGo = keepAllOut([o.from, o.damaged]);
  const part = `${path.resolve(o.dataDir)}.part`;
  try {
    fs.rmSync(part, { recursive: true, force: true });
    makeFolder(telemetryDir(part));
    const days = copyDays(o, part);
    const core = copyCore(o, part);
    for (const file of [telemetryDir(part), part]) syncPath(file);
    makeFolder(path.dirname(path.resolve(o.dataDir)));
    fs.rmSync(o.dataDir, { recursive: true, force: true });
    fs.renameSync(part, o.dataDir);
    syncPath(path.dirname(path.resolve(o.dataDir)));
    return { ...core, days, lostBatches: o.damaged === undefined ? [] : missingBatches(o.damaged, o.dataDir) };
  } catch (error) {
    fs.rmSync(part, { recursive: true, force: true });
    throw toStoreError(error, `restore of ${o.from} to ${o.dataDir}`);
  } finally {
    letGo();
  }
}

/** By SQLite's own check, by the checksum of each batch, by what should be there (verify-telemetry.ts). */
function damagedDays(dataDir: string): ReadonlySet<string> {
  return verifyTelemetry(dataDir, { findings: new Findings(), onProgress: () => {} }).damagedDays;
}

/** Whole, with what stands in its log. */
function copyDb(from: string, to: string): void {
  const db = new Database(from, { readonly: true, fileMustExist: true, timeout: 10_000 });
  try {
    db.prepare('VACUUM INTO ?').run(to);
  } finally {
    db.close();
  }
  syncPath(to);
}

function copyDays({ from, damaged }: RestoreOptions, part: string): Restored['days'] {
  const old = damaged !== undefined && fs.existsSync(telemetryDir(damaged)) ? listDays(damaged) : [];
  const backed = listDays(from);
  const done: { day: string; of: Restored['days'][number]['of'] }[] = [];
  const unsound = damaged === undefined ? new Set<string>() : damagedDays(damaged);
  let isWhole = damaged !== undefined;
  for (const day of [...new Set([...backed, ...old])].sort()) {
    // A day that retention has removed since the backup stays removed.
    if (damaged !== undefined && isWhole && !old.includes(day)) continue;
    isWhole &&= damaged !== undefined && old.includes(day) && !unsound.has(day);
    if (isWhole && damaged !== undefined) copyDb(dayPath(damaged, day), dayPath(part, day));
    else if (backed.includes(day)) copyDb(dayPath(from, day), dayPath(part, day));
    done.push({ day, of: isWhole ? 'damaged directory' : backed.includes(day) ? 'backup' : 'left out' });
  }
  return done;
}

function copyCore(
  o: RestoreOptions,
  part: string,
): Pick<Restored, 'core' | 'events' | 'salvaged' | 'lostEvents' | 'lostAtMost' | 'lostEntities'> {
  const { from, damaged } = o;
  const own = damaged !== undefined && fs.existsSync(keyPath(damaged)) ? keyPath(damaged) : null;
  if (own !== null) {
    fs.copyFileSync(own, keyPath(part));
    syncPath(keyPath(part));
  }
  const isKept =
    damaged !== undefined && fs.existsSync(corePath(damaged)) && verifyData(damaged, { telemetry: false }).ok;
  const source = isKept ? damaged : from;
  copyDb(corePath(source), corePath(part));
  if (fs.existsSync(checkpointDir(source))) fs.cpSync(checkpointDir(source), checkpointDir(part), { recursive: true });
  const core = new CoreDb(part);
  try {
    const before = core.newestEvent;
    const left = isKept || damaged === undefined ? null : readable(corePath(damaged));
    const salvaged = left === null ? 0 : core.adopt(left.eventsAfter(before));
    const last = core.newestEvent;
    const isUnknown = !isKept && damaged !== undefined && (left?.given ?? 0) === 0;
    const known = Math.max(last + (isUnknown ? UNKNOWN_IDS : 0), left?.given ?? 0, ...signedIn(damaged));
    const lostEvents = known > last ? { from: last + 1, to: known } : null;
    const lostEntities = left === null ? [] : left.entitiesBeyond(last, (entity) => core.versionOf(entity));
    left?.close();
    core.skipTo(known);
    const data = {
      core: isKept ? 'kept' : 'backup',
      salvaged,
      lost: lostEvents,
      ...(isUnknown ? { atMost: true } : {}),
    };
    const by = { kind: 'controller', name: 'restore' } as const;
    core.append(
      [{ entity: 'controller', type: 'restored', atUtcUs: o.nowUtcUs, by, cause: 'restore', data }],
      o.nowUtcUs,
    );
    const core_ = isKept ? 'damaged directory' : 'backup';
    return { core: core_, events: last, salvaged, lostEvents, lostAtMost: isUnknown, lostEntities };
  } finally {
    core.close();
  }
}

function signedIn(dataDir: string | undefined): number[] {
  return dataDir === undefined ? [] : listCheckpoints(dataDir).map(({ checkpoint }) => checkpoint?.body.to ?? 0);
}
