/** Who flies, the ground lock and the pre-flight verdict, out of presence and the newest samples. */
import type { Values } from '@skein/protocol/telemetry';
import type { Control, Drone } from './drone.ts';

/** Items shown in short. */
const MAX_STOPS = 16;

export function controlEntry(drone: Drone): Control {
  return drone.control;
}

export function safetyEntry(drone: Drone) {
  const held = drone.kinds.get('safety');
  if (held === undefined) return null;
  const { locked, lockReason, lockedBy } = held.values as Values<'safety'>;
  return { locked, lockReason, lockedBy };
}

export interface PreflightItem {
  readonly item: string;
  readonly verdict: string;
  readonly words: string;
  readonly [more: string]: unknown;
}

/** Of a sample, which never changes: read once, it is asked for with each look at the fleet. */
const read = new WeakMap<Values<'preflight'>, readonly PreflightItem[]>();

/** Items of a pre-flight sample; what is no item is left out. */
export function preflightItems(values: Values<'preflight'>): readonly PreflightItem[] {
  const known = read.get(values) ?? itemsOf(values.items);
  read.set(values, known);
  return known;
}

function itemsOf(text: string | null): readonly PreflightItem[] {
  let list: unknown;
  try {
    list = JSON.parse(text ?? '[]');
  } catch {
    return [];
  }
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: unknown): PreflightItem[] => {
    if (typeof one !== 'object' || one === null || !('item' in one) || !('verdict' in one)) return [];
    const words = 'words' in one && typeof one.words === 'string' ? one.words : '';
    return [{ ...one, item: String(one.item), verdict: String(one.verdict), words }];
  });
}

export function preflightEntry(drone: Drone) {
  const held = drone.kinds.get('preflight');
  if (held === undefined) return null;
  const values = held.values as Values<'preflight'>;
  const { verdict } = values;
  if (verdict !== 'ok' && verdict !== 'warn' && verdict !== 'stop') return null;
  const stops = preflightItems(values).filter((one) => one.verdict === 'stop');
  return { verdict, stops: stops.slice(0, MAX_STOPS).map((one) => (one.words === '' ? one.item : one.words)) } as const;
}
