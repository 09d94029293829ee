/** What codec 2 says of a column in one byte: type (bits 0–2), shape (bits 3–4), decimal digits (bits 5–7). */
import type { Column } from './columns.ts';

export const TYPE = { number: 0, text: 1, flag: 2, choice: 3, list: 4 } as const;
/** In place of a form: every row is null. */
export const ABSENT = 7;

/** `some`: rows may be null, a bit for each says which are not. `same`: those that are not null have one value. */
export const SHAPE = { every: 0, some: 1, same: 2, sameOrNull: 3 } as const;

export const MAX_DIGITS = 7;

export function formOf(column: Column, shape: number): number {
  const digits = column.type === 'number' || column.type === 'list' ? column.digits : 0;
  return TYPE[column.type] | (shape << 3) | (digits << 5);
}

export type Cell = number | string | boolean | readonly (number | null)[] | null;

/** Beyond, the zig-zagged difference of two integers would leave what a double holds exactly. */
export const MAX_INTEGER = 2 ** 51 - 1;
export const POWERS = Array.from({ length: MAX_DIGITS + 1 }, (_, digits) => 10 ** digits);

/** A value as the integer its column carries, or null: what cannot be carried is not a measurement (NaN, 1e38 …). */
export function scaled(value: unknown, power: number): number | null {
  if (typeof value !== 'number') return null;
  const integer = Math.round(value * power);
  return integer <= MAX_INTEGER && integer >= -MAX_INTEGER ? integer : null;
}

/** The place of a choice; `#n` stands for one this version has no name for. */
export function choiceOf(names: readonly string[], value: unknown): number | null {
  if (value === null || value === undefined) return null;
  const known = names.indexOf(String(value));
  return known >= 0 ? known : Number(/^#(\d{1,9})$/.exec(String(value))?.[1] ?? 0);
}

export const BOOT_MS: Column = { type: 'number', unit: 'ms', digits: 0, doc: 'time_boot_ms of the source message' };
/** 8 900 years; MAVLink's is a u32. */
export const MAX_BOOT_MS = 2 ** 48;

/**
 * Items of all the lists of a body that are written place by place; beyond, each list by itself. A place of which nothing
 * is missed costs two bytes whatever the rows, so that without this a small body could say that it holds gigabytes.
 */
export const MAX_REGULAR_ITEMS = 2 ** 20;
/** Of a section, `time_boot_ms` counted; for the same reason. */
export const MAX_COLUMNS = 255;
