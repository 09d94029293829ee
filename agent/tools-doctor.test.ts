/** Which settings the doctor looks at, and what it does when they are none. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import t, { type Test } from 'tap';
import { readLine } from './cli/index.ts';
import type { Diagnosis } from './doctor/page.ts';
import { DRONE_COMMANDS } from './program-drone.ts';
import { aboard } from './testing/aboard.ts';
import { until } from './testing/until.ts';
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

/** A broker in as few words as MQTT 3.1.1 allows: it takes whoever says the password `new`, and grants what is subscribed to. */
async function broker(test: Test): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      if (bytes[0] === 0x10) socket.write(Uint8Array.of(0x20, 2, 0, bytes.includes('new') ? 0 : 5));
      else if (bytes[0] === 0x82) socket.write(Uint8Array.of(0x90, 3, bytes[2] ?? 0, bytes[3] ?? 0, 1));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.teardown(() => server.close());
  return `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

t.test('a password that was corrected beside an agent that runs: it is to be started again', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'sk-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const url = await broker(t);
  const uplink = (password: string) => ({ url, username: 'kite-1', password });
  const agent = await aboard(t, root, {}, { uplink: uplink('old'), station: [] });
  await until(() => agent.status().uplink.lastError?.includes('Not authorized') === true, 'the broker to refuse');
  const file = join(root, 'agent.toml');
  const said = async (password: string, ...lines: readonly string[]) => {
    const head = ['drone = "kite-1"', `dataDir = "${root}"`, 'station = []', ...lines, 'link.url = "memory://fc"'];
    const own = Object.entries(uplink(password)).map(([key, value]) => `uplink.${key} = "${value}"`);
    writeFileSync(file, [...head, ...own].join('\n'));
    const findings = await asked(t, '--config', file);
    return (area: string) => findings.filter((one) => one.area === area).map(({ code, words }) => `${code}: ${words}`);
  };
  const corrected = await said('new');
  t.match(corrected('settings'), [/^settings-changed: .* runs with \(uplink\.password\): /]);
  t.match(corrected('uplink'), [/^agent-refused: The broker takes kite-1 with what .* refuses the agent/]);
  const asBefore = await said('old');
  t.match(asBefore('settings'), [/^ok: they are those the agent runs with$/]);
  t.match(asBefore('uplink'), [/^mqtt-denied: The broker refuses this name or password \(kite-1\)/]);
});

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
