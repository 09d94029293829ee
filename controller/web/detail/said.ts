/** A short log of texts, newest first, each once. Pure. */
import type { TelemetryAnswer } from '../charts/telemetry-answer.ts';

export interface Said {
  readonly atMs: number;
  readonly severity: string;
  readonly text: string;
  readonly repeats: number;
}

const MOST = 60;
/** The live stream and history stamp the same text a little differently: live time is mapped, history is the drone's. */
const SAME_MS = 1_500;

export function textsOf(answer: TelemetryAnswer): Said[] {
  const { severity = [], text = [], repeats = [] } = answer.columns;
  return answer.times.map((time, i) => ({
    atMs: Date.parse(time),
    severity: typeof severity[i] === 'string' ? severity[i] : 'info',
    text: typeof text[i] === 'string' ? text[i] : '',
    repeats: typeof repeats[i] === 'number' ? repeats[i] : 0,
  }));
}

export function addText(said: readonly Said[], one: Said): readonly Said[] {
  if (one.text === '') return said;
  const same = said.findIndex((held) => held.text === one.text && Math.abs(held.atMs - one.atMs) < SAME_MS);
  if (same >= 0) return said;
  return [...said, one].sort((a, b) => b.atMs - a.atMs).slice(0, MOST);
}
