/** How far back the charts look; one choice for all of them. */
import { signal } from '@preact/signals';

export const RANGES = [
  { label: '5 min', spanS: 300 },
  { label: '1 h', spanS: 3_600 },
  { label: '6 h', spanS: 21_600 },
  { label: '24 h', spanS: 86_400 },
] as const;

export const spanS = signal<number>(300);
/** Instant under the pointer in any chart, UTC seconds. */
export const cursorS = signal<number | null>(null);
