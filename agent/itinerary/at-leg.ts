/** The delivery that is flown now: what is remembered of it, and from where on the parcel counts as gone or not. */
import { type DeliverItem, lineM } from '@skein/protocol/fleet';
import { EvidenceWatch } from './hover.ts';
import type { RouteLeg } from './route.ts';

/** `place` and landings: it is weighed in the air, back at the height it came from. */
const BACK_UP_M = 3;

export interface AtLeg {
  readonly leg: RouteLeg;
  readonly item: DeliverItem;
  readonly watch: EvidenceWatch;
  gateSinceMs: number | null;
  gateAltM: number | null;
  /** Lowest height since it came to the gate. */
  lowestM: number;
  /** What keeps the gate shut was said then, and these codes. */
  saidMs: number;
  said: string;
  opening: AbortController | null;
  /** Left the release at, ms: judged soon. */
  leftMs: number | null;
}

export function atLeg(leg: RouteLeg, item: DeliverItem, wantedDrop: number): AtLeg {
  return {
    leg,
    item,
    watch: new EvidenceWatch({ how: item.how, lineM: lineM(item), wantedDrop }),
    gateSinceMs: null,
    gateAltM: null,
    lowestM: Number.POSITIVE_INFINITY,
    saidMs: Number.NEGATIVE_INFINITY,
    said: '',
    opening: null,
    leftMs: null,
  };
}

/** It hovers as it did before, but for the parcel. */
export function isWeighable(
  { item, gateAltM, lowestM }: AtLeg,
  o: { readonly seq: number; readonly weighFrom: number; readonly altRelM: number | null },
): boolean {
  if (o.seq < o.weighFrom) return false;
  const touches = item.how === 'place' || (item.how === 'gripper' && (item.releaseAltM ?? 0) === 0);
  if (!touches) return true;
  if (o.altRelM === null || gateAltM === null) return false;
  return o.altRelM >= gateAltM - BACK_UP_M && lowestM < gateAltM - BACK_UP_M;
}
