/** What the agents of the simulation have to say. */
import type { Sample } from '@skein/protocol/telemetry';
import type { Answer } from '../../agent/commands/types.ts';
import type { World } from './world.ts';

/** Mostly short, now and then long; no two are alike. */
export function textSample(world: World, monoUs: number, longest: number): Sample {
  const text = world.hex(8).padEnd(8 + Math.floor(world.random() ** 4 * longest), 'x');
  return { kind: 'text', monoUs, bootMs: null, values: { severity: 'info', text, repeats: 0 } };
}

export function answerSample({ detail, ...answer }: Answer, monoUs: number): Sample {
  return { kind: 'answer', monoUs, bootMs: null, values: { ...answer, detail: JSON.stringify(detail) } };
}

export function airSample(monoUs: number): Sample {
  const values = { groundSpeedMps: 1, airSpeedMps: null, climbMps: null, throttlePct: null, altAmslM: null };
  return { kind: 'air', monoUs, bootMs: null, values };
}
