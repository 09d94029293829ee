/** What a parameter should be. */
export type Want =
  | { readonly kind: 'range'; readonly min: number; readonly max: number }
  | { readonly kind: 'one-of'; readonly values: readonly number[] }
  | { readonly kind: 'not'; readonly value: number }
  /** Bits that must be set, and bits that must not be. */
  | { readonly kind: 'bits'; readonly on: number; readonly off: number }
  | { readonly kind: 'any' };

/** PARAM_VALUE carries a float32: 0.8 comes back as 0.800000011920929. */
const near = (a: number, b: number): boolean => Math.fround(a) === Math.fround(b);

export function fits(want: Want, value: number): boolean {
  switch (want.kind) {
    case 'range':
      return (value >= want.min || near(value, want.min)) && (value <= want.max || near(value, want.max));
    case 'one-of':
      return want.values.some((wanted) => near(wanted, value));
    case 'not':
      return !near(want.value, value);
    case 'bits':
      return Number.isInteger(value) && value >= 0 && (value & want.on) === want.on && (value & want.off) === 0;
    case 'any':
      return true;
  }
}

export function wantWords(want: Want): string {
  switch (want.kind) {
    case 'range':
      return want.max === Number.POSITIVE_INFINITY ? `at least ${want.min}` : `${want.min} to ${want.max}`;
    case 'one-of':
      return want.values.join(' or ');
    case 'not':
      return `not ${want.value}`;
    case 'bits':
      return [
        ...(want.on === 0 ? [] : [`with bits ${want.on}`]),
        ...(want.off === 0 ? [] : [`without bits ${want.off}`]),
      ].join(', ');
    case 'any':
      return 'anything';
  }
}

const NUMBER = String.raw`-?\d+(?:\.\d+)?`;
const RANGE = new RegExp(`^(${NUMBER})\\.\\.(${NUMBER})?$`);
const LIST = new RegExp(`^${NUMBER}(?:\\|${NUMBER})*$`);
const NOT = new RegExp(`^!(${NUMBER})$`);
const BITS = /^bits(?:\+(\d+))?(?:-(\d+))?$/;

/** What `parseWant` reads, for the check of the settings. */
export const WANT_PATTERN = `(any|!${NUMBER}|${NUMBER}(\\|${NUMBER})*|${NUMBER}\\.\\.(${NUMBER})?|bits(\\+\\d+)?(-\\d+)?)`;

/**
 * As written in the settings: `5`, `1|3|4`, `2..30`, `10..` (at least), `!0` (anything else), `bits+1-34` (1 set, 34 not),
 * `any` (not looked at). Null: none of these.
 */
export function parseWant(text: string): Want | null {
  const written = text.replaceAll(/\s/g, '');
  if (written === 'any') return { kind: 'any' };
  const range = RANGE.exec(written);
  if (range) {
    const min = Number(range[1]);
    const max = range[2] === undefined ? Number.POSITIVE_INFINITY : Number(range[2]);
    return min <= max ? { kind: 'range', min, max } : null;
  }
  if (LIST.test(written)) return { kind: 'one-of', values: written.split('|').map(Number) };
  const not = NOT.exec(written);
  if (not) return { kind: 'not', value: Number(not[1]) };
  const bits = BITS.exec(written);
  if (bits && written !== 'bits') return { kind: 'bits', on: Number(bits[1] ?? 0), off: Number(bits[2] ?? 0) };
  return null;
}
