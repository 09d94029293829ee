/** What is seen from outside, where no agent says it: facts in, findings out. */
import t from 'tap';
import type { DataFacts, DiskFacts, DoctorFacts } from '../facts.ts';
import type { FindingCode } from '../finding.ts';
import { facts, ME, WELL, worse } from '../testing/well.ts';
import { findingsOf } from './index.ts';

const HELD = facts(WELL);
const STOPPED = { agent: { state: 'stopped' } } as const;
const PATH = '/var/lib/skein-agent';
const DATA: DataFacts = {
  ...{ path: PATH, kind: 'folder', owner: 'skein', who: ME, folderWritable: true, above: '/var/lib' },
  ...{ foreign: [], board: 'board-1' },
};
const data = (change: Partial<DataFacts>): Partial<DoctorFacts> => ({
  ...STOPPED,
  data: { ok: true, value: { ...DATA, ...change } },
});
const disk = (change: Partial<DiskFacts>): Partial<DoctorFacts> =>
  HELD.disk.ok ? { disk: { ok: true, value: { ...HELD.disk.value, ...change } } } : {};
const program = { pid: 701, name: 'node', command: ['node', 'main.ts', 'run'], parent: 1 };

const OUTSIDE: readonly (readonly [FindingCode, Partial<DoctorFacts>, words: RegExp, remedy: RegExp])[] = [
  ['agent-stopped', STOPPED, /No agent runs with \/var\/lib/, /systemctl start skein-agent/],
  ['agent-forbidden', { agent: { state: 'forbidden', socket: `${PATH}/agent.sock` } }, /may not ask it/, /sudo/],
  [
    'other-agent',
    { otherAgents: { ok: true, value: [{ program, drone: 'kite-2', dataDir: '/srv/2' }] } },
    /process 701, drone kite-2, data in \/srv\/2/,
    /systemctl status 701/,
  ],
  [
    'data-missing',
    data({ kind: 'missing', folderWritable: false }),
    /skein may not make it in \/var\/lib/,
    /sudo install -d -o skein/,
  ],
  [
    'data-foreign',
    data({ foreign: ['outbox.db', 'log'] }),
    /may not write outbox\.db, log in/,
    /sudo chown -R skein: /,
  ],
  ['disk-low', disk({ freeMb: 120 }), /only 120 MB left/, /disk\.budgetMB/],
  ['disk-full', disk({ freeMb: 12 }), /is full \(12 MB free\)/, /journalctl --vacuum-size/],
  ['disk-small', disk({ sizeMb: 2_000 }), /allows 2304 MB, and the whole disk has 2000/, /1000$/],
  [
    'ca-file',
    { settings: { ...HELD.settings, extraCa: { path: '/etc/skein/ca.pem', problem: 'EACCES' } } },
    /ca\.pem, which cannot be read \(EACCES\)/,
    /sudo chmod a\+r/,
  ],
  [
    'ca-file',
    { settings: { ...HELD.settings, extraCa: { path: '/etc/skein/none.pem', problem: 'ENOENT' } } },
    /NODE_EXTRA_CA_CERTS names \/etc\/skein\/none\.pem, and the file is not there/,
    /^put the authority's certificate \(PEM\) at \/etc\/skein\/none\.pem, or correct NODE_EXTRA_CA_CERTS[^\n]*$/,
  ],
];

t.test('each by its name, with its remedy', async (t) => {
  for (const [code, change, words, remedy] of OUTSIDE) {
    const findings = findingsOf(facts(WELL, { data: { ok: true, value: DATA }, ...change }));
    const found = findings.find((one) => one.code === code);
    t.match(found?.words, words, code);
    t.match(found?.remedy.join('\n'), remedy, code);
  }
});

t.test('a folder that will be made, a disk with room, an authority that can be read are fine', async (t) => {
  const extraCa = { path: '/etc/skein/ca.pem', problem: null };
  const change = { ...disk({ freeMb: 200, sizeMb: 2_304 }), settings: { ...HELD.settings, extraCa } };
  t.same(worse(findingsOf(facts(WELL, change))), []);
  const missing = findingsOf(facts(WELL, data({ kind: 'missing', folderWritable: true })));
  t.match(missing.find(({ area }) => area === 'data')?.words, /the agent makes it/);
});
