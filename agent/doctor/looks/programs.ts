/** Who runs on this machine, and what each has open: from /proc. */
import type { OtherAgent, Program } from '../facts.ts';
import type { SystemFiles } from './files.ts';

const MAX_PROGRAMS = 4_096;
const AT_ONCE = 16;

async function inTurns<T, R>(all: readonly T[], each: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < all.length; i += AT_ONCE)
    results.push(...(await Promise.all(all.slice(i, i + AT_ONCE).map(each))));
  return results;
}

/** Only of agents it is asked who started them: on a busy board each file costs. */
async function parentOf(files: SystemFiles, pid: number): Promise<number> {
  return Number(/^PPid:\s*(\d+)/m.exec((await files.text(`/proc/${pid}/status`)) ?? '')?.[1] ?? 0);
}

async function readProgram(files: SystemFiles, pid: number): Promise<Program | null> {
  const [name, commandLine] = await Promise.all([files.text(`/proc/${pid}/comm`), files.text(`/proc/${pid}/cmdline`)]);
  if (name === null) return null;
  const command = (commandLine ?? '').split('\0').filter((word) => word !== '');
  return { pid, name: name.trim(), command, parent: runsAgent(command) ? await parentOf(files, pid) : 0 };
}

function runsAgent(command: readonly string[]): boolean {
  const at = command.findIndex((word) => /(^|\/)(skein-agent(\.js)?|agent\/main\.ts)$/.test(word));
  return at !== -1 && command[at + 1] === 'run';
}

export async function readPrograms(files: SystemFiles): Promise<readonly Program[]> {
  const names = (await files.list('/proc')) ?? [];
  const pids = names.filter((name) => /^\d+$/.test(name)).slice(0, MAX_PROGRAMS);
  const all = await inTurns(pids, (pid) => readProgram(files, Number(pid)));
  return all.filter((one) => one !== null);
}

export interface OpenFiles {
  readonly open: readonly { readonly program: Program; readonly fd: string; readonly target: string }[];
  /** Those whose open files this user may not see. */
  readonly unseen: readonly Program[];
}

export async function readOpenFiles(
  files: SystemFiles,
  programs: readonly Program[],
  wanted: (target: string) => boolean,
): Promise<OpenFiles> {
  const open: { program: Program; fd: string; target: string }[] = [];
  const unseen: Program[] = [];
  await inTurns(programs, async (program) => {
    const folder = `/proc/${program.pid}/fd`;
    const fds = await files.list(folder);
    // Kernel threads have no command line, and nothing open.
    if (fds === null && program.command.length > 0) unseen.push(program);
    for (const fd of fds ?? []) {
      const target = await files.target(`${folder}/${fd}`);
      if (target !== null && wanted(target)) open.push({ program, fd, target });
    }
  });
  return { open, unseen };
}

const flagValue = (command: readonly string[], flag: string): string | null => {
  const at = command.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  const word = command[at];
  if (at === -1 || word === undefined) return null;
  return word === flag ? (command[at + 1] ?? null) : word.slice(flag.length + 1);
};

/** Agents that run, by their command line: not the one of `ownPid`, nor what started it. */
export function agentsAmong(programs: readonly Program[], ownPid: number | null): readonly OtherAgent[] {
  const all = programs.filter(({ command }) => runsAgent(command));
  const family = new Set<number>();
  for (let pid = ownPid ?? 0; pid > 1 && !family.has(pid); pid = programs.find((one) => one.pid === pid)?.parent ?? 0)
    family.add(pid);
  return (
    all
      // What watches an agent has the same command line: the innermost is the agent.
      .filter(({ pid }) => !family.has(pid) && all.every(({ parent }) => parent !== pid))
      .map((program) => ({
        program,
        dataDir: flagValue(program.command, '--dataDir'),
        drone: flagValue(program.command, '--drone'),
      }))
  );
}
