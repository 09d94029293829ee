/** Voyages over a copy of the source with one mutation in it: how many seeds it takes until one of them fails. */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Mutation } from './mutations.ts';

const ROOT = join(import.meta.dirname, '../..');
const PACKAGES = ['protocol', 'hardware', 'agent', 'controller'] as const;
const VOYAGE = 'scenarios/voyage';
const LEFT_OUT = ['node_modules', 'testdata', 'web', 'dist'];

/** A copy of what a voyage (or another run in virtual time) runs, in a folder of its own; libraries stay where they are. */
export function copySource(runs: string = VOYAGE): string {
  const to = mkdtempSync(join(tmpdir(), 'voyage-'));
  const wanted = (path: string): boolean => !LEFT_OUT.includes(basename(path)) && !path.endsWith('.test.ts');
  for (const name of new Set([...PACKAGES, VOYAGE, runs, 'scenarios/kit/seed.ts'])) {
    cpSync(join(ROOT, name), join(to, name), { recursive: true, filter: wanted });
  }
  for (const name of ['package.json', 'scenarios/package.json']) cpSync(join(ROOT, name), join(to, name));
  mkdirSync(join(to, 'node_modules/@skein'), { recursive: true });
  for (const name of PACKAGES) symlinkSync(join(to, name), join(to, 'node_modules/@skein', name));
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name !== '@skein' && !name.startsWith('.cache')) {
      symlinkSync(join(ROOT, 'node_modules', name), join(to, 'node_modules', name));
    }
  }
  return to;
}

/** Throws when the text it replaces is not there, or more than once. */
function mutated(text: string, { name, file, from, to }: Mutation): string {
  const parts = text.split(from);
  if (parts.length !== 2) {
    throw new Error(
      `mutation "${name}": its text is found ${parts.length - 1} times in ${file}; bring mutations.ts up to date`,
    );
  }
  return parts.join(to);
}

/** Throws when the source has changed under it. */
export function isApplicable(mutation: Mutation): void {
  mutated(readFileSync(join(ROOT, mutation.file), 'utf8'), mutation);
}

export interface Caught {
  readonly mutation: Mutation;
  /** The seed that failed, null when none did. */
  readonly seed: number | null;
  readonly words: string;
}

/** Runs seeds 1 … `seeds` on the mutated copy until one fails. */
export async function hunt(copy: string, mutation: Mutation, seeds: number, runs: string = VOYAGE): Promise<Caught> {
  const path = join(copy, mutation.file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, mutated(text, mutation));
  try {
    const out = await run(join(copy, runs, 'run.ts'), { SEEDS: String(seeds), FROM: '1', WORKERS: '1' });
    const found = /SEED=(\d+) .*\n((?: {2}.*\n)?)/.exec(out);
    if (found === null && !/ seeds clean/.test(out))
      throw new Error(`mutation "${mutation.name}" does not run:\n${out}`);
    return { mutation, seed: found === null ? null : Number(found[1]), words: found?.[2]?.trim() ?? '' };
  } finally {
    writeFileSync(path, text);
  }
}

function run(program: string, env: Readonly<Record<string, string>>): Promise<string> {
  const { SEED: _seed, MUTATIONS: _mutations, ...inherited } = process.env;
  const child = spawn(process.execPath, [program], {
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  const keep = (bytes: Buffer) => {
    out += bytes.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(out));
  });
}

export const removeCopy = (copy: string): void => rmSync(copy, { recursive: true, force: true });
