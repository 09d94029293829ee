/** The state of the page where scripts and tests can read it: `<html data-live="open|connecting|reconnecting">`. */
import { effect } from '@preact/signals';
import type { Fleet } from '../live/fleet.ts';

export function reportLiveState(fleet: Fleet): () => void {
  return effect(() => {
    const root = document.documentElement;
    const { stale, lost } = fleet.counts.value;
    root.dataset.live = fleet.connection.value.state;
    root.dataset.drones = String(fleet.ids.value.length);
    const worry = stale + lost;
    const state = fleet.connection.value.state === 'open' ? '' : 'not live · ';
    // Who looks at another tab sees that somebody is needed.
    const critical = fleet.board.value?.alerts.critical ?? 0;
    document.title = `${state}${critical > 0 ? `${critical} critical · ` : ''}${worry > 0 ? `(${worry}) ` : ''}Skein`;
  });
}
