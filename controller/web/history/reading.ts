/** When what was read must be read again. */
import { signal } from '@preact/signals';
import type { Span } from './span.ts';

/** Counts how often somebody asked for it. */
export const again = signal(0);
/** What a drone that is well sends is here this long after it happened. */
const COMES_WITHIN_MS = 30_000;

/** The end of the span was not over, or hardly, when it was read. */
export function isUnfinished(span: Span | null, readAtMs: number | null): boolean {
  return span !== null && readAtMs !== null && readAtMs < span.toMs + COMES_WITHIN_MS;
}
