/** The stretch of time looked at, and how zooming and moving change it. Pure. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export const PRESETS = [
  { label: '15 min', spanMs: 900_000 },
  { label: '1 h', spanMs: 3_600_000 },
  { label: '6 h', spanMs: 21_600_000 },
  { label: '24 h', spanMs: 86_400_000 },
] as const;

const LEAST_MS = 5_000;
const MOST_MS = 31 * 86_400_000;
/** A span that ends this near to now goes on: there is more of it at each look. */
const NOW_MS = 10_000;

export const lengthOf = ({ fromMs, toMs }: Span): number => toMs - fromMs;

export function lastOf(spanMs: number, nowMs: number): Span {
  return { fromMs: nowMs - spanMs, toMs: nowMs };
}

/** Neither shorter nor longer than can be shown, and not past what can have been recorded. */
export function withinTime(span: Span, nowMs: number): Span {
  const length = Math.min(MOST_MS, Math.max(LEAST_MS, lengthOf(span)));
  const middle = (span.fromMs + span.toMs) / 2;
  const toMs = Math.round(Math.min(nowMs, middle + length / 2));
  return { fromMs: Math.round(toMs - length), toMs };
}

/** `factor` below 1 looks closer. What is at `atMs` stays where it is on the screen. */
export function zoomed(span: Span, atMs: number, factor: number, nowMs: number): Span {
  const length = Math.min(MOST_MS, Math.max(LEAST_MS, lengthOf(span) * factor));
  const share = Math.min(1, Math.max(0, (atMs - span.fromMs) / lengthOf(span)));
  const fromMs = atMs - share * length;
  return withinTime({ fromMs, toMs: fromMs + length }, nowMs);
}

/** By a share of its own length; to the right is later. */
export function moved(span: Span, share: number, nowMs: number): Span {
  const by = Math.min(share * lengthOf(span), nowMs - span.toMs);
  return { fromMs: Math.round(span.fromMs + by), toMs: Math.round(span.toMs + by) };
}

export function clampTo(span: Span, atMs: number): number {
  return Math.round(Math.min(span.toMs, Math.max(span.fromMs, atMs)));
}

export function reachesNow(span: Span, nowMs: number): boolean {
  return nowMs - span.toMs < NOW_MS;
}

/** How far an arrow moves the slider: half a hundredth of what is shown, in whole seconds where there are any. */
export function stepOf(span: Span): number {
  const step = lengthOf(span) / 200;
  return step < 1000 ? Math.max(100, Math.round(step / 100) * 100) : Math.round(step / 1000) * 1000;
}
