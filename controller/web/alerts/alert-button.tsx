/** How many alerts are open, in the bar; pressing it shows them. */
import { signal } from '@preact/signals';
import type { Fleet } from '../live/fleet.ts';
import { countOf, worstOf } from './alerts.ts';
import { SeverityMark } from './mark.tsx';

export const alertsOpen = signal(false);

export function AlertButton({ fleet }: { readonly fleet: Fleet }) {
  const tally = fleet.board.value?.alerts ?? null;
  if (tally === null) return null;
  const worst = worstOf(tally);
  const count = countOf(tally);
  const silenced = tally.silenced === 0 ? '' : ` ${tally.silenced} silenced.`;
  return (
    <button
      type="button"
      class="alert-count"
      data-severity={worst ?? 'none'}
      data-count={count}
      aria-expanded={alertsOpen.value}
      title={`${tally.critical} critical, ${tally.warning} warning, ${tally.info} info.${silenced}`}
      onClick={() => {
        alertsOpen.value = !alertsOpen.value;
      }}
    >
      {worst !== null && <SeverityMark severity={worst} />}
      {count > 0 && <b>{count}</b>}
      <span>{worst === null ? 'no alerts' : count === 1 ? 'alert' : 'alerts'}</span>
    </button>
  );
}
