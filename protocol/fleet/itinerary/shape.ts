/**
 * What of a value does not fit a schema, field by field, in words for whoever wrote it. It knows the keywords that `schema.ts`
 * uses, no others; a test holds it to typebox's own checks, which are 15 kB packed in a page that draws itineraries and say
 * "must match a schema in anyOf".
 */
import type { Static, TSchema } from 'typebox';

export interface Misfit {
  /** As a JSON pointer (RFC 6901): `/fence/circles/0/radiusM`. */
  readonly pointer: string;
  /** What it must be. */
  readonly words: string;
}

/** JSON Schema, as far as it is known here. */
interface Shape {
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
  readonly const?: unknown;
  readonly anyOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}
export const KEYWORDS: readonly string[] = [
  ...['type', 'const', 'anyOf', 'properties', 'required', 'items', 'minItems', 'maxItems'],
  ...['minLength', 'maxLength', 'pattern', 'minimum', 'maximum'],
];

export function misfits(schema: TSchema, value: unknown): readonly Misfit[] {
  return [...found(schema as Shape, value, '')];
}

export function fits<S extends TSchema>(schema: S, value: unknown): value is Static<S> {
  return isEmpty(found(schema as Shape, value, ''));
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isEmpty = (some: Generator<unknown>): boolean => some.next().done === true;

function* found(shape: Shape, value: unknown, pointer: string): Generator<Misfit> {
  const { anyOf } = shape;
  if (anyOf !== undefined) {
    if (anyOf.some((one) => isEmpty(found(one, value, pointer)))) return;
    const known = anyOf.flatMap((one) => ('const' in one ? [String(one.const)] : []));
    yield { pointer, words: known.length > 0 ? `must be one of ${known.join(', ')}` : 'is none of those there are' };
  } else if ('const' in shape) {
    if (value !== shape.const) yield { pointer, words: `must be ${String(shape.const)}` };
  } else if (Array.isArray(value)) {
    yield* inList(shape, value, pointer);
  } else if (isObject(value)) {
    yield* inObject(shape, value, pointer);
  } else if (typeof value === 'number') {
    yield* inNumber(shape, value, pointer);
  } else if (typeof value === 'string') {
    yield* inText(shape, value, pointer);
  } else if (value === null || typeof value !== shape.type) yield wrongKind(shape, pointer);
}

const wrongKind = ({ type }: Shape, pointer: string): Misfit => ({
  pointer,
  words: `must be ${type === 'array' ? 'a list' : type === 'object' || type === 'integer' ? `an ${type}` : `a ${type}`}`,
});

function* inObject(shape: Shape, value: Readonly<Record<string, unknown>>, pointer: string): Generator<Misfit> {
  if (shape.type !== 'object') return yield wrongKind(shape, pointer);
  for (const [key, one] of Object.entries(shape.properties ?? {})) {
    const at = `${pointer}/${key}`;
    if (value[key] !== undefined) yield* found(one, value[key], at);
    else if (shape.required?.includes(key) === true) yield { pointer: at, words: 'is missing' };
  }
}

function* inList(shape: Shape, value: readonly unknown[], pointer: string): Generator<Misfit> {
  if (shape.type !== 'array') return yield wrongKind(shape, pointer);
  const { items, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = shape;
  if (value.length < minItems) yield { pointer, words: `must have ${minItems} or more` };
  if (value.length > maxItems) yield { pointer, words: `must have ${maxItems} at most` };
  if (items === undefined) return;
  for (const [index, one] of value.slice(0, maxItems).entries()) yield* found(items, one, `${pointer}/${index}`);
}

function* inNumber(shape: Shape, value: number, pointer: string): Generator<Misfit> {
  const { type, minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = shape;
  const is = type === 'number' ? Number.isFinite(value) : type === 'integer' && Number.isInteger(value);
  if (!is) return yield wrongKind(shape, pointer);
  if (value < minimum) yield { pointer, words: `must be ${minimum} or more` };
  if (value > maximum) yield { pointer, words: `must be ${maximum} at most` };
}

function* inText(shape: Shape, value: string, pointer: string): Generator<Misfit> {
  if (shape.type !== 'string') return yield wrongKind(shape, pointer);
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern } = shape;
  const length = [...value].length;
  if (length < minLength) yield { pointer, words: `must have ${minLength} or more characters` };
  if (length > maxLength) yield { pointer, words: `must have ${maxLength} characters at most` };
  if (pattern !== undefined && !new RegExp(pattern).test(value)) yield { pointer, words: `must match ${pattern}` };
}
