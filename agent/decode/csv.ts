/** Samples of one kind as a table, with the columns and the rounding that they have on the wire and at the controller. */
import { csvRow } from '@skein/protocol/export';
import { type Column, KINDS, type KindName, type Sample } from '@skein/protocol/telemetry';
import { formatUtc } from '@skein/protocol/time';

export const KIND_NAMES = Object.keys(KINDS) as readonly KindName[];

const columnsOf = (kind: KindName): readonly (readonly [string, Column])[] => Object.entries(KINDS[kind].columns);

export function csvHead(kind: KindName): string {
  return csvRow(['time', 'drone', ...columnsOf(kind).map(([name]) => name)]);
}

const rounded = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;

function asStored(value: unknown, column: Column): unknown {
  if (column.type === 'number') return typeof value === 'number' ? rounded(value, column.digits) : value;
  if (column.type !== 'list' || !Array.isArray(value)) return value;
  return value.map((each: unknown) => (typeof each === 'number' ? rounded(each, column.digits) : each));
}

export function csvLine(drone: string, sample: Sample): string {
  const values: Readonly<Record<string, unknown>> = { ...sample.values };
  const cells = columnsOf(sample.kind).map(([name, column]) => asStored(values[name], column));
  return csvRow([formatUtc(sample.monoUs), drone, ...cells]);
}
