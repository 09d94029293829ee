/**
 * Something the controller has, asked for again and again: what it said last, when, and what went wrong since. A hidden page
 * does not ask; when it is shown again it asks at once.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Asked } from './ask.ts';

export interface Polled<T> {
  /** null: nothing has come yet. */
  readonly value: ReadonlySignal<T | null>;
  /** `performance.now()` when the newest answer was asked for: nothing in it is younger. */
  readonly asOfMonoMs: ReadonlySignal<number | null>;
  /** Why the last time failed, in words; null: it did not. */
  readonly trouble: ReadonlySignal<string | null>;
  /** Asks now, also when it was asked a moment ago. */
  refresh(): void;
}

export interface PolledOptions<T> {
  readonly read: () => Promise<Asked<T>>;
  readonly everyMs: () => number;
}

export function poll<T>({ read, everyMs }: PolledOptions<T>): Polled<T> {
  const value = signal<T | null>(null);
  const asOfMonoMs = signal<number | null>(null);
  const trouble = signal<string | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking = false;
  let again = false;

  async function look(): Promise<void> {
    clearTimeout(timer);
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    again = false;
    const atMs = performance.now();
    const asked = await read();
    asking = false;
    if (asked.ok) {
      value.value = asked.value;
      asOfMonoMs.value = atMs;
      trouble.value = null;
    } else trouble.value = asked.trouble.words;
    if (again) void look();
    else if (document.visibilityState === 'visible') timer = setTimeout(() => void look(), everyMs());
  }

  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void look();
  });
  void look();
  return { value, asOfMonoMs, trouble, refresh: () => void look() };
}
