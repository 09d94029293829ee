/** What the controller says, read with care: what is missing is null, never a crash of the page. Pure. */
export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const objectOf = (value: unknown): Json => (isObject(value) ? value : {});
export const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
export const numberOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Of a list, what is text. */
export const textsOf = (value: unknown): readonly string[] => listOf(value).flatMap((one) => textOf(one) ?? []);

export interface Spot {
  readonly latDeg: number;
  readonly lonDeg: number;
}

export function spotOf(value: unknown): Spot | null {
  const { latDeg, lonDeg } = objectOf(value);
  return typeof latDeg === 'number' && typeof lonDeg === 'number' ? { latDeg, lonDeg } : null;
}

/** RFC 3339 to ms UTC; null: none, or no time. */
export function timeOf(value: unknown): number | null {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(ms) ? ms : null;
}
