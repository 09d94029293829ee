/** Ports that are taken on this machine: /proc/net tells which, and the open files whose. */
import type { Program, TakenPort } from '../facts.ts';
import type { SystemFiles } from './files.ts';
import { readOpenFiles } from './programs.ts';

export interface WantedPort {
  readonly what: string;
  readonly url: string;
}

/** Listening state of TCP; UDP has none, a bound socket takes the port. */
const LISTENS = '0A';

async function bound(files: SystemFiles, kind: 'tcp' | 'udp'): Promise<ReadonlyMap<number, string>> {
  const texts = await Promise.all([files.text(`/proc/net/${kind}`), files.text(`/proc/net/${kind}6`)]);
  const all = new Map<number, string>();
  for (const line of texts.flatMap((text) => (text ?? '').split('\n').slice(1))) {
    const [, local = '', , state = '', , , , , , inode = ''] = line.trim().split(/\s+/);
    const port = Number.parseInt(local.split(':').at(-1) ?? '', 16);
    if (Number.isInteger(port) && (kind === 'udp' || state === LISTENS)) all.set(port, inode);
  }
  return all;
}

/** Of those the agent would listen on, which are taken. */
export async function takenPorts(
  files: SystemFiles,
  programs: readonly Program[],
  wanted: readonly WantedPort[],
): Promise<readonly TakenPort[]> {
  const [tcp, udp] = await Promise.all([bound(files, 'tcp'), bound(files, 'udp')]);
  const taken = wanted.flatMap(({ what, url }) => {
    const [, kind, port] = /^(tcp|udpin):\/\/.*:(\d+)\/?$/.exec(url) ?? [];
    const inode = kind === undefined ? undefined : (kind === 'tcp' ? tcp : udp).get(Number(port));
    return inode === undefined ? [] : [{ what, url, port: Number(port), socket: `socket:[${inode}]` }];
  });
  if (taken.length === 0) return [];
  const { open } = await readOpenFiles(files, programs, (target) => taken.some(({ socket }) => socket === target));
  return taken.map(({ socket, ...rest }) => ({
    ...rest,
    by: open.find(({ target }) => target === socket)?.program ?? null,
  }));
}
