/**
 * Keys of the whole page: Ctrl-K or ⌘K searches or commands, `/` filter, j k ↑ ↓ move, Enter opens, x chooses, f shows the whole fleet, o the orders,
 * e the events, a the alerts; h r l ask for hold, return, land of the drone looked at, m for more, t what it did; Esc goes back one step.
 * `shortcuts.tsx` lists them on `?`.
 */

import { alertsOpen } from '../alerts/alert-button.tsx';
import { inHand } from '../commands/desk.ts';
import type { SafeType } from '../commands/forecast.ts';
import { askingName } from '../commands/operator.ts';
import { chosen } from '../events/desk.ts';
import { stopQuestion } from '../ground-stop/stop.ts';
import { choosing, stopChoosing, toggleChosen } from '../list/chosen.ts';
import { cursorId, filterText, stateFilter } from '../list/list-state.ts';
import { listOf } from '../list/listed.ts';
import type { Fleet } from '../live/fleet.ts';
import { picking } from '../map/picking.ts';
import { question } from '../orders/desk.ts';
import { stop, wish } from '../orders/placing.ts';
import { paletteOpen } from '../palette/open.ts';
import { pressed } from '../places/held.ts';
import { go, goHistory, leave, route, selectedId } from './route.ts';
import { shortcutsOpen } from './shortcuts.tsx';

export interface KeyboardOptions {
  readonly fleet: Fleet;
  readonly fitFleet: () => void;
}

export function listenToKeys({ fleet, fitFleet }: KeyboardOptions): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k' && !dialogOpen()) {
      paletteOpen.value = true;
      event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || dialogOpen()) return;
    const filter = document.getElementById('filter');
    const typing = isTyping(event.target);
    const command = typing ? undefined : commandKey(event.key);
    if (event.key === 'Escape') {
      stepBack(filter, typing);
    } else if (event.target !== filter && (typing || (isField(event.target) && isArrow(event.key)))) {
      return;
    } else if (command) {
      command();
    } else if (event.key === 'Enter' && inHand.value !== null) {
      // Where the question is, Enter answers it; from elsewhere it only leads there.
      if (event.target instanceof HTMLButtonElement) return;
      document.querySelector<HTMLElement>('.dock .in-hand .go')?.focus();
    } else if (event.key === 'ArrowDown' || (event.key === 'j' && !typing)) {
      move(fleet, 1);
    } else if (event.key === 'ArrowUp' || (event.key === 'k' && !typing)) {
      move(fleet, -1);
    } else if (event.key === 'Enter' && !(event.target instanceof HTMLButtonElement) && cursorId.value !== null) {
      go({ view: 'drone', id: cursorId.value });
    } else if (event.key === '/' && !typing) {
      filter?.focus();
    } else if (event.key === 'x' && !typing && cursorId.value !== null) {
      toggleChosen(cursorId.value);
    } else if (event.key === '?' && !typing) {
      shortcutsOpen.value = true;
    } else if (event.key === 'f' && !typing) {
      fitFleet();
    } else if (event.key === 'o' && !typing) {
      go({ view: 'orders', id: null });
    } else if (event.key === 'e' && !typing) {
      go({ view: 'events', query: '' });
    } else if (event.key === 'a' && !typing) {
      alertsOpen.value = !alertsOpen.value;
    } else {
      return;
    }
    event.preventDefault();
  };
  window.addEventListener('keydown', onKey);
  return () => window.removeEventListener('keydown', onKey);
}

/** A dialog has the keys to itself, and Esc closes it: nothing behind it may act, least of all a command. */
function dialogOpen(): boolean {
  return shortcutsOpen.value || document.querySelector('dialog[open]') !== null;
}

/** A field that takes letters: keys belong to it. A box to tick does not, nor the list's own choice of groups: H is Hold there too. */
function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return target.type !== 'checkbox' && target.type !== 'radio';
  return target instanceof HTMLSelectElement && target.name !== 'groups';
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
}

function isArrow(key: string): boolean {
  return key.startsWith('Arrow');
}

const SAFE: Readonly<Record<string, SafeType>> = { h: 'hold', r: 'return', l: 'land' };

/** What a key asks of the drone looked at; undefined: nothing. */
function commandKey(key: string): (() => void) | undefined {
  const drone = selectedId();
  if (drone === null) return undefined;
  const type = SAFE[key.toLowerCase()];
  if (type !== undefined)
    return () => {
      inHand.value = { kind: 'safe', drone, type };
    };
  if (key.toLowerCase() === 't') return () => goHistory(drone);
  if (key.toLowerCase() !== 'm') return undefined;
  return () => {
    inHand.value = inHand.value?.kind === 'more' ? null : { kind: 'more', drone };
  };
}

function stepBack(filter: HTMLElement | null, typing: boolean): void {
  if (typing && filter && document.activeElement === filter) {
    filterText.value = '';
    filter.blur();
  } else if (stopQuestion.value !== null) stopQuestion.value = null;
  else if (picking.value !== null) picking.value = null;
  else if (inHand.value !== null) inHand.value = null;
  else if (askingName.value) askingName.value = false;
  else if (question.value !== null) question.value = null;
  else if (wish.value !== null) stop();
  else if (alertsOpen.value) alertsOpen.value = false;
  else if (pressed.value !== null) pressed.value = null;
  else if (route.value.view === 'events' && chosen.value !== null) chosen.value = null;
  else if (choosing.value) stopChoosing();
  else if (route.value.view !== 'list' && route.value.view !== 'map') leave();
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
