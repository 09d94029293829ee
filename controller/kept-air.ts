/** Air and pads of what may still fly, of all orders but one, as its document keeps them. */
import type { Held } from './orders/index.ts';
import type { Reservation } from './planning/index.ts';

interface Kept {
  readonly reservation?: object;
}

export function reservationsOf(
  open: readonly Pick<Held, 'id' | 'doc'>[],
  own: string,
  nowUtcUs: number,
): readonly Reservation[] {
  return open.flatMap(({ id, doc }) => {
    if (id === own) return [];
    const attempts = Object.values(
      (doc.attempts ?? {}) as Record<string, { ferry?: Kept; delivery?: Kept; end?: object }>,
    );
    const legs = attempts.flatMap(({ ferry, delivery }) => [ferry, delivery]);
    return legs.flatMap((leg) => {
      const kept = leg?.reservation as Reservation | undefined;
      return kept?.tube === undefined || kept.toUtcUs < nowUtcUs ? [] : [kept];
    });
  });
}
