/** Which settings the doctor looks at, and what it does when they are none. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import t, { type Test } from 'tap';
import { readLine } from './cli/index.ts';
import type { Diagnosis } from './doctor/page.ts';
import { DRONE_COMMANDS } from './program-drone.ts';
import { doctor } from './tools-doctor.ts';

async function asked(test: Test, ...args: readonly string[]): Promise<Diagnosis['findings']> {
  const root = mkdtempSync(join(tmpdir(), 'sk-'));
  test.teardown(() => rmSync(root, { recursive: true, force: true }));
  const command = DRONE_COMMANDS.find(({ name }) => name === 'doctor');
  const read = command && readLine('skein-agent', command, ['--json', ...args]);
  if (!read?.ok) throw new Error(read?.problems.join('\n'));
  let text = '';
  const io = {
    out: (words: string) => {
      text += words;
    },
    complain: () => {},
    stream: new Writable(),
    colours: false,
  };
  await doctor(read.line, io, { root, boardSerial: async () => 'board-1', networkTime: async () => true });
  return (JSON.parse(text) as Diagnosis).findings;
}

t.test('where the settings are wrong the folder is still looked at, however it is written', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sk-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const flags of [[`--dataDir=${folder}`], ['--dataDir', folder]]) {
    const findings = await asked(t, '--profile=acrobatics', ...flags);
    t.ok(findings.some(({ code }) => code === 'settings-wrong'));
    t.match(findings.find(({ area }) => area === 'data')?.words, folder, flags.join(' '));
    const unnamed = await asked(t, ...flags);
    t.match(unnamed.find(({ area }) => area === 'settings')?.code, 'settings-unnamed', flags.join(' '));
  }
});
