/**
 * A sample as a row of cells, each an integer as the wire carries it, a flag, or something that is only compared. A list
 * is its length, which is only compared, and its items.
 */
import { choiceOf, POWERS, scaled } from './forms.ts';
import { columnsOf, type Sample } from './kinds.ts';

export type Row = readonly (number | string | boolean | null)[];

export function cellsOf({ kind, values }: Sample): Row {
  const cells: (number | string | boolean | null)[] = [];
  for (const [name, column] of columnsOf(kind)) {
    const value: unknown = (values as Readonly<Record<string, unknown>>)[name];
    switch (column.type) {
      case 'number':
        cells.push(scaled(value, POWERS[column.digits] ?? 1));
        break;
      case 'choice':
        cells.push(choiceOf(column.names, value));
        break;
      case 'flag':
        cells.push(value === null || value === undefined ? null : value === true);
        break;
      case 'text':
        cells.push(value === null || value === undefined ? null : String(value));
        break;
      case 'list':
        if (!Array.isArray(value)) cells.push(null);
        else cells.push(`${value.length} items`, ...value.map((item) => scaled(item, POWERS[column.digits] ?? 1)));
    }
  }
  return cells;
}

/** The values of a sample of the kind of `like`, whose lists are as long and whose nulls and texts are where its are. */
export function valuesOf(like: Sample, cells: Row): Sample['values'] {
  const values: Record<string, unknown> = {};
  let at = 0;
  for (const [name, column] of columnsOf(like.kind)) {
    const cell = cells[at++] ?? null;
    switch (column.type) {
      case 'number':
        values[name] = typeof cell === 'number' ? cell / (POWERS[column.digits] ?? 1) : null;
        break;
      case 'choice':
        values[name] = typeof cell === 'number' ? (column.names[cell] ?? `#${cell}`) : null;
        break;
      case 'flag':
      case 'text':
        values[name] = cell;
        break;
      case 'list': {
        const items: unknown = (like.values as Readonly<Record<string, unknown>>)[name];
        if (!Array.isArray(items)) values[name] = null;
        else {
          const power = POWERS[column.digits] ?? 1;
          values[name] = items.map((_, i) => {
            const item = cells[at + i] ?? null;
            return typeof item === 'number' ? item / power : null;
          });
          at += items.length;
        }
      }
    }
  }
  return values as Sample['values'];
}
