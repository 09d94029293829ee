/** Agents on the wire, and a clock for their controller, that live four times as fast. */
import { columnsOf, type KindName, type Sample, type Values } from '@skein/protocol/telemetry';
import { FakeAgent } from './fake-agent.ts';

export const SPEED = 4;
export const SAID_MS = 250;
export const UTC_US = Date.now() * 1e3;
export const BASE = { latDeg: 47.4, lonDeg: 8.5 };
export const north = (m: number) => ({ latDeg: BASE.latDeg + m / 111_320, lonDeg: BASE.lonDeg });

export class QuickAgent extends FakeAgent {
  override monoUs(): number {
    return Math.round(1e9 + performance.now() * 1e3 * SPEED);
  }
}

export function sample<K extends KindName>(agent: FakeAgent, kind: K, values: Partial<Values<K>>): Sample {
  const blank = Object.fromEntries(columnsOf(kind).map(([name]) => [name, null]));
  return { kind, monoUs: agent.monoUs(), bootMs: null, values: { ...blank, ...values } } as Sample;
}

export type Says = { readonly [K in KindName]?: Partial<Values<K>> };
export const PARKED: Says = { status: { armed: false, landed: 'on-ground', mode: 'GUIDED' } };
export const FLYING: Says = {
  status: { armed: true, landed: 'in-air', mode: 'AUTO' },
  position: { ...north(50), altAmslM: 540, altRelM: 40 },
  velocity: { northMps: 5, eastMps: 0, downMps: 0 },
  attitude: { rollRad: 0, pitchRad: 0.1 },
  trust: { state: 'trusted' },
};

export const quickClock = {
  utcUs: () => Math.round(UTC_US + performance.now() * 1e3 * SPEED),
  monoUs: () => Math.round(performance.now() * 1e3 * SPEED),
};
