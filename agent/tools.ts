/** `skein-agent preflight | lock | unlock | stations`: for whoever stands beside the drone. All work without a network. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonWords } from '@skein/protocol/fleet';
import { findAgent, isNobody, nobodyThere, refusalWords, table } from './asking.ts';
import type { CommandLine } from './cli/index.ts';
import { EXIT, type Terminal } from './exit.ts';
import { LOCK_NAME, readLocks, writeLocks } from './lock/index.ts';
import type { Preflight } from './preflight/index.ts';
import type { EndpointStatus } from './stations/index.ts';

const isJson = (line: CommandLine): boolean => line.switches.has('json');

function usage(io: Terminal, ...lines: readonly string[]): number {
  io.complain(lines);
  return EXIT.usage;
}

export function preflightPage({ verdict, items }: Preflight): string {
  const count = (wanted: string): number => items.filter((each) => each.verdict === wanted).length;
  const head =
    verdict === 'stop'
      ? `NOT READY: ${count('stop')} of ${items.length} items stop it from arming.`
      : verdict === 'warn'
        ? `Ready, with ${count('warn')} warnings.`
        : 'Ready.';
  const rows = items.map(({ item, verdict, value, limit, words }) => {
    const shown = [value, limit === null || verdict === 'ok' ? null : `wanted: ${limit}`].filter(
      (part) => part !== null,
    );
    return [
      verdict === 'ok' ? 'ok' : verdict.toUpperCase(),
      item,
      `${words}${shown.length > 0 ? ` (${shown.join('; ')})` : ''}`,
    ];
  });
  return `${head}\n\n${table(rows)}`;
}

export async function preflight(line: CommandLine, io: Terminal): Promise<number> {
  const agent = findAgent(line);
  if (!agent.ok) return usage(io, ...agent.problems);
  const asked = await agent.ask('/preflight');
  if (!asked.ok) {
    io.complain(asked.reached ? [refusalWords(asked.reason).message] : nobodyThere(agent.dataDir, asked.reason));
    return asked.reached ? EXIT.failed : EXIT.notRunning;
  }
  const list = JSON.parse(asked.body) as Preflight;
  io.out(isJson(line) ? asked.body : preflightPage(list));
  return list.verdict === 'stop' ? EXIT.refused : EXIT.ok;
}

/** Without an agent the file counts, but only where an agent keeps its data: a lock beside it would hold nothing. */
async function noDataThere(dataDir: string): Promise<string | null> {
  const found = await stat(dataDir).catch(() => null);
  return found?.isDirectory() === true
    ? null
    : `no agent keeps its data in ${dataDir}: say where with --dataDir or --config`;
}

/** The reason, also when it was not quoted: what follows it belongs to it. Null: none was given. */
function reasonOf({ options, words }: CommandLine): string | null {
  const first = options.get('reason');
  return first === undefined ? null : [first, ...words].join(' ').trim();
}

export async function lock(line: CommandLine, io: Terminal): Promise<number> {
  const reason = reasonOf(line);
  if (reason === null) return usage(io, ...line.usage);
  const agent = findAgent(line);
  if (!agent.ok) return usage(io, ...agent.problems);
  const answer = await agent.ask('/lock', { method: 'POST', body: { reason } });
  let kept = true;
  if (answer.ok) kept = (JSON.parse(answer.body) as { kept: boolean }).kept;
  else if (answer.reached && refusalWords(answer.reason).code !== 'not-ready')
    return usage(io, refusalWords(answer.reason).message);
  else {
    // No agent, or one that hangs: the file is what the next start reads, and a running one looks at it every few seconds.
    const path = join(agent.dataDir, LOCK_NAME);
    const nowhere = await noDataThere(agent.dataDir);
    if (nowhere !== null) {
      io.complain([`NOT locked: ${nowhere}`]);
      return EXIT.notRunning;
    }
    try {
      const locks = await readLocks(path);
      await writeLocks(path, { ...locks, here: { reason, by: 'drone', at: new Date().toISOString() } });
    } catch (error) {
      io.complain([`NOT locked: ${error instanceof Error ? error.message : String(error)}`]);
      return EXIT.failed;
    }
  }
  if (!kept) io.complain(['locked now, but the disk did not take it: a restart would forget it. Look at the disk.']);
  if (isJson(line)) io.out(`${JSON.stringify({ locked: true, reason, kept, agent: answer.ok })}\n`);
  else io.out(`Locked: ${reason}. Nothing arms, starts or reboots until "skein-agent unlock --reason …" here.\n`);
  if (!answer.ok && !isJson(line)) {
    const file = join(agent.dataDir, LOCK_NAME);
    const when =
      answer.reached || !isNobody(answer.reason)
        ? ' It runs and takes that over within seconds, unless it hangs: see to it that "skein-agent preflight" shows the lock.'
        : '';
    io.out(
      `No agent answered; the lock is in its file, ${file}, and holds for the agent of that folder alone.${when}\n`,
    );
  }
  return kept ? EXIT.ok : EXIT.failed;
}

