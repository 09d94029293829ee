/** The data folder and the disk below it. Only `probeDisk` writes, and only where no agent runs. */
import { open, readdir, realpath, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { mayDo } from '../access.ts';
import type { DataFacts, DiskFacts, Who } from '../facts.ts';
import type { SystemFiles } from './files.ts';
import type { Users } from './users.ts';

const PROBE_BYTES = 4_096;
const MAX_FILES = 1_000;

/** What state.json keeps of the start before; whatever it is made of. */
export async function keptState(dataDir: string): Promise<{ readonly board: string | null; readonly utcMs: number }> {
  const text = await open(join(dataDir, 'state.json'))
    .then((file) => file.readFile('utf8').finally(() => file.close()))
    .catch(() => '{}');
  try {
    const { board, clock } = JSON.parse(text) as { board?: unknown; clock?: { utcUs?: unknown } | null };
    const utcUs = clock?.utcUs;
    return {
      board: typeof board === 'string' ? board : null,
      utcMs: typeof utcUs === 'number' && Number.isFinite(utcUs) ? utcUs / 1000 : 0,
    };
  } catch {
    return { board: null, utcMs: 0 };
  }
}

/** The agent is taken to run as the owner of its data, unless that is root's: then as whoever asks. */
export async function agentUser(dataDir: string, users: Users, me: Who): Promise<Who> {
  const found = await stat(dataDir).catch(() => null);
  return found === null || found.uid === 0 || found.uid === me.uid ? me : users.account(found.uid);
}

async function nearestAbove(path: string): Promise<string> {
  for (let at = dirname(path); ; at = dirname(at)) {
    const found = await stat(at).catch(() => null);
    if (found !== null || dirname(at) === at) return at;
  }
}

export async function lookAtData(path: string, users: Users, who: Who): Promise<DataFacts> {
  const found = await stat(path).catch(() => null);
  const above = await nearestAbove(path);
  const judged = found ?? (await stat(above).catch(() => null));
  const foreign: string[] = [];
  if (found?.isDirectory()) {
    const names = await readdir(path).catch(() => []);
    for (const name of names.slice(0, MAX_FILES)) {
      const one = await stat(join(path, name)).catch(() => null);
      if (one !== null && !one.isSocket() && !mayDo(one, who, one.isDirectory() ? 3 : 6)) foreign.push(name);
    }
  }
  return {
    path,
    kind: found === null ? 'missing' : found.isDirectory() ? 'folder' : 'other',
    owner: found === null ? '' : users.nameOf(found.uid),
    who,
    folderWritable: judged !== null && mayDo(judged, who, 3),
    above,
    foreign,
    board: (await keptState(path)).board,
  };
}

interface Mount {
  readonly device: string;
  readonly point: string;
  readonly readOnly: boolean;
}

async function mountOf(files: SystemFiles, path: string): Promise<Mount | null> {
  const lines = ((await files.text('/proc/self/mounts')) ?? '').split('\n');
  const mounts = lines.flatMap((line) => {
    const [device = '', point = '', , options = ''] = line.split(' ');
    return point === ''
      ? []
      : [{ device, point: point.replaceAll('\\040', ' '), readOnly: options.split(',').includes('ro') }];
  });
  const above = mounts.filter(({ point }) => point === '/' || path === point || path.startsWith(`${point}/`));
  return above.reduce<Mount | null>(
    (best, one) => (best !== null && best.point.length > one.point.length ? best : one),
    null,
  );
}

export async function lookAtDisk(path: string, files: SystemFiles): Promise<Omit<DiskFacts, 'probe'>> {
  const there = (await stat(path).catch(() => null)) === null ? await nearestAbove(path) : path;
  const real = await realpath(there).catch(() => there);
  const [space, mount] = await Promise.all([statfs(real).catch(() => null), mountOf(files, real)]);
  const name = basename(mount?.device ?? '');
  const errors = name === '' ? null : await files.text(`/sys/fs/ext4/${name}/errors_count`);
  const worn = name === '' ? null : await files.text(`/sys/block/${name.replace(/p\d+$/, '')}/device/pre_eol_info`);
  const mb = (blocks: number, bytes: number): number => Math.round((blocks * bytes) / 1e6);
  return {
    freeMb: space === null ? null : mb(space.bavail, space.bsize),
    sizeMb: space === null ? null : mb(space.blocks, space.bsize),
    device: mount?.device ?? null,
    mountPoint: mount?.point ?? null,
    readOnly: mount?.readOnly ?? false,
    errors: errors === null ? null : Number(errors.trim()),
    preEol: worn === null ? null : Number(worn.trim()),
  };
}

/** A small file, written, synced and removed. */
export async function probeDisk(dir: string, nowMs: () => number): Promise<NonNullable<DiskFacts['probe']>> {
  const path = join(dir, `.doctor-${process.pid}`);
  const began = nowMs();
  try {
    const file = await open(path, 'w');
    try {
      await file.write(Buffer.alloc(PROBE_BYTES, 1));
      await file.sync();
    } finally {
      await file.close();
    }
    return { ms: nowMs() - began, error: null };
  } catch (error) {
    return {
      ms: nowMs() - began,
      error: error instanceof Error && 'code' in error ? String(error.code) : String(error),
    };
  } finally {
    await rm(path, { force: true }).catch(() => {});
  }
}
