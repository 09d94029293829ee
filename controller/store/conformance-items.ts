/** Batches, gaps and records as they come to a store: what its tests are made of. */
import { type Sample, sealBatch, sealGap } from '@skein/protocol/telemetry';
import type { Lane, StoreItem } from './port.ts';

export const BOOT = '11111111-2222-4333-8444-555555555555';
export const EPOCH = '00000000000000e1';
export const DAY_US = 86_400e6;
/** 2026-11-21T12:00:00Z */
export const NOON_US = Date.UTC(2026, 10, 21, 12) * 1e3;

interface Stamp {
  readonly drone?: string;
  readonly epoch?: string;
  readonly lane?: Lane;
  readonly boot?: string;
  readonly receivedUtcUs?: number;
  readonly verify?: boolean;
}

export function position(monoUs: number, latDeg = 47): Sample<'position'> {
  const values = { latDeg, lonDeg: 8, altAmslM: 500, altRelM: 40, headingDeg: 90 };
  return { kind: 'position', monoUs, bootMs: null, values };
}

const CLOCK_REST = { standing: 'single', outvoted: '', boardUs: null } as const;

export function clock(
  monoUs: number,
  utcUs: number,
  errUs = 1000,
  source: 'gps' | 'controller' | 'restored' = 'gps',
): Sample<'clock'> {
  return { kind: 'clock', monoUs, bootMs: null, values: { utcUs, errUs, source, ...CLOCK_REST } };
}

export function text(monoUs: number, severity: 'warning' | 'info', words: string): Sample<'text'> {
  return { kind: 'text', monoUs, bootMs: null, values: { severity, text: words, repeats: 0 } };
}

/** A batch as it comes to the store; by default one position at `seq` seconds of the boot. */
export function batch(seq: number, o: Stamp & { readonly samples?: readonly Sample[] } = {}): StoreItem {
  const { drone = 'd1', epoch = EPOCH, lane = 'history', boot = BOOT, receivedUtcUs = NOON_US, verify = false } = o;
  const samples = o.samples ?? [position(seq * 1e6)];
  return { drone, receivedUtcUs, verify, bytes: sealBatch({ lane, epoch, boot, seq, samples }) };
}

export function gap(from: number, to: number, o: Stamp = {}): StoreItem {
  const { drone = 'd1', epoch = EPOCH, lane = 'history', boot = BOOT, receivedUtcUs = NOON_US, verify = false } = o;
  const span = { from, to, reason: 'budget', samples: 10, monoFromUs: from * 1e6, monoToUs: to * 1e6 } as const;
  return { drone, receivedUtcUs, verify, bytes: sealGap({ lane, epoch, boot, ...span }) };
}

export const everything = { fromUtcUs: 0, toUtcUs: NOON_US * 2, maxPoints: 1000 };
