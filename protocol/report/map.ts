/** Where it flew, drawn to scale with north up; no map lies below, so the file needs no network. */
import { escapeHtml } from './escape.ts';
import { isPlace, type Place } from './way.ts';

const [WIDTH, HEIGHT, MARGIN] = [640, 440, 34];
/** Metres of a degree of latitude; of longitude times the cosine. */
const DEGREE_M = 111_320;
const LEAST_M = 40;
const NICE = [1, 2, 5];

export interface MapOptions {
  readonly track: readonly (readonly Place[])[];
  /** The way that was to be flown. */
  readonly planned: readonly Place[];
  readonly home: Place | null;
}

interface Scale {
  readonly at: (place: Place) => readonly [x: number, y: number];
  readonly pixelsPerM: number;
  readonly centre: Place;
}

const eastOf = (place: Place, from: Place): number => ((place.lonDeg - from.lonDeg + 540) % 360) - 180;

function scaleOf(places: readonly Place[]): Scale | null {
  const [first] = places;
  if (first === undefined) return null;
  let [south, north, west, east] = [90, -90, 180, -180];
  for (const place of places) {
    south = Math.min(south, place.latDeg);
    north = Math.max(north, place.latDeg);
    west = Math.min(west, eastOf(place, first));
    east = Math.max(east, eastOf(place, first));
  }
  const centre = { latDeg: (south + north) / 2, lonDeg: first.lonDeg + (west + east) / 2 };
  const degreeEastM = DEGREE_M * Math.max(0.01, Math.cos((centre.latDeg * Math.PI) / 180));
  const widthM = Math.max(LEAST_M, (east - west) * degreeEastM);
  const heightM = Math.max(LEAST_M, (north - south) * DEGREE_M);
  const pixelsPerM = Math.min((WIDTH - 2 * MARGIN) / widthM, (HEIGHT - 2 * MARGIN) / heightM);
  return {
    ...{ pixelsPerM, centre },
    at: (place) => [
      WIDTH / 2 + eastOf(place, centre) * degreeEastM * pixelsPerM,
      HEIGHT / 2 - (place.latDeg - centre.latDeg) * DEGREE_M * pixelsPerM,
    ],
  };
}

function lineOf(places: readonly Place[], { at }: Scale): string {
  let [before, path] = ['', ''];
  for (const place of places) {
    const point = at(place)
      .map((value) => value.toFixed(1))
      .join(' ');
    if (point !== before) path += `${path === '' ? 'M' : 'L'}${point}`;
    before = point;
  }
  return path;
}

/** The longest round length in a third of the width. */
function barOf({ pixelsPerM }: Scale): string {
  const mostM = WIDTH / 3 / pixelsPerM;
  const power = 10 ** Math.floor(Math.log10(mostM));
  const metres = power * (NICE.findLast((nice) => nice * power <= mostM) ?? 1);
  const words = metres < 1000 ? `${metres} m` : `${metres / 1000} km`;
  const end = 16 + metres * pixelsPerM;
  return `<path class="bar" d="M16 ${HEIGHT - 22}v8H${end.toFixed(1)}v-8"/><text x="20" y="${HEIGHT - 20}">${words}</text>`;
}

const degrees = (value: number, [positive, negative]: readonly [string, string]): string =>
  `${Math.abs(value).toFixed(5)}° ${value < 0 ? negative : positive}`;

export function mapHtml({ track, planned, home }: MapOptions): string {
  const lines = track.map((line) => line.filter(isPlace)).filter((line) => line.length > 0);
  const plan = planned.filter(isPlace);
  const known = home !== null && isPlace(home) ? [home] : [];
  const scale = scaleOf([...lines.flat(), ...plan, ...known]);
  if (scale === null) return '<p class="none">No position was recorded.</p>';
  const dot = (place: Place | undefined, kind: string, shape: string): string => {
    if (place === undefined) return '';
    const [x, y] = scale.at(place);
    return `<g class="${kind}" transform="translate(${x.toFixed(1)} ${y.toFixed(1)})">${shape}</g>`;
  };
  const { latDeg, lonDeg } = scale.centre;
  const middle = `${degrees(latDeg, ['N', 'S'])}, ${degrees(((lonDeg + 540) % 360) - 180, ['E', 'W'])}`;
  return [
    `<svg class="map" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="The way flown, north up, around ${escapeHtml(middle)}">`,
    plan.length > 1 ? `<path class="planned" d="${lineOf(plan, scale)}"/>` : '',
    ...plan.map((place) => dot(place, 'stop', '<circle r="3.5"/>')),
    ...lines.map((line) => `<path class="flown" d="${lineOf(line, scale)}"/>`),
    dot(known[0], 'home', '<circle r="10"/><text text-anchor="middle" y="5">H</text>'),
    dot(lines.at(0)?.at(0), 'start', '<path d="M0-9 8 6H-8Z"/>'),
    dot(lines.at(-1)?.at(-1), 'end', '<path d="M-6-6H6V6H-6Z"/>'),
    barOf(scale),
    `<g class="north" transform="translate(${WIDTH - 26} 30)"><path d="M0-18 7 8 0 3-7 8Z"/><text text-anchor="middle" y="24">N</text></g>`,
    `<text class="middle" x="${WIDTH - 10}" y="${HEIGHT - 12}" text-anchor="end">middle ${escapeHtml(middle)}</text>`,
    '</svg>',
    `<p class="key"><span>▲ first position</span> <span>■ last position</span> <span>(H) home</span> <span>━ flown</span>${plan.length > 1 ? ' <span>┅ planned</span>' : ''}</p>`,
  ].join('');
}
