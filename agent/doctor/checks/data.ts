import type { DataFacts, DiskFacts, DoctorFacts } from '../facts.ts';
import { type Finding, fine, found, unsure } from '../finding.ts';
import type { RunningFacts } from '../running.ts';

/** Pre-flight stops at 20 MB and warns at 200. */
const FULL_MB = 20;
const LOW_MB = 200;
/** A sealed second of telemetry must be on the disk within the next. */
const SLOW_MS = 1_000;
const MB = 1e6;

function folder({ path, kind, owner, who, folderWritable, above, foreign }: DataFacts): Finding {
  if (kind === 'other')
    return found(
      'data-no-folder',
      `${path} is no folder.`,
      `sudo mv ${path} ${path}.old`,
      'or set dataDir to a folder',
    );
  if (kind === 'missing') {
    if (folderWritable) return fine('data', `${path} is not there yet; the agent makes it`);
    return found(
      'data-missing',
      `${path} is not there, and ${who.name} may not make it in ${above}.`,
      `sudo install -d -o ${who.name} -g ${who.name} ${path}`,
    );
  }
  if (!folderWritable)
    return found(
      'data-forbidden',
      `${who.name} may not write in ${path}, which belongs to ${owner}: nothing that is measured would be kept.`,
      `sudo chown -R ${who.name}: ${path}`,
      `or run the agent as ${owner}`,
    );
  if (foreign.length > 0)
    return found(
      'data-foreign',
      `${who.name} may not write ${foreign.slice(0, 3).join(', ')}${foreign.length > 3 ? ` and ${foreign.length - 3} more` : ''} in ${path}: an agent ran there as somebody else, perhaps with sudo.`,
      `sudo chown -R ${who.name}: ${path}`,
    );
  return fine('data', `${path} can be written by ${who.name}`);
}

/** What outbox, recorder and journal say themselves; the disk's own troubles are told below. */
function kept({ storage }: RunningFacts): Finding[] {
  const { problem, recorder, journal } = storage;
  const words = [
    problem !== null && !['full', 'read-only', 'io'].includes(problem.code) ? problem.message : null,
    journal,
    problem === null ? recorder : null,
  ].filter((one): one is string => one !== null);
  return words.length === 0
    ? [fine('data', 'outbox, journal and recordings are written')]
    : [
        found(
          'data-problem',
          words.join(' '),
          'skein-agent status says more; skein-agent logs --level error --since 1h says since when',
        ),
      ];
}

export function data({ data, agent }: DoctorFacts): Finding[] {
  if (agent.state === 'running' && agent.facts !== null) return kept(agent.facts);
  // Of one that may not be asked the folder is another user's, and rightly so.
  if (agent.state === 'forbidden') return [unsure('data', 'The agent that has the folder may not be asked.')];
  return [data.ok ? folder(data.value) : unsure('data', `The data folder: ${data.why}.`)];
}

/** Told with the folder, or with what is not there yet. */
const OF_FOLDER = ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'];
const KNOWN = ['EROFS', 'EIO', 'ENOSPC', 'EDQUOT', ...OF_FOLDER];
const CARD = 'save what is on it (cp -a the data folder to another disk), then replace the card';

