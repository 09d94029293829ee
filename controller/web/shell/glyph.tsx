/** A drone's mark as a small picture, turned to its heading. Decoration: what it says is said in words beside it. */
import type { FreshnessState } from '../../live/messages.ts';
import { markFor, RING_RADIUS } from './marks.ts';

export interface GlyphProps {
  readonly freshness: FreshnessState;
  readonly inAir?: boolean;
  readonly control?: string;
  readonly headingDeg?: number | null;
  readonly size?: number;
}

export function Glyph({ freshness, inAir = true, control = 'unknown', headingDeg = 0, size = 14 }: GlyphProps) {
  const mark = markFor(freshness, inAir, control);
  const turn = Math.round((headingDeg ?? 0) / 5) * 5;
  return (
    <svg class={`mark-${control}`} width={size} height={size} viewBox="-11 -11 22 22" aria-hidden="true">
      {mark.ring !== 'none' && (
        <circle
          r={RING_RADIUS}
          fill="none"
          stroke="currentColor"
          stroke-width="1.7"
          stroke-dasharray={mark.ring === 'broken' ? '3.4 2.4' : undefined}
        />
      )}
      {mark.path && (
        <path
          d={mark.path}
          transform={turn ? `rotate(${turn})` : undefined}
          fill={mark.filled ? 'currentColor' : 'none'}
          stroke="currentColor"
          stroke-width="1.8"
          stroke-linejoin="round"
        />
      )}
      {mark.bar && <path d="M-9 9 L9 -9" stroke="currentColor" stroke-width="2.2" />}
    </svg>
  );
}

/** A plain dot with the same grammar: solid, half, hollow. For counts and the state of the connection. */
export function Dot({ state }: { readonly state: 'fresh' | 'stale' | 'lost' | 'waiting' }) {
  return (
    <svg width="10" height="10" viewBox="-5 -5 10 10" aria-hidden="true">
      <circle
        r="3.9"
        fill={state === 'fresh' ? 'currentColor' : 'none'}
        stroke="currentColor"
        stroke-width="1.5"
        stroke-dasharray={state === 'lost' || state === 'waiting' ? '2.2 1.9' : undefined}
      />
      {state === 'stale' && <path d="M0 -3.9 A3.9 3.9 0 0 0 0 3.9 Z" fill="currentColor" />}
    </svg>
  );
}
