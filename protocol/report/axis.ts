/** Time along the bottom: where its marks stand, and how times read. */
import { type Face, formatUtc, zoned } from '../time/index.ts';
import type { Span } from './flight.ts';

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400];
const MOST_MARKS = 6;

export interface Mark {
  readonly pct: number;
  readonly words: string;
}

/** Where in the span, %, two places. */
export function percent(utcUs: number, { fromUtcUs, toUtcUs }: Span): number {
  const part = toUtcUs > fromUtcUs ? (utcUs - fromUtcUs) / (toUtcUs - fromUtcUs) : 0;
  return Math.round(Math.min(1, Math.max(0, part)) * 10_000) / 100;
}

export function marksOf(span: Span, face: Face): readonly Mark[] {
  const lengthS = (span.toUtcUs - span.fromUtcUs) / 1e6;
  const stepS = STEPS_S.find((step) => lengthS / step <= MOST_MARKS) ?? 86_400;
  const stepUs = stepS * 1e6;
  const marks: Mark[] = [];
  for (let at = Math.ceil(span.fromUtcUs / stepUs) * stepUs; at <= span.toUtcUs; at += stepUs) {
    const { time, minute } = zoned(at / 1000, face);
    marks.push({ pct: percent(at, span), words: stepS < 60 ? time : minute });
  }
  return marks;
}

/** `20:14:07`, in the zone. */
export const clockOf = (utcUs: number, face: Face): string => zoned(utcUs / 1000, face).time;
/** `2026-11-21 20:14:07 UTC+1`. */
export function momentOf(utcUs: number, face: Face): string {
  const { date, time, offset } = zoned(utcUs / 1000, face);
  return `${date} ${time} ${offset}`;
}
/** `2026-11-21 19:14:07Z`. */
export const utcOf = (utcUs: number): string => `${formatUtc(utcUs).slice(0, 19).replace('T', ' ')}Z`;
export const utcClockOf = (utcUs: number): string => `${formatUtc(utcUs).slice(11, 19)}Z`;

export function lengthOf(s: number): string {
  const whole = Math.round(s);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}
