import fc from 'fast-check';
import t from 'tap';
import { entityParts, mergePatch } from './documents.ts';

/** RFC 7396, appendix A. */
const CASES: readonly (readonly [unknown, unknown, unknown])[] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

t.test('merge patches do what their RFC says', async (t) => {
  for (const [target, patch, result] of CASES)
    t.same(mergePatch(target, patch), result, `${JSON.stringify(target)} ← ${JSON.stringify(patch)}`);
});

t.test(
  'a patch that went through JSON makes the same bytes, whatever its fields are called; nothing is changed in place',
  async (t) => {
    const value = fc.dictionary(fc.oneof(fc.string(), fc.constant('__proto__')), fc.jsonValue());
    fc.assert(
      fc.property(value, value, (target, patch) => {
        const before = JSON.stringify([target, patch]);
        const one = JSON.stringify(mergePatch(target, patch));
        const through = (x: unknown) => JSON.parse(JSON.stringify(x));
        return (
          one === JSON.stringify(mergePatch(through(target), through(patch))) &&
          before === JSON.stringify([target, patch])
        );
      }),
    );
    t.equal(Object.getPrototypeOf(mergePatch({}, JSON.parse('{"__proto__": {"x": 1}}'))), Object.prototype);
  },
);

t.test('an entity is a kind and an id', async (t) => {
  t.same(entityParts('weather:base:7'), { kind: 'weather', id: 'base:7' });
  for (const wrong of ['controller', ':x', 'order:', '']) t.equal(entityParts(wrong), null, wrong);
});