/** Without an agent: the drone's own lock goes, an operator's stays. `refused`: null, or why it is still locked. */
async function unlockFile(dataDir: string): Promise<{ readonly refused: string | null; readonly wasLocked: boolean }> {
  const path = join(dataDir, LOCK_NAME);
  const { here, remote } = await readLocks(path);
  if (here !== null) await writeLocks(path, { here: null, remote });
  return { refused: remote === null ? null : 'locked-by-operator', wasLocked: here !== null || remote !== null };
}

export async function unlock(line: CommandLine, io: Terminal): Promise<number> {
  const reason = reasonOf(line);
  if (reason === null) return usage(io, ...line.usage);
  const agent = findAgent(line);
  if (!agent.ok) return usage(io, ...agent.problems);
  const answer = await agent.ask('/unlock', { method: 'POST', body: { reason } });
  let refused: string | null = null;
  let wasLocked = true;
  if (answer.ok) wasLocked = (JSON.parse(answer.body) as { wasLocked?: boolean }).wasLocked !== false;
  else if (answer.reached && refusalWords(answer.reason).code !== 'not-ready') {
    refused = refusalWords(answer.reason).code;
  } else {
    const nowhere = await noDataThere(agent.dataDir);
    if (nowhere !== null) {
      io.complain([`nothing was unlocked: ${nowhere}`]);
      return EXIT.notRunning;
    }
    try {
      ({ refused, wasLocked } = await unlockFile(agent.dataDir));
    } catch (error) {
      io.complain([`still locked: ${error instanceof Error ? error.message : String(error)}`]);
      return EXIT.failed;
    }
  }
  if (isJson(line))
    io.out(`${JSON.stringify({ locked: refused !== null, wasLocked, error: refused, agent: answer.ok })}\n`);
  else if (refused === null) io.out(wasLocked ? 'Unlocked.\n' : 'It was not locked.\n');
  if (refused !== null) io.complain([`still locked: ${reasonWords(refused)}`]);
  return refused === null ? EXIT.ok : EXIT.refused;
}

export function stationsPage(stations: readonly EndpointStatus[]): string {
  if (stations.length === 0) return 'No [[station]] is set: ground stations cannot connect through this agent.\n';
  const rows = stations.map(({ name, url, mode, open, problem, unlockedLeftMs, heard, counters }) => {
    const may =
      unlockedLeftMs !== null
        ? `MAY CHANGE THE VEHICLE for ${Math.ceil(unlockedLeftMs / 60_000)} min`
        : mode === 'control'
          ? 'listening (may be unlocked)'
          : 'listening';
    const state = open ? `${heard} heard` : `not open${problem === null ? '' : `: ${problem}`}`;
    const kept = counters.listenOnly + counters.forbidden + counters.groundLock;
    const lost = counters.droppedQueue + counters.droppedLink + counters.droppedToStation;
    return [name, url, may, state, `${counters.passed} passed, ${kept} refused, ${lost} dropped`];
  });
  return table(rows);
}

export async function stations(line: CommandLine, io: Terminal): Promise<number> {
  const [what = 'show', name] = line.words;
  const minutesText = line.options.get('minutes');
  const minutes = minutesText === undefined ? null : Number(minutesText);
  if (!['show', 'unlock', 'lock'].includes(what) || Number.isNaN(minutes)) return usage(io, ...line.usage);
  const agent = findAgent(line);
  if (!agent.ok) return usage(io, ...agent.problems);
  const body = { ...(name === undefined ? {} : { station: name }), ...(minutes === null ? {} : { minutes }) };
  const answer =
    what === 'show' ? await agent.ask('/stations') : await agent.ask(`/stations/${what}`, { method: 'POST', body });
  if (!answer.ok) {
    io.complain(answer.reached ? [refusalWords(answer.reason).message] : nobodyThere(agent.dataDir, answer.reason));
    return answer.reached ? EXIT.refused : EXIT.notRunning;
  }
  if (isJson(line)) io.out(answer.body);
  else if (what === 'show') io.out(stationsPage((JSON.parse(answer.body) as { stations: EndpointStatus[] }).stations));
  else {
    const { station, leftMs } = JSON.parse(answer.body) as { station: string; leftMs: number | null };
    io.out(
      leftMs === null
        ? `${station} only listens now.\n`
        : `${station} may change the vehicle for ${Math.round(leftMs / 60_000)} min; end it with "skein-agent stations lock".\n`,
    );
  }
  return EXIT.ok;
}
