/**
 * What of the past is on screen: the span, the instant in it that is replayed, and whether it runs. One for the whole page,
 * so that charts, slider and map show the same.
 */
import { batch, computed, effect, signal } from '@preact/signals';
import { clampTo, lengthOf, moved, type Span, stepOf, withinTime, zoomed } from './span.ts';

export const SPEEDS = [1, 2, 5, 10, 30, 60] as const;
const TICK_MS = 100;

/** The controller's time, as of the last second: nothing is recorded after it. */
export const nowMs = signal(0);
export const span = signal<Span | null>(null);
/** What was chosen before it was zoomed: one key leads back to it. */
export const chosen = signal<Span | null>(null);
export const atMs = signal(0);
export const playing = signal(false);
export const speed = signal<(typeof SPEEDS)[number]>(1);

/** The last instant of the span that can have been recorded. */
export const endMs = computed(() => Math.min(span.value?.toMs ?? 0, nowMs.value));

/** A span somebody chose, from an instant of it on. */
export function choose(next: Span, from: number): void {
  batch(() => {
    const kept = withinTime(next, nowMs.peek());
    playing.value = false;
    chosen.value = span.value = kept;
    atMs.value = clampTo(kept, from);
  });
}

/** Looks at another part; the instant stays where it is in sight. */
export function lookAt(next: Span): void {
  batch(() => {
    const kept = withinTime(next, nowMs.peek());
    const before = span.peek();
    if (before !== null && before.fromMs === kept.fromMs && before.toMs === kept.toMs) return;
    span.value = kept;
    atMs.value = clampTo(kept, atMs.peek());
  });
}

export function zoomAt(at: number, factor: number): void {
  const one = span.peek();
  if (one !== null) lookAt(zoomed(one, at, factor, nowMs.peek()));
}

export function shift(share: number): void {
  const one = span.peek();
  if (one !== null) lookAt(moved(one, share, nowMs.peek()));
}

export function back(): void {
  const one = chosen.peek();
  if (one !== null) lookAt(one);
}

export function moveTo(at: number): void {
  const one = span.peek();
  if (one !== null) atMs.value = clampTo({ fromMs: one.fromMs, toMs: Math.max(one.fromMs, endMs.peek()) }, at);
}

export function step(steps: number): void {
  const one = span.peek();
  if (one !== null) moveTo(atMs.peek() + steps * stepOf(one));
}

/** At the end it begins anew. */
export function togglePlay(): void {
  const one = span.peek();
  if (one === null) return;
  if (!playing.peek() && atMs.peek() >= endMs.peek() - Math.min(100, lengthOf(one))) moveTo(one.fromMs);
  playing.value = !playing.peek();
}

/** Moves the instant on while it plays, by the time that passed; returns what ends it. */
export function runReplay(monoMs: () => number): () => void {
  const stop = effect(() => {
    if (!playing.value) return;
    let lastMs = monoMs();
    const timer = setInterval(() => {
      const passedMs = monoMs() - lastMs;
      lastMs += passedMs;
      moveTo(atMs.peek() + passedMs * speed.peek());
      if (atMs.peek() >= endMs.peek()) playing.value = false;
    }, TICK_MS);
    return () => clearInterval(timer);
  });
  return () => {
    stop();
    playing.value = false;
  };
}
