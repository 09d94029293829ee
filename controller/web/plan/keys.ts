/** Keys of the editor: Delete takes the chosen thing away, Ctrl+Z goes a step back. */
import { removeHandle } from './draft.ts';
import { change, chosen, draft, undo } from './editing.ts';

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement || target instanceof HTMLSelectElement;

export function listenToPlanKeys(): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (isTyping(event.target)) return;
    if (event.key === 'z' && (event.ctrlKey || event.metaKey)) undo();
    else if (event.key === 'Delete' || event.key === 'Backspace') {
      const [plan, ref] = [draft.peek(), chosen.peek()];
      if (plan === null || ref === null) return;
      chosen.value = null;
      change(removeHandle(plan, ref));
    } else return;
    event.preventDefault();
  };
  window.addEventListener('keydown', onKey);
  return () => window.removeEventListener('keydown', onKey);
}
