import t from 'tap';
import { randomFrom } from '../seed.ts';
import { Card, type Image, LEFTOVERS } from './card.ts';
import type { FileOperation } from './file-log.ts';

type Step = FileOperation extends infer O ? (O extends FileOperation ? Omit<O, 'ns'> : never) : never;

const bytes = (fill: number, length: number): Uint8Array => new Uint8Array(length).fill(fill);
const textOf = (image: Image, path: string): string => {
  const content = image.get(path);
  return content === undefined || content === null ? '-' : [...content].join('').replace(/(.)\1*/g, '$1');
};

/** Every state that so many cuts after these steps leave of these files, each once: runs of equal bytes as one digit. */
function statesAfter(base: Image, steps: readonly Step[], paths: readonly string[], honest = true): string[] {
  const states = new Set<string>();
  for (let seed = 0; seed < 400; seed++) {
    const random = randomFrom(seed);
    const card = new Card(base);
    for (const step of steps) card.take({ ...step, ns: 0n }, honest);
    const image = card.afterCut(random.pick(LEFTOVERS), random);
    states.add(paths.map((path) => textOf(image, path)).join(' '));
  }
  return [...states].sort();
}

const open: Step = { type: 'open', path: 'a', inode: 1, how: 'existed' };
const write = (at: number, fill: number, length = 512): Step => ({
  type: 'write',
  inode: 1,
  at,
  bytes: bytes(fill, length),
});
const begin: Step = { type: 'sync-begin', inode: 1, sync: 1 };
const end: Step = { type: 'sync-end', inode: 1, sync: 1, ok: true };
const two: Image = new Map([['a', bytes(1, 1024)]]);

t.test('what was synced is there; what came after a sync began is not in it', async (t) => {
  t.same(statesAfter(two, [open, write(0, 2, 1024), begin, end], ['a']), ['2']);
  t.same(statesAfter(two, [open, begin, write(0, 2, 1024), end], ['a']), ['1', '12', '2', '21']);
  t.same(statesAfter(two, [open, write(0, 2, 1024), begin], ['a']), ['1', '12', '2', '21'], 'a sync under way');
  t.same(statesAfter(two, [open, write(0, 2, 1024), begin, end], ['a'], false), ['1', '12', '2', '21'], 'a lie');
});

t.test('a sector is whole, in a version it has had; a part of it carries the rest along', async (t) => {
  const steps = [open, write(0, 2), write(256, 3, 256)];
  t.same(statesAfter(new Map([['a', bytes(1, 512)]]), steps, ['a']), ['1', '2', '23']);
});

t.test('a file that grew is as long as it was at some time, zero where nothing came', async (t) => {
  const one = new Map([['a', bytes(1, 512)]]);
  t.same(statesAfter(one, [open, write(512, 2), write(1024, 3)], ['a']), ['1', '10', '103', '12', '120', '123']);
});

t.test('what was cut off does not come back below a length that knows of the cut', async (t) => {
  const steps: Step[] = [open, { type: 'truncate', inode: 1, length: 512 }, write(512, 3)];
  const states = statesAfter(two, steps, ['a']);
  t.ok(states.includes('13') && states.includes('10'), states.join(' '));
  const cutOnly: Step[] = [
    open,
    { type: 'truncate', inode: 1, length: 512 },
    { type: 'truncate', inode: 1, length: 1024 },
  ];
  t.same(statesAfter(new Map([['a', new Uint8Array([...bytes(1, 512), ...bytes(2, 512)])]]), cutOnly, ['a']), [
    '1',
    '10',
    '12',
  ]);
});

t.test(
  'names: a rename is whole, and there once its folder is synced; the sync of the file does not keep its name',
  async (t) => {
    const base: Image = new Map([['a', bytes(1, 512)]]);
    const replace: Step[] = [
      { type: 'open', path: 'a.new', inode: 2, how: 'made' },
      { type: 'write', inode: 2, at: 0, bytes: bytes(2, 512) },
      { type: 'sync-begin', inode: 2, sync: 1 },
      { type: 'sync-end', inode: 2, sync: 1, ok: true },
      { type: 'rename', path: 'a.new', to: 'a' },
    ];
    t.same(statesAfter(base, replace, ['a', 'a.new']), ['1 -', '1 2', '2 -']);
    const folder: Step[] = [
      { type: 'open', path: '', inode: 9, how: 'existed' },
      { type: 'sync-begin', inode: 9, sync: 2 },
      { type: 'sync-end', inode: 9, sync: 2, ok: true },
    ];
    t.same(statesAfter(base, [...replace, ...folder], ['a', 'a.new']), ['2 -']);
    const [made, , , , renamed] = replace;
    if (made === undefined || renamed === undefined) throw new Error('steps wanted');
    t.same(
      statesAfter(base, [made, renamed, ...folder], ['a']),
      ['-'].map(() => ''),
      'renamed before it was written: empty',
    );
  },
);
