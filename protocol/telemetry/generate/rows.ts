/** `kinds.ts` → `rows.generated.ts`: the columns of each kind by name, so that no name is looked up while a batch is written or read. */
import { join } from 'node:path';
import type { Column } from '../columns.ts';
import { columnsOf, KIND_NAMES, type KindName } from '../kinds.ts';

export const ROWS_FILE = join(import.meta.dirname, '..', 'rows.generated.ts');

const isOther = ({ type }: Column): boolean => type === 'text' || type === 'list';
const power = (column: Column): string => ('digits' in column && column.digits > 0 ? `1e${column.digits}` : '1');

function taken(kind: KindName, name: string, column: Column, other: string): string {
  const value = `v.${name}`;
  switch (column.type) {
    case 'number':
      return `numbers[(at += rows)] = integerOf(${value}, ${power(column)});`;
    case 'flag':
      return `numbers[(at += rows)] = flagOf(${value});`;
    case 'choice':
      return `numbers[(at += rows)] = placeOf(KINDS.${kind}.columns.${name}.names, ${value});`;
    case 'text':
      return `at += rows;\n      others[${other}] = textOf(${value});`;
    case 'list':
      return `at += rows;\n      others[${other}] = listOf(${value}, ${power(column)});`;
  }
}

function made(kind: KindName, name: string, column: Column, other: string): string {
  switch (column.type) {
    case 'number':
      return `${name}: numberAt(numbers, (at += rows)),`;
    case 'flag':
      return `${name}: flagAt(numbers, (at += rows)),`;
    case 'choice':
      return `${name}: nameAt(KINDS.${kind}.columns.${name}.names, numbers, (at += rows)),`;
    default:
      return `${name}: others[((at += rows), ${other})] ?? null,`;
  }
}

function emitKind(kind: KindName): string {
  const columns = columnsOf(kind);
  const others = columns.filter(([, column]) => isOther(column)).map(([name]) => name);
  const lines = (line: typeof taken): string[] =>
    columns.map(([name, column]) => {
      const place = others.indexOf(name);
      const first = others.length === 1 ? 'row' : `row * ${others.length}`;
      return line(kind, name, column, place === 0 ? first : `${first} + ${place}`);
    });
  return [
    `  ${kind}: {`,
    `    others: ${others.length},`,
    `    take(v: Values<'${kind}'>, numbers, others, row, rows) {`,
    '      let at = row;',
    ...lines(taken).map((line) => `      ${line}`),
    '    },',
    '    make(numbers, others, row, rows) {',
    '      let at = row;',
    '      return {',
    ...lines(made).map((line) => `        ${line}`),
    '      };',
    '    },',
    '  },',
  ].join('\n');
}

export function emitRows(): string {
  return [
    '// Written by protocol/telemetry/generate.ts from kinds.ts.',
    "import { flagAt, flagOf, integerOf, listOf, nameAt, numberAt, placeOf, textOf } from './cell-numbers.ts';",
    "import type { Cell } from './forms.ts';",
    "import { KINDS, type KindName, type Values } from './kinds.ts';",
    '',
    '/**',
    ' * How rows of a kind become columns and columns rows. `numbers` holds the columns one after the other, `rows` places each,',
    ' * that of time_boot_ms first; texts and lists stand in `others`, row by row, and leave their places in `numbers` empty.',
    ' */',
    'export interface RowForm<V = never> {',
    '  /** Texts and lists of a row. */',
    '  readonly others: number;',
    '  take(values: V, numbers: Float64Array, others: Cell[], row: number, rows: number): void;',
    '  make(numbers: Float64Array, others: readonly Cell[], row: number, rows: number): Readonly<Record<string, Cell>>;',
    '}',
    '',
    'export const ROW_FORMS: { readonly [K in KindName]: RowForm<Values<K>> } = {',
    ...KIND_NAMES.map(emitKind),
    '};',
    '',
  ].join('\n');
}
