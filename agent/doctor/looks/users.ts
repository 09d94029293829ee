/** Names behind numbers, from /etc/passwd and /etc/group. */
import type { Who } from '../facts.ts';
import type { SystemFiles } from './files.ts';

export interface Users {
  nameOf(uid: number): string;
  groupOf(gid: number): string;
  /** With all groups the account has. */
  account(uid: number): Who;
}

const fields = (text: string | null): string[][] => (text ?? '').split('\n').map((line) => line.split(':'));

export async function readUsers(files: SystemFiles): Promise<Users> {
  const people = fields(await files.text('/etc/passwd'));
  const groups = fields(await files.text('/etc/group'));
  const nameOf = (uid: number): string => people.find(([, , id]) => id === String(uid))?.[0] ?? String(uid);
  return {
    nameOf,
    groupOf: (gid) => groups.find(([, , id]) => id === String(gid))?.[0] ?? String(gid),
    account(uid) {
      const name = nameOf(uid);
      const primary = Number(people.find(([, , id]) => id === String(uid))?.[3] ?? uid);
      const more = groups
        .filter(([, , , members = '']) => members.split(',').includes(name))
        .map(([, , id]) => Number(id));
      return { name, uid, gids: [primary, ...more] };
    },
  };
}
