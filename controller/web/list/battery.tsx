/** A battery as bar and figure. Amber from 30 %, red from 15 %, and the figure grows bold with it. */
import { fixed, UNKNOWN } from '../format/numbers.ts';

export function levelOf(pct: number | null): 'unknown' | 'good' | 'low' | 'critical' {
  if (pct === null) return 'unknown';
  if (pct <= 15) return 'critical';
  return pct <= 30 ? 'low' : 'good';
}

export function Battery({ pct, old }: { readonly pct: number | null; readonly old: boolean }) {
  const full = Math.max(0, Math.min(100, pct ?? 0));
  return (
    <span class={`battery ${old ? 'fades' : ''}`} data-level={levelOf(pct)}>
      <span class="cell" aria-hidden="true">
        <i style={{ width: `${full}%` }} />
      </span>
      <span class="num">{pct === null ? UNKNOWN : `${fixed(pct)}\u202f%`}</span>
    </span>
  );
}
