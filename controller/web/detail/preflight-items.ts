/** The pre-flight list as the drone sends it: JSON in one column, read tolerantly. */
import { listOf, numberOf, objectOf } from '../shell/json.ts';

export type Verdict = 'ok' | 'warn' | 'stop';

export interface PreflightItem {
  readonly item: string;
  readonly verdict: Verdict;
  readonly value: string;
  readonly limit: string;
  readonly words: string;
  readonly ageMs: number | null;
}

const WORST: readonly Verdict[] = ['stop', 'warn', 'ok'];

/** Worst first, otherwise as sent. At most 60. */
export function preflightItems(text: string | null | undefined): readonly PreflightItem[] {
  let list: unknown;
  try {
    list = JSON.parse(text ?? '[]');
  } catch {
    return [];
  }
  return itemsOf(list);
}

export function itemsOf(list: unknown): readonly PreflightItem[] {
  const items = listOf(list)
    .slice(0, 60)
    .flatMap((one): PreflightItem[] => {
      const { item, verdict, value, limit, words, ageMs } = objectOf(one);
      const known = WORST.find((level) => level === verdict);
      if (typeof item !== 'string' || known === undefined) return [];
      return [
        {
          item,
          verdict: known,
          value: plain(value),
          limit: plain(limit),
          words: plain(words),
          ageMs: numberOf(ageMs),
        },
      ];
    });
  return items.sort((a, b) => WORST.indexOf(a.verdict) - WORST.indexOf(b.verdict));
}

function plain(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
