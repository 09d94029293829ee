/** Drones chosen in the list for a command to several of them. */
import { signal } from '@preact/signals';

/** Are rows for choosing rather than opening? */
export const choosing = signal(false);
export const chosen = signal<ReadonlySet<string>>(new Set());

export function toggleChosen(id: string): void {
  const next = new Set(chosen.value);
  if (!next.delete(id)) next.add(id);
  chosen.value = next;
  choosing.value = true;
}

export function choose(ids: readonly string[]): void {
  chosen.value = new Set(ids);
}

export function stopChoosing(): void {
  choosing.value = false;
  chosen.value = new Set();
}
