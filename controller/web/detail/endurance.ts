/** How long the charge lasts if it goes on flowing as it does now. Pure. */
import type { Values } from '@skein/protocol/telemetry';

type Battery = Pick<Values<'battery'>, 'remainingPct' | 'consumedMah' | 'currentA' | 'timeRemainingS'>;

/** Less used than this tells nothing of what the whole holds. */
const LEAST_USED_PCT = 3;
/** Less than a motor takes at idle: it stands, and lasts for hours. */
const LEAST_A = 2;

/**
 * Seconds until the pack is empty: what the autopilot says itself, else reckoned from what it counted. null: nothing tells. `rememberedPct`: what
 * the agent carried across a restart of the autopilot; what that says by itself begins with a full pack, and is passed over then.
 */
export function lastsS(
  { remainingPct: pct, consumedMah, currentA, timeRemainingS }: Battery,
  rememberedPct: number | null,
): number | null {
  if (rememberedPct === null && timeRemainingS !== null && timeRemainingS > 0) return timeRemainingS;
  if (pct === null || consumedMah === null || currentA === null) return null;
  const usedPct = 100 - pct;
  if (usedPct < LEAST_USED_PCT || consumedMah <= 0 || currentA < LEAST_A) return null;
  return (((consumedMah / usedPct) * (rememberedPct ?? pct)) / 1000 / currentA) * 3600;
}
