/** A serial device and who else is interested in it. It is not opened. */
import { lstat, realpath, stat } from 'node:fs/promises';
import type { DeviceFacts, Program, Who } from '../facts.ts';
import type { SystemFiles } from './files.ts';
import { readOpenFiles } from './programs.ts';
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
    holders: [...new Map(open.map(({ program }) => [program.pid, program])).values()],
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
