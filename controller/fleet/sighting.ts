/** Where a drone is and where it would land, as far as that is known: what a return of several is laid out by. */
import type { Drone } from './drone.ts';
import { FRESH_MS } from './freshness.ts';

export interface Spot {
  readonly latDeg: number;
  readonly lonDeg: number;
}

export interface Sighting {
  /** By samples that are fresh; null: not known now. */
  readonly armed: boolean | null;
  readonly landed: string | null;
  readonly mode: string | null;
  readonly place: (Spot & { readonly altRelM: number }) | null;
  /** As it last said, however long ago: where it would land. */
  readonly home: (Spot & { readonly altAmslM: number }) | null;
  /** Height above home at which its autopilot returns; null: not read. */
  readonly returnAltM: number | null;
}

export function sightingOf(drone: Drone, nowMonoUs: number): Sighting {
  const sample = (kind: string, fresh: boolean) => {
    const held = drone.kinds.get(kind);
    if (held === undefined) return null;
    return fresh && (nowMonoUs - held.atMonoUs) / 1e3 > FRESH_MS ? null : { values: held.values, kind: held.kind };
  };
  const status = sample('status', true);
  const position = sample('position', true);
  const home = sample('home', false);
  const safety = sample('safety', false);
  return {
    ...statusOf(status?.values),
    place: placeOf(position?.values),
    home: homeOf(home?.values),
    returnAltM: numberOf(safety?.values, 'returnAltM'),
  };
}

type Cells = Readonly<Record<string, unknown>> | undefined;

function numberOf(cells: Cells, name: string): number | null {
  const cell = cells?.[name];
  return typeof cell === 'number' ? cell : null;
}

function statusOf(cells: Cells): Pick<Sighting, 'armed' | 'landed' | 'mode'> {
  const { armed, landed, mode } = cells ?? {};
  return {
    armed: typeof armed === 'boolean' ? armed : null,
    landed: typeof landed === 'string' ? landed : null,
    mode: typeof mode === 'string' ? mode : null,
  };
}

function placeOf(cells: Cells): Sighting['place'] {
  const [latDeg, lonDeg, altRelM] = [numberOf(cells, 'latDeg'), numberOf(cells, 'lonDeg'), numberOf(cells, 'altRelM')];
  return latDeg === null || lonDeg === null || altRelM === null ? null : { latDeg, lonDeg, altRelM };
}

function homeOf(cells: Cells): Sighting['home'] {
  const [latDeg, lonDeg, altAmslM] = [
    numberOf(cells, 'latDeg'),
    numberOf(cells, 'lonDeg'),
    numberOf(cells, 'altAmslM'),
  ];
  return latDeg === null || lonDeg === null || altAmslM === null ? null : { latDeg, lonDeg, altAmslM };
}
