/** Ages, spans and clock times as words. */
import { UNKNOWN } from './numbers.ts';

const NARROW = '\u202f';

/** An age as a column shows it, whole steps only: `0 s`, `42 s`, `7 min`, `3 h`, `2 d`. Never rounded up: no value looks older or younger by rounding than the step it is in. */
export function ageWords(ageMs: number | null): string {
  if (ageMs === null) return UNKNOWN;
  const s = Math.max(0, Math.floor(ageMs / 1000));
  if (s < 60) return `${s}${NARROW}s`;
  if (s < 3600) return `${Math.floor(s / 60)}${NARROW}min`;
  if (s < 86_400) return `${Math.floor(s / 3600)}${NARROW}h`;
  return `${Math.floor(s / 86_400)}${NARROW}d`;
}

/** An age where there is room: tenths below 10 s, `4 min 12 s`, `3 h 05 min`. */
export function ageExact(ageMs: number | null): string {
  if (ageMs === null) return 'never';
  const ms = Math.max(0, ageMs);
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)}${NARROW}s`;
  const s = Math.floor(ms / 1000);
  if (s < 60) return `${s}${NARROW}s`;
  if (s < 3600) return `${Math.floor(s / 60)}${NARROW}min ${pad(s % 60)}${NARROW}s`;
  if (s < 86_400) return `${Math.floor(s / 3600)}${NARROW}h ${pad(Math.floor((s % 3600) / 60))}${NARROW}min`;
  return `${Math.floor(s / 86_400)}${NARROW}d ${Math.floor((s % 86_400) / 3600)}${NARROW}h`;
}

/** A span in seconds: `48 s`, `12 min`, `3 h 20 min`, `5 d 3 h`. */
export function span(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return UNKNOWN;
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s}${NARROW}s`;
  if (s < 3600) return `${Math.floor(s / 60)}${NARROW}min`;
  if (s < 86_400) return `${Math.floor(s / 3600)}${NARROW}h ${Math.floor((s % 3600) / 60)}${NARROW}min`;
  return `${Math.floor(s / 86_400)}${NARROW}d ${Math.floor((s % 86_400) / 3600)}${NARROW}h`;
}

/** Clock uncertainty: `± 12 ms`, `± 1.4 s`, `± 3 min`. */
export function plusMinus(errUs: number | null | undefined): string {
  if (errUs === null || errUs === undefined || !Number.isFinite(errUs)) return UNKNOWN;
  if (errUs < 1000) return `±${NARROW}${Math.round(errUs)}${NARROW}µs`;
  if (errUs < 999_500) return `±${NARROW}${Math.round(errUs / 1000)}${NARROW}ms`;
  if (errUs < 100e6) return `±${NARROW}${(errUs / 1e6).toFixed(1)}${NARROW}s`;
  return `±${NARROW}${span(errUs / 1e6)}`;
}

/** `20:14:07` in UTC, whatever zone is chosen (face.ts). */
export function utcClock(utcMs: number): string {
  return new Date(utcMs).toISOString().slice(11, 19);
}

/** `2026-11-21 20:14:07.412 UTC` for titles. */
export function utcFull(utcMs: number): string {
  return `${new Date(utcMs).toISOString().slice(0, 23).replace('T', ' ')} UTC`;
}

function pad(n: number): string {
  return String(n).padStart(2, '0');
}
