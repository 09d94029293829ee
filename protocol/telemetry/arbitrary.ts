/** fast-check arbitraries of samples; used by tests only. */
import fc from 'fast-check';
import type { Column } from './columns.ts';
import { columnsOf, KIND_NAMES, type Sample } from './kinds.ts';

const integer = (digits: number) => fc.integer({ min: -(2 ** 31), max: 2 ** 31 }).map((value) => value / 10 ** digits);

function anyValue(column: Column): fc.Arbitrary<unknown> {
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

export const anySample: fc.Arbitrary<Sample> = fc.constantFrom(...KIND_NAMES).chain((kind) =>
  fc
    .record({
      monoUs: fc.integer({ min: 0, max: 2 ** 48 }),
      bootMs: fc.option(fc.integer({ min: 0, max: 2 ** 32 - 1 })),
      values: fc.record(
        Object.fromEntries(columnsOf(kind).map(([name, column]) => [name, fc.option(anyValue(column))])),
      ),
    })
    .map((rest) => ({ kind, ...rest }) as unknown as Sample),
);
