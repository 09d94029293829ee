/** `skein-agent params snapshot | diff | restore`. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSafetyParameter } from '@skein/protocol/fleet';
import { type Found, findAgent, nobodyThere, refusalWords, table } from './asking.ts';
import type { CommandLine } from './cli/index.ts';
import { EXIT, type Terminal } from './exit.ts';
import {
  diffParameters,
  type LeftOut,
  parseSnapshot,
  planRestore,
  type RestorePlan,
  type RestoreRun,
  renderSnapshot,
  type Snapshot,
  shownValue,
} from './params/index.ts';

/** A thousand parameters over 57 600 baud take a minute; a restore reads each back. */
const LIST_WAIT_MS = 180_000;
const RESTORE_WAIT_MS = 600_000;

const LEFT_OUT: Readonly<Record<LeftOut, string>> = {
  counter: 'written by the autopilot itself',
  calibration: 'true of another board only (--calibration)',
  safety: 'part of the safety net (--safety)',
  'missing-here': 'this autopilot has no such parameter',
  'missing-in-file': 'not in the file',
};

type Read = { readonly ok: true; readonly snapshot: Snapshot } | { readonly ok: false; readonly code: number };
type Agent = Extract<Found, { ok: true }>;

async function fromFile(path: string, io: Terminal): Promise<Read> {
  try {
    const parsed = parseSnapshot(await readFile(path, 'utf8'));
    if (parsed.ok) return parsed;
    io.complain([`${path}: ${parsed.reason}`]);
  } catch (error) {
    io.complain([error instanceof Error ? error.message : String(error)]);
  }
  return { ok: false, code: EXIT.failed };
}

async function fromAgent(agent: Agent, io: Terminal): Promise<Read> {
  const asked = await agent.ask('/params', { waitMs: LIST_WAIT_MS });
  if (asked.ok) return { ok: true, snapshot: JSON.parse(asked.body) as Snapshot };
  io.complain(asked.reached ? [refusalWords(asked.reason).message] : nobodyThere(agent.dataDir, asked.reason));
  return { ok: false, code: asked.reached ? EXIT.failed : EXIT.notRunning };
}

const shown = (value: number | null): string => (value === null ? '—' : shownValue(value));

async function snapshot(agent: Agent, file: string | undefined, io: Terminal): Promise<number> {
  const now = await fromAgent(agent, io);
  if (!now.ok) return now.code;
  const text = renderSnapshot(now.snapshot);
  if (file === undefined || file === '-') io.out(text);
  else {
    await writeFile(file, text);
    io.out(`${Object.keys(now.snapshot.parameters).length} parameters in ${file}\n`);
  }
  return EXIT.ok;
}

async function diff(agent: Agent, files: readonly string[], json: boolean, io: Terminal): Promise<number> {
  const [first = '', second] = files;
  const from = await fromFile(first, io);
  if (!from.ok) return from.code;
  const to = second === undefined ? await fromAgent(agent, io) : await fromFile(second, io);
  if (!to.ok) return to.code;
  const changes = diffParameters(from.snapshot.parameters, to.snapshot.parameters);
  if (json) io.out(`${JSON.stringify({ changes })}\n`);
  else if (changes.length === 0) io.out('no difference\n');
  else io.out(table(changes.map((change) => [change.name, shown(change.from), '→', shown(change.to)])));
  return changes.length === 0 ? EXIT.ok : EXIT.refused;
}

export function planPage({ changes, leftOut }: RestorePlan): string {
  const head = changes.length === 0 ? 'Nothing to set.' : `${changes.length} to set:`;
  const rows = changes.map(({ name, from, to }) => [`  ${name}`, shownValue(from), '→', shownValue(to)]);
  const groups = Object.entries(LEFT_OUT).flatMap(([why, words]) => {
    const these = leftOut.filter((each) => each.why === why);
    if (these.length === 0) return [];
    return [
      `\nLeft alone, ${words}:\n`,
      table(these.map(({ name, from, to }) => [`  ${name}`, shown(from), '→', shown(to)])),
    ];
  });
  return `${head}\n${table(rows)}${groups.join('')}`;
}

/** What was there before, so that a restore can be restored. */
async function keepBefore(agent: Agent, before: Snapshot): Promise<string> {
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
  const path = join(agent.dataDir, `parameters-before-${stamp}.json`);
  await writeFile(path, renderSnapshot(before));
  return path;
}

async function restore(agent: Agent, file: string, line: CommandLine, io: Terminal): Promise<number> {
  const has = (flag: string): boolean => line.switches.has(flag);
  const wanted = await fromFile(file, io);
  if (!wanted.ok) return wanted.code;
  const now = await fromAgent(agent, io);
  if (!now.ok) return now.code;
  const options = { safety: has('safety'), calibration: has('calibration'), isSafety: isSafetyParameter };
  const plan = planRestore(now.snapshot, wanted.snapshot, options);
  const json = has('json');
  if (!has('apply')) {
    io.out(json ? `${JSON.stringify({ applied: false, ...plan })}\n` : planPage(plan));
    if (!json && plan.changes.length > 0) io.out('\nNothing was set. "--apply" sets it.\n');
    return EXIT.ok;
  }
  if (!json) io.out(planPage(plan));
  if (plan.changes.length === 0) return EXIT.ok;
  const before = await keepBefore(agent, now.snapshot);
  const changes = plan.changes.map(({ name, to }) => ({ name, to }));
  const asked = await agent.ask('/params/restore', { method: 'POST', body: { changes }, waitMs: RESTORE_WAIT_MS });
  if (!asked.ok) {
    io.complain(asked.reached ? [refusalWords(asked.reason).message] : nobodyThere(agent.dataDir, asked.reason));
    return asked.reached ? EXIT.refused : EXIT.notRunning;
  }
  const run = JSON.parse(asked.body) as RestoreRun;
  const failed = run.results.filter(({ ok }) => !ok);
  if (json) io.out(`${JSON.stringify({ applied: true, before, ...run, leftOut: plan.leftOut })}\n`);
  else {
    io.out(`\n${run.results.length - failed.length} set and read back. What was there before: ${before}\n`);
    if (failed.length > 0)
      io.out(table(failed.map(({ name, code, after }) => [`  ${name}`, code, `is ${shown(after)}`])));
    if (run.stopped !== null) io.complain([`stopped after ${run.results.length} of ${changes.length}: ${run.stopped}`]);
  }
  return failed.length === 0 && run.stopped === null ? EXIT.ok : EXIT.failed;
}

export async function params(line: CommandLine, io: Terminal): Promise<number> {
  const [what, ...files] = line.words;
  const wantsFiles = { snapshot: [0, 1], diff: [1, 2], restore: [1, 1] }[what ?? ''];
  if (wantsFiles === undefined || files.length < (wantsFiles[0] ?? 0) || files.length > (wantsFiles[1] ?? 0)) {
    io.complain(line.usage);
    return EXIT.usage;
  }
  const agent = findAgent(line);
  if (!agent.ok) {
    io.complain(agent.problems);
    return EXIT.usage;
  }
  try {
    if (what === 'snapshot') return await snapshot(agent, files[0], io);
    if (what === 'diff') return await diff(agent, files, line.switches.has('json'), io);
    return await restore(agent, files[0] ?? '', line, io);
  } catch (error) {
    io.complain([error instanceof Error ? error.message : String(error)]);
    return EXIT.failed;
  }
}
