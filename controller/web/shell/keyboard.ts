/** Keys of the whole page: `/` filter, j k ↑ ↓ move, Enter opens, Esc goes back one step, f shows the whole fleet. */

import { cursorId, filterText, stateFilter } from '../list/list-state.ts';
import { listOf } from '../list/listed.ts';
import type { Fleet } from '../live/fleet.ts';
import { go, leaveDrone, route } from './route.ts';

export interface KeyboardOptions {
  readonly fleet: Fleet;
  readonly fitFleet: () => void;
}

export function listenToKeys({ fleet, fitFleet }: KeyboardOptions): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const filter = document.getElementById('filter');
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key === 'Escape') {
      stepBack(filter, typing);
    } else if (typing && event.target !== filter) {
      return;
    } else if (event.key === 'ArrowDown' || (event.key === 'j' && !typing)) {
      move(fleet, 1);
    } else if (event.key === 'ArrowUp' || (event.key === 'k' && !typing)) {
      move(fleet, -1);
    } else if (event.key === 'Enter' && !(event.target instanceof HTMLButtonElement) && cursorId.value !== null) {
      go({ view: 'drone', id: cursorId.value });
    } else if (event.key === '/' && !typing) {
      filter?.focus();
    } else if (event.key === 'f' && !typing) {
      fitFleet();
    } else {
      return;
    }
    event.preventDefault();
  };
  window.addEventListener('keydown', onKey);
  return () => window.removeEventListener('keydown', onKey);
}

function stepBack(filter: HTMLElement | null, typing: boolean): void {
  if (typing && filter && document.activeElement === filter) {
    filterText.value = '';
    filter.blur();
  } else if (route.value.view === 'drone') leaveDrone();
  else {
    filterText.value = '';
    stateFilter.value = 'all';
  }
}

/** With a drone open, moving opens the next one: that is how one walks through a fleet. */
function move(fleet: Fleet, by: number): void {
  const ids = listOf(fleet);
  if (ids.length === 0) return;
  const at = cursorId.value === null ? -1 : ids.indexOf(cursorId.value);
  const next = at < 0 ? (by > 0 ? 0 : ids.length - 1) : Math.max(0, Math.min(ids.length - 1, at + by));
  cursorId.value = ids[next] ?? null;
  if (route.value.view === 'drone' && cursorId.value !== null) go({ view: 'drone', id: cursorId.value });
}
