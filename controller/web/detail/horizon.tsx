/** A small artificial horizon: the ground tilts, the aircraft stays. */

import { valuesOf } from '../live/record.ts';
import type { View } from './view.ts';
import { ageTitle, isDimmed } from './view.ts';

const RADIUS = 52;
/** Pixels per degree of pitch. */
const PITCH = 1.5;
const LADDER = [-30, -20, -10, 10, 20, 30];
const ROLL_TICKS = [-60, -45, -30, -20, -10, 0, 10, 20, 30, 45, 60];

export function Horizon({ view }: { readonly view: View }) {
  const attitude = valuesOf(view.record, 'attitude');
  const rollDeg = degrees(attitude?.rollRad);
  const pitchDeg = degrees(attitude?.pitchRad);
  const known = rollDeg !== null && pitchDeg !== null;
  const words = known ? `roll ${rollDeg.toFixed(0)}°, pitch ${pitchDeg.toFixed(0)}°` : 'attitude unknown';
  return (
    <figure
      class={`horizon ${isDimmed(view, 'attitude') ? 'old' : ''}`}
      title={`${words}\n${ageTitle(view, 'attitude')}`}
    >
      <svg viewBox="-56 -56 112 112" width="112" height="112" role="img" aria-label={words}>
        <defs>
          <clipPath id="horizon-clip">
            <circle r={RADIUS} />
          </clipPath>
        </defs>
        <g clip-path="url(#horizon-clip)">
          <rect x="-60" y="-60" width="120" height="120" class="sky" />
          {known && (
            <g transform={`rotate(${(-rollDeg).toFixed(1)}) translate(0 ${(pitchDeg * PITCH).toFixed(1)})`}>
              <rect x="-130" y="0" width="260" height="260" class="earth" />
              <path d="M-130 0H130" class="skyline" />
              {LADDER.map((deg) => (
                <g key={deg} transform={`translate(0 ${-deg * PITCH})`}>
                  <path d={deg % 20 === 0 ? 'M-16 0H16' : 'M-9 0H9'} class="rung" />
                </g>
              ))}
            </g>
          )}
        </g>
        <circle r={RADIUS} class="bezel" />
        {ROLL_TICKS.map((deg) => (
          <path
            key={deg}
            d={`M0 ${-RADIUS}V${-RADIUS + (deg % 30 === 0 ? 7 : 4)}`}
            transform={`rotate(${deg})`}
            class="tick"
          />
        ))}
        {known && (
          <path d={`M0 ${-RADIUS + 8}l-4 6h8Z`} transform={`rotate(${(-rollDeg).toFixed(1)})`} class="pointer" />
        )}
        <path d="M-28 0H-10L-6 5M28 0H10L6 5" class="wings" />
        <circle r="2" class="nose" />
      </svg>
    </figure>
  );
}

function degrees(rad: number | null | undefined): number | null {
  return rad === null || rad === undefined || !Number.isFinite(rad) ? null : (rad * 180) / Math.PI;
}
