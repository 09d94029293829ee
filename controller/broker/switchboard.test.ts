import { createRequire } from 'node:module';
import fc from 'fast-check';
import t from 'tap';
import { type Packet, Switchboard } from './switchboard.ts';

t.test('topics, branches, wildcards', async (t) => {
  const filters = ['a/b', 'a/#', '+/b', 'a/+/c', '#', 'a/+/#', '+', '/+', 'a.b/+', '$SYS/+/birth'];
  const board = new Switchboard();
  let heard: string[] = [];
  for (const filter of filters) {
    board.on(filter, (_packet, done) => {
      heard.push(filter);
      done();
    });
  }
  const of = (topic: string): string[] => {
    heard = [];
    board.emit({ topic });
    return heard.sort();
  };
  t.same(of('a/b'), ['#', '+/b', 'a/#', 'a/+/#', 'a/b'].sort());
  t.same(of('a'), ['#', '+', 'a/#'].sort(), 'a branch is its parent as well');
  t.same(of('a/x/c'), ['#', 'a/#', 'a/+/#', 'a/+/c'].sort());
  t.same(of('/b'), ['#', '+/b', '/+'].sort(), 'an empty level is a level');
  t.same(of('a.b/c'), ['#', 'a.b/+'].sort());
  t.same(of('aXb/c'), ['#'], 'a dot is a dot');
  t.same(of('$SYS/1/birth'), ['#', '$SYS/+/birth'].sort());
});

t.test('any filters and topics: the same readers as Aedes’ own would find', async () => {
  // Of mqtt.js' and Aedes' family: what the broker uses when it is given nothing else.
  const { Qlobber } = createRequire(createRequire(import.meta.url).resolve('aedes'))('qlobber') as {
    Qlobber: new (o: object) => { add(filter: string, value: string): void; match(topic: string): string[] };
  };
  const level = fc.constantFrom('a', 'b', 'all', 'x-1', '');
  const topic = fc.array(level, { minLength: 1, maxLength: 5 }).map((levels) => levels.join('/'));
  const inFilter = fc.oneof({ weight: 3, arbitrary: level }, fc.constant('+'));
  const filter = fc
    .tuple(fc.array(inFilter, { minLength: 1, maxLength: 4 }), fc.boolean())
    .map(([levels, branch]) => levels.join('/') + (branch ? '/#' : ''));
  fc.assert(
    fc.property(fc.uniqueArray(filter, { maxLength: 8 }), topic, (filters, topic) => {
      const names = { separator: '/', wildcard_one: '+', wildcard_some: '#', match_empty_levels: true };
      const reference = new Qlobber(names);
      const board = new Switchboard();
      const heard: string[] = [];
      for (const one of filters) {
        reference.add(one, one);
        board.on(one, (_packet, done) => {
          heard.push(one);
          done();
        });
      }
      board.emit({ topic });
      return JSON.stringify(heard.sort()) === JSON.stringify(reference.match(topic).sort());
    }),
  );
});

t.test('a reader that is gone hears nothing, the others do', async (t) => {
  const board = new Switchboard();
  let heard = 0;
  const reader = (_packet: Packet, done: () => void) => {
    heard++;
    done();
  };
  for (const filter of ['a/b', 'a/#', '+/b']) {
    board.on(filter, reader).on(filter, reader).removeListener(filter, reader);
    board.emit({ topic: 'a/b' });
    t.equal(heard, 1, filter);
    board.removeListener(filter, reader).removeListener(filter, reader);
    board.emit({ topic: 'a/b' });
    t.equal(heard, 1, filter);
    heard = 0;
  }
});

t.test('done once all readers are, and counted until then', async (t) => {
  const board = new Switchboard();
  const late: (() => void)[] = [];
  board.on('a', (_packet, done) => void late.push(done)).on('a', (_packet, done) => void late.push(done));
  let done = 0;
  board.emit({ topic: 'a' }, () => done++);
  board.emit({ topic: 'nobody' }, () => done++);
  t.same([done, board.length], [1, 1]);
  late[0]?.();
  t.same([done, board.length], [1, 1]);
  late[1]?.();
  t.same([done, board.length], [2, 0]);
  await new Promise<void>((resolve) => board.close(resolve));
  board.emit({ topic: 'a' }, (error) => t.match(error, { message: /closed/ }));
});
