import t from 'tap';
import { DEVICE, facts, ME, WELL, worse } from '../testing/well.ts';
import { findingsOf } from './index.ts';

t.test('an agent that did not say which process it is, is not told to be ended', async (t) => {
  const program = { pid: 700, name: 'node', command: ['node', 'main.ts', 'run', '--drone=kite-1'], parent: 1 };
  const itself = { program, drone: 'kite-1', dataDir: '/var/lib/skein-agent' };
  const another = { ...itself, program: { ...program, pid: 701 } };
  for (const agent of [
    { state: 'starting' },
    { state: 'hangs' },
    { state: 'forbidden', socket: '/var/lib/skein-agent/agent.sock' },
    { state: 'running', facts: null, why: 'it answers in another format (2)' },
  ] as const) {
    const alone = findingsOf(facts(WELL, { agent, otherAgents: { ok: true, value: [itself] } }));
    const two = findingsOf(facts(WELL, { agent, otherAgents: { ok: true, value: [itself, another] } }));
    for (const { code, remedy } of [...alone, ...two]) {
      t.notMatch(code, /two-agents|other-agent|device-held/, agent.state);
      t.notMatch(remedy.join('\n'), /sudo kill/, agent.state);
    }
    t.match(two.find(({ words }) => words.startsWith('2 agents run'))?.words, /process 700.*process 701/, agent.state);
  }
  const stopped = facts(WELL, { agent: { state: 'stopped' }, otherAgents: { ok: true, value: [itself] } });
  t.ok(worse(findingsOf(stopped)).includes('two-agents'), 'one that answers nobody is told');
});

t.test('other agents are one finding, however many; one with the same drone is told for itself', async (t) => {
  const others = [1, 2, 3, 4, 5, 6].map((n) => ({
    program: { pid: 700 + n, name: 'node', command: ['node', 'main.ts', 'run'], parent: 1 },
    drone: n === 6 ? 'kite-1' : `kite-${n + 1}`,
    dataDir: `/srv/${n}`,
  }));
  const findings = findingsOf(facts(WELL, { otherAgents: { ok: true, value: others } }));
  t.same(worse(findings), ['two-agents', 'other-agent']);
  t.match(
    findings.find(({ code }) => code === 'other-agent')?.words,
    /^5 other agents run on this machine \(process 701, drone kite-2, .*drone kite-5, data in \/srv\/4; and 1 more\)\.$/,
  );
});

t.test(
  'one that may not be asked is another user’s: its folder and its line are not to be given to who asks',
  async (t) => {
    const data = { path: '/var/lib/skein-agent', kind: 'folder', owner: 'root', who: ME, board: null } as const;
    const codes = (state: 'forbidden' | 'stopped'): string[] =>
      worse(
        findingsOf(
          facts(WELL, {
            agent: state === 'stopped' ? { state } : { state, socket: '/var/lib/skein-agent/agent.sock' },
            data: { ok: true, value: { ...data, folderWritable: false, above: '/var/lib', foreign: [] } },
            device: { ok: true, value: { ...DEVICE, holders: [], mode: 0o020_600 } },
          }),
        ),
      );
    t.match(codes('stopped').join(' '), /data-forbidden device-forbidden/);
    t.notMatch(codes('forbidden').join(' '), /data-forbidden|device-forbidden/);
  },
);

t.test('a board whose number could not be read is no other board', async (t) => {
  const data = { path: '/var/lib/skein-agent', kind: 'folder', owner: 'skein', who: ME, board: 'board-0' } as const;
  const kept = { ok: true, value: { ...data, folderWritable: true, above: '/var/lib', foreign: [] } } as const;
  const codes = (boardSerial: string | null): string[] =>
    worse(findingsOf(facts(WELL, { agent: { state: 'stopped' }, data: kept, boardSerial })));
  t.ok(codes('board-1').includes('card-moved'));
  t.notOk(codes(null).includes('card-moved'));
});
