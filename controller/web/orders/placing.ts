/** The order being placed: its form and the map share it. */
import { signal } from '@preact/signals';
import type { Spot } from '../shell/json.ts';

export const METHODS = ['winch', 'gripper', 'place', 'drop'] as const;
export type Method = (typeof METHODS)[number];

export interface Wish {
  /** Of the pickup. */
  readonly base: string | null;
  readonly dropOff: Spot | null;
  readonly payloadKg: string;
  readonly how: Method;
  /** Minutes from when it is sent; empty: none. */
  readonly notBeforeMin: string;
  readonly notAfterMin: string;
}

export const EMPTY_WISH: Wish = {
  ...{ base: null, dropOff: null, payloadKg: '', how: 'winch', notBeforeMin: '', notAfterMin: '' },
};

/** null: no order is being placed. */
export const wish = signal<Wish | null>(null);
/** Does the next click on the map choose the drop-off? */
export const pickingDropOff = signal(false);

export function begin(): void {
  wish.value = EMPTY_WISH;
  pickingDropOff.value = true;
}

export function stop(): void {
  wish.value = null;
  pickingDropOff.value = false;
}

/** A click on the map: true when it chose the drop-off. */
export function dropOffAt({ latDeg, lonDeg }: Spot): boolean {
  const now = wish.peek();
  if (now === null || !pickingDropOff.peek()) return false;
  const round = (deg: number): number => Math.round(deg * 1e6) / 1e6;
  wish.value = { ...now, dropOff: { latDeg: round(latDeg), lonDeg: round(lonDeg) } };
  pickingDropOff.value = false;
  return true;
}

export type Sendable = { readonly ok: true; readonly body: object } | { readonly ok: false; readonly words: string };

const numberIn = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text.replace(',', '.')));

/** What is sent, or what is missing, in words. `pickup`: where the chosen base is. */
export function bodyOf(now: Wish, pickup: Spot | null, nowMs: number): Sendable {
  const no = (words: string): Sendable => ({ ok: false, words });
  if (now.dropOff === null) return no('Click the map where the parcel is to go.');
  if (now.base === null || pickup === null) return no('Choose the base it is picked up at.');
  const payloadKg = numberIn(now.payloadKg);
  if (!(payloadKg > 0 && payloadKg <= 100)) return no('Say the mass of the parcel, in kg: more than 0, at most 100.');
  const times: { notBefore?: string; notAfter?: string } = {};
  for (const [name, text] of [
    ['notBefore', now.notBeforeMin],
    ['notAfter', now.notAfterMin],
  ] as const) {
    if (text.trim() === '') continue;
    const minutes = numberIn(text);
    if (!(minutes > 0 && minutes <= 10_080))
      return no('Times are minutes from now: more than 0, at most 10080 (a week).');
    times[name] = new Date(nowMs + minutes * 60_000).toISOString();
  }
  if (times.notBefore !== undefined && times.notAfter !== undefined && times.notAfter <= times.notBefore)
    return no('It is to be delivered before it may begin: give it more time.');
  return { ok: true, body: { pickup, dropOff: now.dropOff, payloadKg, how: now.how, ...times } };
}