function troubles(disk: DiskFacts, running: RunningFacts | null, path: string): Finding[] {
  const { freeMb, readOnly, errors, preEol, probe, device, mountPoint } = disk;
  const on = `${path} lies on ${device ?? 'a disk'}${mountPoint === null ? '' : `, mounted at ${mountPoint}`}`;
  const code = running === null ? (probe?.error ?? null) : (running.storage.problem?.code ?? null);
  const all: Finding[] = [];
  if (readOnly || code === 'EROFS' || code === 'read-only')
    all.push(
      found(
        'disk-read-only',
        `${on}, which is read-only: nothing new is kept. A file system that found damage makes itself so.`,
        `sudo mount -o remount,rw ${mountPoint ?? '/'}`,
        'if that fails, or it comes back: sudo dmesg | grep -i -E "ext4|mmc|i/o error", fsck at the next start, replace the card',
      ),
    );
  if (code === 'EIO' || code === 'io' || (errors ?? 0) > 0)
    all.push(
      found(
        'disk-failing',
        `${on}, which fails: ${code === 'EIO' || code === 'io' ? 'it answers with errors' : `its file system has counted ${errors} errors`}.`,
        CARD,
      ),
    );
  const isRefused = code === 'ENOSPC' || code === 'EDQUOT';
  if (isRefused && freeMb !== null && freeMb >= LOW_MB)
    all.push(
      found(
        'disk-full',
        `${on}, which takes no more (${code}), though ${freeMb} MB of it are free: it has no room for another file, or a quota ends it.`,
        `sudo df -i ${mountPoint ?? '/'} says how many files it can still hold; many small ones fill it: sudo du --inodes -x ${mountPoint ?? '/'} | sort -n | tail -20`,
        `a quota: quota -u, or sudo repquota ${mountPoint ?? '/'}`,
      ),
    );
  else if (isRefused || code === 'full' || (freeMb !== null && freeMb < FULL_MB))
    all.push(
      found(
        'disk-full',
        `${on}, which is full (${freeMb ?? '?'} MB free): the oldest recordings go, then what is measured is lost.`,
        `find what fills it: sudo du -xh ${mountPoint ?? '/'} | sort -h | tail -20`,
        'common are the journal (sudo journalctl --vacuum-size=100M) and old packages (sudo apt clean)',
        'or give the agent less: disk.budgetMB',
      ),
    );
  else if (freeMb !== null && freeMb < LOW_MB)
    all.push(
      found('disk-low', `${on}, which has only ${freeMb} MB left.`, 'free some, or give the agent less: disk.budgetMB'),
    );
  const slowMs = running === null ? (probe?.error === null ? probe.ms : null) : running.storage.slowCommitMs;
  if (slowMs !== null && slowMs >= SLOW_MS)
    all.push(
      found(
        'disk-slow',
        `${on}, which is slow: it took ${(slowMs / 1000).toFixed(1)} s to keep a few kilobytes. A power cut takes what still waits.`,
        'look what else writes: sudo iotop -o   (or: vmstat 1)',
        'if nothing does, replace the card; an industrial or "A2" one is made for this',
      ),
    );
  if ((preEol ?? 0) >= 2)
    all.push(
      found(
        'disk-worn',
        `${on}, which says that it is nearly worn out (pre_eol_info ${preEol}).`,
        `before it fails: ${CARD}`,
      ),
    );
  return all;
}

export function disk({ disk, agent, settings }: DoctorFacts): Finding[] {
  if (!disk.ok) return [unsure('disk', `The disk: ${disk.why}.`)];
  const running = agent.state === 'running' ? agent.facts : null;
  const { dataDir, budgetMB } = settings.used;
  const all = troubles(disk.value, running, dataDir);
  const { sizeMb, freeMb, probe } = disk.value;
  if (sizeMb !== null && budgetMB > sizeMb)
    all.push(
      found(
        'disk-small',
        `disk.budgetMB allows ${budgetMB} MB, and the whole disk has ${sizeMb}.`,
        `set disk.budgetMB to half of it at most: ${Math.max(8, Math.floor(sizeMb / 2))}`,
      ),
    );
  if (all.length > 0) return all;
  if (freeMb === null) return [unsure('disk', 'How much of the disk is free is not known.')];
  if (probe?.error != null && !KNOWN.includes(probe.error))
    return [unsure('disk', `A small file could not be written to ${dataDir}: ${probe.error}.`)];
  const wrote = probe === null || probe.error !== null ? '' : `, a small file was safe in ${Math.round(probe.ms)} ms`;
  return [fine('disk', `${((freeMb * MB) / 1e9).toFixed(1)} GB free${wrote}`)];
}
