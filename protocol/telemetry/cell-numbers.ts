/**
 * A cell of a row as the number that codec 2 keeps of it while it works on a batch, and back; NaN where the cell is null.
 * rows.generated.ts calls these for every value of a flight, each from a place of its own that has only ever seen one kind.
 */
import { choiceOf, MAX_INTEGER, scaled } from './forms.ts';

/** Value × power as the integer its column carries. What cannot be carried is not a measurement (NaN, 1e38 …). */
export function integerOf(value: unknown, power: number): number {
  if (typeof value !== 'number') return Number.NaN;
  const integer = Math.round(value * power);
  return integer <= MAX_INTEGER && integer >= -MAX_INTEGER ? integer : Number.NaN;
}

export function flagOf(value: unknown): number {
  if (value === null || value === undefined) return Number.NaN;
  return value === true ? 1 : 0;
}

export function placeOf(names: readonly string[], value: unknown): number {
  return choiceOf(names, value) ?? Number.NaN;
}

export function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}

export type List = readonly (number | null)[];

/** Items as integers, as `integerOf`. */
export function listOf(value: unknown, power: number): List | null {
  if (!Array.isArray(value)) return null;
  const items: (number | null)[] = [];
  for (const item of value as readonly unknown[]) items.push(scaled(item, power));
  return items;
}

export function numberAt(numbers: Float64Array, at: number): number | null {
  const value = numbers[at] ?? Number.NaN;
  return Number.isNaN(value) ? null : value;
}

export function flagAt(numbers: Float64Array, at: number): boolean | null {
  const value = numbers[at] ?? Number.NaN;
  return Number.isNaN(value) ? null : value === 1;
}

export function nameAt(names: readonly string[], numbers: Float64Array, at: number): string | null {
  const value = numbers[at] ?? Number.NaN;
  return Number.isNaN(value) ? null : (names[value] ?? `#${value}`);
}
