/**
 * One kind of telemetry as it was over a span: rows, what is known of the holes, and how to ask for the row of an instant.
 * A row stands until the next one; between two rows nothing is made up. Pure.
 */
import type { KindName } from '@skein/protocol/telemetry';
import { type Range, type Series, SILENCE_S, seriesOf } from '../charts/series.ts';
import type { TelemetryAnswer } from '../charts/telemetry-answer.ts';

export interface Ask {
  readonly kind: KindName;
  readonly columns: readonly string[];
  /** How many of the columns are numbers: of each the controller keeps the least and the greatest of a bucket. */
  readonly numbers: number;
  readonly instance?: number;
  /** Longest silence of a drone that is well, s: it sends on change and at least this often. */
  readonly silenceS?: number;
}

export interface Table {
  readonly ask: Ask;
  /** What was asked for; outside of it nothing is said here. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly answer: TelemetryAnswer;
  readonly timesMs: readonly number[];
  readonly gaps: readonly (Range & { readonly reason: string })[];
  /** A silence longer than this is a hole, s. */
  readonly silenceS: number;
  /** Rows were left out: one reading stands for so long, s; 0: all rows are here. */
  readonly bucketS: number;
}

/** Buckets for so many pixels, as `maxPoints` counts them (controller/store/downsample.ts). */
export function pointsFor(ask: Ask, pixels: number): number {
  return Math.min(20_000, Math.max(200, Math.ceil(pixels) * (2 * ask.numbers + 1)));
}

export function tableOf(ask: Ask, answer: TelemetryAnswer, maxPoints: number): Table {
  const [fromMs, toMs] = [Date.parse(answer.from), Date.parse(answer.to)];
  const buckets = Math.max(1, Math.floor(maxPoints / (2 * ask.numbers + 1)));
  const bucketS = answer.rows > answer.times.length ? (toMs - fromMs) / 1000 / buckets : 0;
  const [first = ''] = ask.columns;
  return {
    ask,
    fromMs,
    toMs,
    answer,
    timesMs: answer.times.map((time) => Date.parse(time)),
    gaps: seriesOf(answer, first).gaps,
    // Each bucket has its last row, so two rows are at most two buckets apart where nothing is missing.
    silenceS: Math.max(ask.silenceS ?? SILENCE_S, 2 * bucketS),
    bucketS,
  };
}

/** A column as a line for a chart. */
export function lineOf({ answer, silenceS }: Table, column: string): Series {
  return { ...seriesOf(answer, column), silenceS };
}

/** Index of the newest row at or before this instant; −1: none. */
export function rowAt(timesMs: readonly number[], atMs: number): number {
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timesMs[middle] ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Was this instant part of what was read. */
export function covers(table: Table, atMs: number): boolean {
  return atMs >= table.fromMs && atMs <= table.toMs;
}

export interface Reading {
  readonly value: unknown;
  readonly ageMs: number;
}

/** The value of this instant with how old it was then; null: nothing is recorded before it in this span. */
export function readingAt(table: Table | null, column: string, atMs: number): Reading | null {
  if (table === null) return null;
  const values = table.answer.columns[column] ?? [];
  for (let i = rowAt(table.timesMs, atMs); i >= 0; i -= 1) {
    const value = values[i];
    if (value !== null && value !== undefined) return { value, ageMs: atMs - (table.timesMs[i] ?? 0) };
  }
  return null;
}
