/** What a drone said of something, in words. */
import type { Values } from '../telemetry/index.ts';

export function phrase(
  what: string | null | undefined,
  state: string | null | undefined,
  reason: string | null | undefined,
): string {
  const why = reason === null || reason === undefined || reason === '' || reason === 'done' ? '' : ` (${reason})`;
  return `${what ?? 'unknown'} ${state ?? 'unknown'}${why}`;
}

export const atItem = ({ state, item }: Partial<Values<'itinerary'>>): string =>
  `${state ?? 'unknown'}${item === null || item === undefined ? '' : `, item ${item}`}`;

export const failed = (state: string | null | undefined): 'plain' | 'attention' =>
  ['failed', 'rejected', 'expired', 'superseded', 'unknown'].includes(state ?? '') ? 'attention' : 'plain';
