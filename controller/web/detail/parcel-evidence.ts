/** What was measured of a release, in words: the drone's own evidence, as `GET /api/v1/itineraries/:id` hands it on. Pure. */
import { fixed } from '../format/numbers.ts';
import { objectOf } from '../shell/json.ts';

/** One `deliveries` of a stand, as far as it is shown. */
export interface ParcelAnswer {
  readonly item: number;
  readonly state: string;
  /** RFC 3339: of the newest word on it, an operator's too. */
  readonly at: string;
  readonly latDeg: number | null;
  readonly lonDeg: number | null;
  readonly evidence: unknown;
  readonly steps: readonly { readonly state: string; readonly at: string }[];
}

interface StandAnswer {
  readonly drone: string;
  readonly version: number;
  readonly deliveries: readonly ParcelAnswer[];
}

/** The newest word on this parcel in an itinerary's answer; null: it has none. */
export function parcelIn(
  answer: unknown,
  { drone, version, item }: { readonly drone: string; readonly version: number; readonly item: number },
): ParcelAnswer | null {
  const { drones = [] } = (answer ?? {}) as { readonly drones?: readonly StandAnswer[] };
  const stand = drones.findLast((one) => one.drone === drone && one.version === version);
  return stand?.deliveries.find((one) => one.item === item) ?? null;
}

/** When its release began, ms UTC: the place is that of this instant, the verdict comes later. */
export function begunAtMs({ steps }: Pick<ParcelAnswer, 'steps'>): number | null {
  const begun = steps.findLast(({ state }) => state === 'releasing');
  return begun === undefined ? null : Date.parse(begun.at);
}

/** When its state was said, ms UTC; an operator's word that the drone has not agreed to is newer, and no state. */
export function saidAtMs({ steps, state, at }: Pick<ParcelAnswer, 'steps' | 'state' | 'at'>): number {
  return Date.parse(steps.findLast((step) => step.state === state)?.at ?? at);
}

export interface Shown {
  readonly label: string;
  readonly value: string;
}

/** Whatever was not measured is left out; what is left out proves nothing. */
export function evidenceOf(evidence: unknown): readonly Shown[] {
  const e = objectOf(evidence);
  const before = amperes(e.before);
  const after = amperes(e.after);
  const winch = objectOf(e.winch);
  const found: (Shown | null)[] = [
    before === null && after === null
      ? null
      : { label: 'Hover current', value: `${before ?? 'not measured'} → ${after ?? 'not measured'}${drop(e.drop)}` },
    typeof e.gripper === 'string' ? { label: 'Gripper', value: e.gripper } : null,
    typeof winch.mostOutM === 'number'
      ? {
          label: 'Winch',
          value: `${fixed(winch.mostOutM, 1)} m out at most${typeof winch.endOutM === 'number' ? `, ${fixed(winch.endOutM, 1)} m at the end` : ''}`,
        }
      : null,
    typeof e.sensor === 'boolean'
      ? { label: 'Payload sensor', value: e.sensor ? 'sees it aboard' : 'sees nothing aboard' }
      : null,
  ];
  return found.filter((one) => one !== null);
}

function amperes(hover: unknown): string | null {
  const { meanA } = objectOf(hover);
  return typeof meanA === 'number' ? `${fixed(meanA, 1)} A` : null;
}

/** Part of the current that is gone. */
function drop(part: unknown): string {
  if (typeof part !== 'number') return '';
  return part < 0 ? ` (${fixed(-part * 100)} % more)` : ` (${fixed(part * 100)} % less)`;
}
