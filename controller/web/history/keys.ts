/** Keys of the history: they move the instant and the span. Those of the whole page go on as they are. */

import { neighbour } from './marks.ts';
import { atMs, back, moveTo, shift, step, togglePlay, zoomAt } from './moment.ts';
import { marks } from './scene.ts';

const FAR = 10;
/** The list is out of sight here: its cursor is not moved, and no other drone opened, by keys that nobody sees act. */
const OF_THE_LIST: readonly string[] = ['j', 'k', 'x', 'Enter', 'ArrowUp', 'ArrowDown'];

function beside(way: -1 | 1): void {
  const mark = neighbour(marks.peek(), atMs.peek(), way);
  if (mark !== null) moveTo(mark.atMs);
}

const DEEDS: Readonly<Record<string, (far: boolean) => void>> = {
  ' ': togglePlay,
  ArrowLeft: (far) => step(far ? -FAR : -1),
  ArrowRight: (far) => step(far ? FAR : 1),
  '[': () => beside(-1),
  ']': () => beside(1),
  '+': () => zoomAt(atMs.peek(), 0.5),
  '=': () => zoomAt(atMs.peek(), 0.5),
  '-': () => zoomAt(atMs.peek(), 2),
  '<': () => shift(-0.5),
  ',': () => shift(-0.5),
  '>': () => shift(0.5),
  '.': () => shift(0.5),
  '0': back,
};

const nameOf = (target: EventTarget | null): string => (target instanceof Element ? target.tagName : '');

/** Before the slider takes them: an arrow moves it by what can be read on the screen. */
export function listenToHistoryKeys(): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]') !== null) return;
    const { target } = event;
    const typing =
      target instanceof HTMLInputElement ? target.type !== 'range' : /^(SELECT|TEXTAREA)$/.test(nameOf(target));
    if (!typing && OF_THE_LIST.includes(event.key)) event.stopPropagation();
    // A button that has the focus is pressed by the space bar.
    const pressed = event.key === ' ' && target instanceof HTMLButtonElement;
    const deed = typing || pressed ? undefined : DEEDS[event.key];
    if (deed === undefined) return;
    deed(event.shiftKey);
    event.preventDefault();
    event.stopPropagation();
  };
  window.addEventListener('keydown', onKey, { capture: true });
  return () => window.removeEventListener('keydown', onKey, { capture: true });
}
