/** fast-check arbitraries of samples; used by tests only. */
import fc from 'fast-check';
import type { Column } from './columns.ts';
import { columnsOf, KIND_NAMES, type Sample } from './kinds.ts';

type Integers = (digits: number) => fc.Arbitrary<number>;

const usual: Integers = (digits) => fc.integer({ min: -(2 ** 31), max: 2 ** 31 }).map((value) => value / 10 ** digits);
/** Small ones beside all that a column can carry, and more, and what is no number. */
const wide: Integers = (digits) =>
  fc.oneof(
    fc.integer({ min: -3, max: 3 }).map((value) => value / 10 ** digits),
    usual(digits),
    fc.maxSafeInteger().map((value) => value / 4 / 10 ** digits),
    fc.double(),
  );

function anyValue(column: Column, integer: Integers): fc.Arbitrary<unknown> {
  switch (column.type) {
    case 'number':
      return integer(column.digits);
    case 'flag':
      return fc.boolean();
    case 'choice':
      return fc.constantFrom(...column.names, '#200');
    case 'list':
      return fc.array(fc.option(integer(column.digits)), { maxLength: 14 });
    case 'text':
      return fc.string({ unit: 'grapheme', maxLength: 60 });
  }
}

const samples = (integer: Integers): fc.Arbitrary<Sample> =>
  fc.constantFrom(...KIND_NAMES).chain((kind) =>
    fc
      .record({
        monoUs: fc.integer({ min: 0, max: 2 ** 48 }),
        bootMs: fc.option(fc.integer({ min: 0, max: 2 ** 32 - 1 })),
        values: fc.record(
          Object.fromEntries(columnsOf(kind).map(([name, column]) => [name, fc.option(anyValue(column, integer))])),
        ),
      })
      .map((rest) => ({ kind, ...rest }) as unknown as Sample),
  );

export const anySample = samples(usual);
export const anyWideSample = samples(wide);
