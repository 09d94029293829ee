/** What people do with the data of a controller from the command line: backup, restore, verify, rebuild. */
import fs from 'node:fs';
import type { Config } from './config.ts';
import {
  backUp,
  corePath,
  fingerprint,
  keepAllOut,
  keyPath,
  publicKeyOf,
  type Restored,
  readKey,
  rebuildProjections,
  restoreData,
  type Verified,
  verifyData,
} from './store/index.ts';

/** What was asked for is wrong, in words that say what to write. */
export class UsageError extends Error {}

/** `own`: the flags of this tool, by name. */
export type Tool = (config: Config, own: ReadonlyMap<string, string>) => Promise<Said>;
export interface Said {
  readonly words: string;
  readonly code: number;
}

/** What was looked at is not sound. */
const UNSOUND = 3;

const keyFileOf = ({ dataDir, events }: Config): string => (events.keyFile === '' ? keyPath(dataDir) : events.keyFile);

export function demandData({ dataDir }: Config): void {
  if (!fs.existsSync(corePath(dataDir)))
    throw new UsageError(`dataDir = "${dataDir}": no controller has kept data there`);
}

export const backup: Tool = async (config, own) => {
  const to = own.get('to') ?? '';
  if (to === '') throw new UsageError('backup needs --to=DIR, a directory that does not exist yet');
  if (fs.existsSync(to)) throw new UsageError(`${to} is there already: a backup is written to a directory of its own`);
  demandData(config);
  const at = new Date().toISOString();
  const { files, bytes, vouchedId } = await backUp(config.dataDir, to, { keyFile: keyFileOf(config), at });
  const vouched = vouchedId > 0 ? `; signed up to event ${vouchedId}` : '; not signed: there is no key yet';
  return {
    words: `${to}: ${files} databases, ${bytes} bytes${vouched}; to restore, let it take the place of dataDir\n`,
    code: 0,
  };
};

export const verify: Tool = async (config, own) => {
  demandData(config);
  const file = own.get('key');
  const keys = file === undefined ? null : readKey(file, publicKeyOf);
  const pinned = keys === null ? {} : { keys: new Map([[fingerprint(keys), keys]]) };
  const found = verifyData(config.dataDir, { ...pinned, onProgress: progress() });
  const words = own.has('json') ? `${JSON.stringify(found)}\n` : report(found, file === undefined);
  return { words, code: found.ok ? 0 : UNSOUND };
};

const PROGRESS_MS = 2000;

/** A line on stderr now and then: millions of events, or a large day, take minutes. */
function progress(): (what: string, share: number | null) => void {
  let saidMs = performance.now();
  return (what, share) => {
    if (share !== null && performance.now() - saidMs < PROGRESS_MS) return;
    saidMs = performance.now();
    process.stderr.write(share === null ? `${what} …\n` : `${what}: ${Math.round(share * 100)} %\n`);
  };
}

function report(found: Verified, isLocal: boolean): string {
  const { events, entities, checkpoints, batches, days, keys, findings, counts } = found;
  const lines = [
    `${events} events of ${entities} entities, ${checkpoints} checkpoints; ${batches} batches of telemetry in ${days} days`,
    isLocal
      ? `keys beside them: ${keys.join(', ') || 'none'}; whoever can write there can put another: --key=FILE names the one to believe`
      : `believed: only ${keys.join(', ')}`,
    ...findings.map(({ code, where, words }) => `${code}: ${placeOf(where)}: ${words}`),
  ];
  const total = Object.values(counts).reduce((sum, one) => sum + one, 0);
  if (total > findings.length) lines.push(`and ${total - findings.length} more`);
  lines.push(found.unknown);
  lines.push(found.ok ? 'sound' : `NOT SOUND: ${total} findings. Way back: docs/events.md`);
  return `${lines.join('\n')}\n`;
}

function placeOf(where: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(where).map(([name, value]) => `${name} ${value}`);
  return parts.join(', ') || 'the whole';
}

