import t from 'tap';
import { facts, ME, WELL, worse } from '../testing/well.ts';
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

t.test('a board whose number could not be read is no other board', async (t) => {
  const data = { path: '/var/lib/skein-agent', kind: 'folder', owner: 'skein', who: ME, board: 'board-0' } as const;
  const kept = { ok: true, value: { ...data, folderWritable: true, above: '/var/lib', foreign: [] } } as const;
  const codes = (boardSerial: string | null): string[] =>
    worse(findingsOf(facts(WELL, { agent: { state: 'stopped' }, data: kept, boardSerial })));
  t.ok(codes('board-1').includes('card-moved'));
  t.notOk(codes(null).includes('card-moved'));
});
