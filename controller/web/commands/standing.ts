/** How long a delivery has stood as it does, or how long it is still tried. It counts only while the page is live. */
import { isFinal } from '@skein/protocol/fleet';
import { counting, type View } from '../detail/view.ts';
import { ageExact } from '../format/times.ts';
import type { Command, Delivery } from './answers.ts';
import { tookMs } from './timeline.ts';

/** ` for 12 s`, `given up in 40 s`, and when the page is not live as of when it was; null: nothing to say. */
export function standingWords(
  { expiresAtMs }: Pick<Command, 'expiresAtMs'>,
  delivery: Delivery,
  view: Pick<View, 'nowMs' | 'asOfMs' | 'pageLive'>,
): string | null {
  if (isFinal(delivery.state)) return null;
  const { atMs, when } = counting(view);
  if (delivery.state !== 'queued' || expiresAtMs === null || atMs === null)
    return `for ${ageExact(tookMs(delivery, atMs))}${when}`;
  const leftMs = expiresAtMs - atMs;
  return leftMs > 0 ? `given up in ${ageExact(leftMs)}${when}` : null;
}
