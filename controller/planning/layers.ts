/**
 * Heights to fly at, so far apart that two flights in different ones never come too near each other. Flights towards the
 * east take the first, third, …, those towards the west the second, fourth, … where these are free; home each drone comes at
 * a height by its pad, so that several may return to a base at once.
 */
import type { Base, Rules } from './ports.ts';

/** Below the ceiling by this: the autopilot's own fence stands there. */
const BELOW_CEILING_M = 5;

export function layersOf(base: Base, ceilingM: number, rules: Rules): readonly number[] {
  const top = Math.min(ceilingM, base.ceilingM ?? ceilingM) - BELOW_CEILING_M;
  const step = Math.max(rules.layerStepM, rules.separationUpM + 2 * rules.heightErrorM);
  const layers: number[] = [];
  for (let m = rules.lowestLayerM; m <= top && layers.length < 50; m += step) layers.push(m);
  return layers.length > 0 ? layers : [Math.max(1, top)];
}

export interface LayerPair {
  readonly outM: number;
  readonly backM: number;
}

/**
 * Pairs in the order they are tried, at most `max`.
 * @param eastward of the way out, m
 * @param pad which of the base's pads it comes home to, from 0
 */
export function layerPairs(
  layers: readonly number[],
  eastward: number,
  pad: number,
  returnAltM: number | null,
  max: number,
): readonly LayerPair[] {
  const lane = eastward >= 0 ? 0 : 1;
  const out = [...layers.filter((_, i) => i % 2 === lane), ...layers.filter((_, i) => i % 2 !== lane)];
  const high = layers.filter((m) => returnAltM === null || m >= returnAltM);
  const homeward = high.length > 0 ? high : layers.slice(-1);
  const opposite = homeward.filter((m) => layers.indexOf(m) % 2 !== lane);
  const back = [...rotated(opposite, pad), ...homeward.filter((m) => !opposite.includes(m))];
  const pairs: LayerPair[] = [];
  for (let i = 0; i < out.length + back.length - 1; i += 1) {
    for (const [j, outM] of out.entries()) {
      const backM = back[i - j];
      if (backM !== undefined && pairs.length < max) pairs.push({ outM, backM });
    }
  }
  return pairs;
}

function rotated<T>(list: readonly T[], by: number): readonly T[] {
  if (list.length === 0) return list;
  const first = by % list.length;
  return [...list.slice(first), ...list.slice(0, first)];
}
