import t from 'tap';
import type { CommandEntry } from '../../live/messages.ts';
import type { DroneRecord } from '../live/record.ts';
import { type Command, readCommand } from './answers.ts';
import { createBook } from './book.ts';

const ID = '01JDABCDEFGHJKMNPQRSTVWXYZ';
const at = (s: number): string => `2026-11-21T20:14:0${s}.000000Z`;

function command(state: string, s: number): Command {
  const read = readCommand({
    ...{ id: ID, type: 'reboot', params: {}, issuedAt: at(0), expiresAt: at(9), issuedBy: 'Ann' },
    deliveries: [{ drone: 'd1', state, at: at(s), detail: state === 'succeeded' ? { after: 'b2' } : null, steps: [] }],
  });
  if (read === null) throw new Error('not read');
  return read;
}

function world() {
  let entries: readonly CommandEntry[] = [];
  let tell: (changed: ReadonlySet<string>) => void = () => undefined;
  let answer = command('queued', 0);
  let asked = 0;
  const book = createBook({
    records: () => new Map([['d1', { entry: { commands: entries }, unreported: false } as unknown as DroneRecord]]),
    onChange: (listener) => {
      tell = listener;
      return () => undefined;
    },
    fetchCommand: async () => {
      asked += 1;
      return { ok: true, value: answer };
    },
    fetchCommands: async () => ({ ok: true, value: [answer] }),
  });
  return {
    book,
    asked: () => asked,
    answers: (next: Command) => {
      answer = next;
    },
    streams: (state: CommandEntry['state'], s: number) => {
      entries = [{ id: ID, type: 'reboot', state, reason: null, words: null, at: at(s), issuedBy: 'Ann' }];
      tell(new Set(['d1']));
    },
  };
}

async function until(what: () => boolean): Promise<void> {
  while (!what()) await new Promise((resolve) => setTimeout(resolve, 5));
}

t.test('what the stream says shows at once; steps and proof follow', async (t) => {
  const w = world();
  t.teardown(() => w.book.close());
  w.book.put(command('queued', 0));
  const shown = w.book.command(ID);
  w.answers(command('succeeded', 3));
  w.streams('executing', 2);
  t.equal(shown.value?.deliveries[0]?.state, 'executing', 'without asking');
  await until(() => shown.value?.deliveries[0]?.state === 'succeeded');
  t.same(shown.value?.deliveries[0]?.detail, { after: 'b2' });
});

t.test('an answer older than the stream does not take it back', async (t) => {
  const w = world();
  t.teardown(() => w.book.close());
  w.streams('succeeded', 3);
  w.book.put(command('queued', 0));
  t.equal(w.book.command(ID).value?.deliveries[0]?.state, 'succeeded');
});

t.test('a command the controller does not know is asked for once', async (t) => {
  const asked: string[] = [];
  const other = '01JDABCDEFGHJKMNPQRSTVWXY0';
  const book = createBook({
    lookAgainMs: 10,
    records: () => new Map(),
    onChange: () => () => undefined,
    fetchCommand: async (id) => {
      asked.push(id);
      const gone = id === ID;
      return { ok: false, trouble: { code: null, words: gone ? 'No such command.' : 'No answer.', open: !gone } };
    },
  });
  t.teardown(() => book.close());
  book.follow(ID);
  book.follow(other);
  await until(() => asked.filter((id) => id === other).length > 4);
  t.same(book.trouble(ID), { words: 'No such command.', gone: true });
  t.equal(asked.filter((id) => id === ID).length, 1);
});

t.test('a drone that is opened has its commands fetched; one that is not is left alone', async (t) => {
  const w = world();
  t.teardown(() => w.book.close());
  w.streams('executing', 1);
  t.equal(w.asked(), 0);
  const close = w.book.openDrone('d1');
  await until(() => w.book.ofDrone('d1').length === 1);
  t.equal(w.book.history('d1').value.state, 'ready');
  close();
});
