/**
 * Orders to and from their documents. A document is changed by merge patches (RFC 7396), in which null takes a field away:
 * what is null here is absent there.
 */
import { type Attempt, type Leg, newOrder, type Order, type Wish } from './order.ts';

type Doc = Readonly<Record<string, unknown>>;

/** A document never changes: what is read of it is read once. */
const read = new WeakMap<Doc, Order>();

export function orderOf(doc: Doc): Order {
  const known = read.get(doc);
  if (known !== undefined) return known;
  const order = orderIn(doc);
  read.set(doc, order);
  return order;
}

function orderIn(doc: Doc): Order {
  const { wish, attempts = {}, ...rest } = doc as Partial<Order>;
  const blank = newOrder({ ...NO_WISH, ...wish } as Wish, '', 0);
  const all = Object.entries(attempts).map(([n, one]) => [n, attemptOf(one)] as const);
  return { ...blank, words: null, ...rest, attempts: Object.fromEntries(all) };
}

const NO_WISH = { notBeforeUtcUs: null, notAfterUtcUs: null, contact: null };

function attemptOf(stored: Partial<Attempt>): Attempt {
  const blank = { loadedBy: null, deliveredUtcUs: null, landedUtcUs: null, preflight: null, end: null, why: [] };
  const { ferry, delivery, before = {}, ...rest } = stored;
  const old = Object.entries(before).map(([version, leg]) => [version, legOf(leg)] as const);
  const legs = { ferry: legOf(ferry), delivery: legOf(delivery), before: Object.fromEntries(old) };
  return { ...blank, ...rest, ...legs } as Attempt;
}

function legOf(stored: Partial<Leg> | null | undefined): Leg | null {
  return stored === null || stored === undefined ? null : ({ startedUtcUs: null, plannedUtcUs: 0, ...stored } as Leg);
}

/** What makes `after` out of `before`; null: they are equal. */
export function patchOf(before: object, after: object): Doc | null {
  const patch: Record<string, unknown> = {};
  const was = before as Record<string, unknown>;
  const is = after as Record<string, unknown>;
  for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
    const [a, b] = [was[name] ?? null, is[name] ?? null];
    if (a === b) continue;
    if (b === null) patch[name] = null;
    else if (isObject(b)) {
      const inner = patchOf(isObject(a) ? a : {}, b);
      if (inner !== null) patch[name] = inner;
      else if (!isObject(a)) patch[name] = {};
    } else if (JSON.stringify(a) !== JSON.stringify(b)) patch[name] = b;
  }
  return Object.keys(patch).length === 0 ? null : patch;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