export const rebuild: Tool = async (config) => {
  demandData(config);
  const { events, changed } = rebuildProjections(config.dataDir);
  const outcome = changed.length === 0 ? 'the same as before' : `not as before: ${changed.join(', ')}`;
  return { words: `made again from ${events} events: ${outcome}\n`, code: 0 };
};

export const restore: Tool = async ({ dataDir }, own) => {
  const from = own.get('from') ?? '';
  const damaged = own.get('damaged');
  if (from === '') throw new UsageError('restore needs --from=BACKUP, a directory that `skein-controller backup` made');
  if (!fs.existsSync(corePath(from))) throw new UsageError(`${from} is no backup: there is no core.db in it`);
  if (damaged !== undefined && !fs.existsSync(damaged)) throw new UsageError(`--damaged=${damaged} does not exist`);
  if (fs.existsSync(corePath(dataDir)))
    throw new UsageError(
      `${dataDir} holds data already: nothing is overwritten; move it away, and name it with --damaged=DIR`,
    );
  // Said before a backup is looked through, which may take minutes.
  const letGo = keepAllOut([from, damaged]);
  try {
    return restored({ from, dataDir, damaged }, own);
  } finally {
    letGo();
  }
};

function restored(
  { from, dataDir, damaged }: { from: string; dataDir: string; damaged: string | undefined },
  own: ReadonlyMap<string, string>,
): Said {
  const file = own.get('key');
  const key = file === undefined ? null : readKey(file, publicKeyOf);
  const pinned = key === null ? {} : { keys: new Map([[fingerprint(key), key]]) };
  const found = verifyData(from, { ...pinned, onProgress: progress() });
  if (!found.ok && !own.has('anyway')) {
    const words = `${report(found, key === null)}nothing was restored: take an older backup, or add --anyway to take this one as it is\n`;
    return { words, code: UNSOUND };
  }
  const nowUtcUs = Date.now() * 1e3;
  const done = restoreData({ from, dataDir, nowUtcUs, ...(damaged === undefined ? {} : { damaged }) });
  const words = own.has('json') ? `${JSON.stringify(done)}\n` : restoredWords(done, dataDir, damaged);
  return { words, code: 0 };
}

/** Lanes named one by one; the rest is counted. */
const MAX_LANES = 100;

function restoredWords(done: Restored, dataDir: string, damaged: string | undefined): string {
  const { core, events, salvaged, lostEvents, lostEntities, days, lostBatches } = done;
  const lines = [
    `${dataDir}: core.db of the ${core}, ${events} events${salvaged > 0 ? `, ${salvaged} of them salvaged from the damaged file` : ''}`,
    ...days.map(
      ({ day, of }) => `telemetry of ${day}: ${of === 'left out' ? 'left out, no backup has it' : `of the ${of}`}`,
    ),
  ];
  if (lostEvents !== null) {
    const atMost = 'how many cannot be known: nothing of the damaged core.db can be read';
    const which = done.lostAtMost
      ? `after ${lostEvents.from - 1}, ${atMost}`
      : `${lostEvents.from} to ${lostEvents.to}`;
    lines.push(`LOST: events ${which}; whoever follows the feed may have them`);
    const more =
      lostEntities.length > 0 ? `of ${lostEntities.join(', ')}` : 'of which entities cannot be read any more';
    lines.push(`      ${more}`);
  } else if (damaged === undefined) {
    lines.push(
      'what was stored after the backup is missing; --damaged=DIR says exactly what, and saves what can be read',
    );
  } else lines.push('no event is known to be lost');
  for (const { drone, epoch, lane, from, to } of lostBatches.slice(0, MAX_LANES)) {
    lines.push(`missing for now: ${drone} ${epoch} ${lane} ${from} to ${to}`);
  }
  if (lostBatches.length > MAX_LANES) lines.push(`and of ${lostBatches.length - MAX_LANES} more lanes`);
  if (lostBatches.length > 0 || damaged === undefined) {
    lines.push(
      'the drones send again what they still hold (outbox.keepAckedHours, 48 unless set); the rest becomes a gap that is shown',
    );
  }
  return `${lines.join('\n')}\n`;
}
