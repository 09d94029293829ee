/** A serial device and who else is interested in it. It is not opened. */
import { lstat, realpath, stat } from 'node:fs/promises';
import type { DeviceFacts, Program, Who } from '../facts.ts';
import type { SystemFiles } from './files.ts';
import { type OpenFiles, readOpenFiles } from './programs.ts';
import type { Users } from './users.ts';

const BY_ID = '/dev/serial/by-id';
const SERIAL = /^(tty(ACM|USB|AMA|S|THS|mxc|HS)\d+|serial\d)$/;

/** As glibc splits it. */
const udevName = (rdev: number): string => `c${(rdev >> 8) & 0xfff}:${(rdev & 0xff) | ((rdev >> 12) & 0xfff00)}`;

async function stableNames(files: SystemFiles, real: string | null): Promise<string[]> {
  const names = (await files.list(BY_ID)) ?? [];
  const targets = await Promise.all(names.map((name) => files.target(`${BY_ID}/${name}`)));
  return names
    .filter((_, i) => real === null || targets[i]?.split('/').at(-1) === real.split('/').at(-1))
    .map((name) => `${BY_ID}/${name}`);
}

const kindOf = async (path: string, isSerial: boolean | null): Promise<DeviceFacts['kind']> => {
  if (isSerial !== null) return isSerial ? 'serial' : 'other';
  return lstat(path).then(
    () => 'dangling' as const,
    () => 'missing' as const,
  );
};

/**
 * Of a pseudo-terminal the process at its other end, which is what flies (a simulator, a bridge over the network): it may
 * keep our end open, too, so that the line does not hang up, and is no rival. Which one a /dev/ptmx leads to the kernel says
 * in fdinfo; where it does not, whoever has one is taken for the other end: a rival unseen harms less than a simulator ended.
 */
async function peersOf(real: string, files: SystemFiles, open: OpenFiles['open']): Promise<ReadonlySet<number>> {
  const number = /^\/dev\/pts\/(\d+)$/.exec(real)?.[1];
  const peers = new Set<number>();
  if (number === undefined) return peers;
  const { open: masters } = await readOpenFiles(
    files,
    open.map(({ program }) => program),
    (target) => /^\/dev\/(pts\/)?ptmx$/.test(target),
  );
  for (const { program, fd } of masters) {
    const said = (await files.text(`/proc/${program.pid}/fdinfo/${fd}`)) ?? '';
    const index: string = /^tty-index:\s*(\d+)/m.exec(said)?.[1] ?? number;
    if (index === number) peers.add(program.pid);
  }
  return peers;
}

export async function lookAtDevice(
  path: string,
  o: {
    readonly files: SystemFiles;
    readonly users: Users;
    readonly programs: readonly Program[];
    readonly who: Who;
    readonly me: Who;
  },
): Promise<DeviceFacts> {
  const { files, users, programs, who, me } = o;
  const real = await realpath(path).catch(() => null);
  const found = await stat(path).catch(() => null);
  const tty = (real ?? path).replace(/^\/dev\//, '');
  const { open, unseen } = await readOpenFiles(files, programs, (target) => target === path || target === real);
  const peers = await peersOf(real ?? path, files, open);
  const group = found === null ? '' : users.groupOf(found.gid);
  const udev = found === null ? null : await files.text(`/run/udev/data/${udevName(found.rdev)}`);
  const isUsb = [path, real ?? ''].some((name) => /\/tty(ACM|USB)\d+$/.test(name) || name.startsWith(BY_ID));
  return {
    path,
    real,
    kind: await kindOf(path, found?.isCharacterDevice() ?? null),
    mode: found?.mode ?? 0,
    uid: found?.uid ?? 0,
    gid: found?.gid ?? 0,
    group,
    who,
    groupPending:
      found !== null &&
      who.uid === me.uid &&
      !me.gids.includes(found.gid) &&
      users.account(me.uid).gids.includes(found.gid),
    holders: [...new Map(open.map(({ program }) => [program.pid, program])).values()].filter(
      ({ pid }) => !peers.has(pid),
    ),
    unseen,
    getty:
      programs.find(
        ({ name, command }) => /^a?getty$/.test(name) && command.some((word) => word === tty || word === path),
      ) ?? null,
    kernelConsole: new RegExp(`(^|\\s)console=${tty.replace(/[^\w]/g, '.')}(,|\\s|$)`).test(
      (await files.text('/proc/cmdline')) ?? '',
    ),
    modemManager: {
      runs: isUsb && programs.some(({ name }) => name === 'ModemManager'),
      leavesIt: /^E:ID_MM_(DEVICE|PORT)_IGNORE=1$/m.test(udev ?? ''),
    },
    stableNames: await stableNames(files, real),
    others: ((await files.list('/dev')) ?? []).filter((name) => SERIAL.test(name)).map((name) => `/dev/${name}`),
  };
}
