/**
 * QGroundControl's `.plan` (docs.qgroundcontrol.com, plan file format): JSON with mission, geoFence and rallyPoints.
 * Simple items are read; complex ones (surveys, scans) are refused by name. Items are numbered by `doJumpId` from 1.
 */
import { type CompileOptions, compile } from './compile.ts';
import { type About, fileItem, type ReadFile, unreadable, type Written } from './file.ts';
import { type FileItem, type FormatRefusal, itemsOfMission, notInMission } from './from-mission.ts';
import { FRAME } from './mav.ts';
import type { Fence, Itinerary, Place, RallyPoint } from './schema.ts';
import { isObject } from './shape.ts';

/** MAV_AUTOPILOT and MAV_TYPE, as the file says which vehicle it is for. */
const FIRMWARE = { ardupilot: 3, px4: 12 } as const;
const QUADROTOR = 2;
/** QGroundControl’s altitude modes: relative, absolute, above terrain by the autopilot. */
const ALTITUDE_MODE: ReadonlyMap<number, number> = new Map([
  [FRAME.GLOBAL_RELATIVE_ALT, 1],
  [FRAME.GLOBAL, 2],
  [FRAME.GLOBAL_TERRAIN_ALT, 4],
] as const);

const numbers = (value: unknown, count: number): readonly number[] | null =>
  Array.isArray(value) && value.length >= count && value.slice(0, count).every((one) => typeof one === 'number')
    ? value.slice(0, count)
    : null;
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function placeAt(value: unknown): Place | null {
  const [latDeg, lonDeg] = numbers(value, 2) ?? [];
  return latDeg === undefined || lonDeg === undefined ? null : { latDeg, lonDeg };
}

export function readPlan(value: unknown, about: About): ReadFile {
  if (!isObject(value) || value.fileType !== 'Plan' || !isObject(value.mission)) {
    return unreadable('not a plan: "fileType" is not "Plan", or it has no mission');
  }
  const { mission } = value;
  const wrong: FormatRefusal[] = [];
  const refuse = (item: number | null, name: string | null, words: string): void => {
    if (wrong.length < 100) wrong.push({ item, rule: 'format', value: name, limit: null, words });
  };
  const file = list(mission.items).flatMap((item, at) => simpleItem(item, at, refuse));
  const [homeLat, homeLon, homeAmsl] = numbers(mission.plannedHomePosition, 3) ?? [];
  const known = homeLat !== undefined && homeLon !== undefined && (homeLat !== 0 || homeLon !== 0);
  const read = itemsOfMission(file, known ? (homeAmsl ?? null) : null);
  const fence = fenceOf(value.geoFence, refuse);
  const rally = rallyOf(value.rallyPoints, refuse);
  const refusals = [...wrong, ...read.refusals];
  if (refusals.length > 0) return { ok: false, refusals };
  if (read.items.length === 0) return unreadable('the plan has no items');
  const itinerary: Itinerary = {
    ...about,
    ...(known ? { base: { latDeg: homeLat, lonDeg: homeLon } } : {}),
    items: [...read.items],
    ...(fence === null ? {} : { fence }),
    ...(rally.length === 0 ? {} : { rally }),
  };
  return { ok: true, itinerary, notes: read.notes };
}

type Refuse = (item: number | null, name: string | null, words: string) => void;

function simpleItem(item: unknown, at: number, refuse: Refuse): readonly FileItem[] {
  const index = isObject(item) && typeof item.doJumpId === 'number' ? item.doJumpId : at + 1;
  if (!isObject(item)) refuse(index, null, `item ${index}: not an object`);
  else if (item.type !== 'SimpleItem') {
    const name = String(item.complexItemType ?? item.type).slice(0, 64);
    refuse(index, name, `item ${index} (${name}): a complex item; give it as the simple items it is made of`);
  } else {
    const params = list(item.params).map((one) => (typeof one === 'number' ? one : Number.NaN));
    const { command, frame } = item;
    if (typeof command === 'number' && typeof frame === 'number' && params.length === 7) {
      const [a = 0, b = 0, c = 0, d = 0, latDeg = 0, lonDeg = 0, altM = 0] = params;
      return [{ index, command, frame, params: [a, b, c, d], latDeg, lonDeg, altM }];
    }
    refuse(index, null, `item ${index}: a simple item has command, frame and seven params`);
  }
  return [];
}

function fenceOf(value: unknown, refuse: Refuse): Fence | null {
  if (!isObject(value)) return null;
  if (value.version !== 2) {
    if (Object.keys(value).length > 0)
      refuse(null, 'geoFence', `geoFence: version ${String(value.version)}, only 2 is read`);
    return null;
  }
  if (value.breachReturn !== undefined)
    refuse(null, 'geoFence', 'geoFence: a breach return point cannot be said in an itinerary');
  const polygons = list(value.polygons).flatMap((polygon, i) => {
    const points = isObject(polygon) ? list(polygon.polygon).map(placeAt) : [];
    const known = points.filter((point) => point !== null);
    if (
      isObject(polygon) &&
      typeof polygon.inclusion === 'boolean' &&
      known.length === points.length &&
      known.length >= 3
    ) {
      return [{ inside: polygon.inclusion, points: known }];
    }
    refuse(null, 'geoFence', `geoFence polygon ${i}: not three or more places and "inclusion"`);
    return [];
  });
  const circles = list(value.circles).flatMap((one, i) => {
    const circle = isObject(one) && isObject(one.circle) ? one.circle : null;
    const centre = placeAt(circle?.center);
    if (isObject(one) && typeof one.inclusion === 'boolean' && centre !== null && typeof circle?.radius === 'number') {
      return [{ inside: one.inclusion, centre, radiusM: circle.radius }];
    }
    refuse(null, 'geoFence', `geoFence circle ${i}: not a centre, a radius and "inclusion"`);
    return [];
  });
  if (polygons.length === 0 && circles.length === 0) return null;
  return { ...(polygons.length > 0 ? { polygons } : {}), ...(circles.length > 0 ? { circles } : {}) };
}

function rallyOf(value: unknown, refuse: Refuse): RallyPoint[] {
  if (!isObject(value)) return [];
  return list(value.points).flatMap((point, i) => {
    const [latDeg, lonDeg, altM] = numbers(point, 3) ?? [];
    if (latDeg !== undefined && lonDeg !== undefined && altM !== undefined) return [{ latDeg, lonDeg, altM }];
    refuse(null, 'rallyPoints', `rally point ${i}: not latitude, longitude, height`);
    return [];
  });
}

export function writePlan(itinerary: Itinerary, options: CompileOptions): Written {
  const { flavour } = options;
  const { mission } = compile(itinerary, options);
  const flown = flavour === 'px4' ? mission : mission.slice(1);
  const items = flown.map((item, at) => simple(fileItem(item, at + 1, flavour === 'px4' ? 1 : 0)));
  const { base, fence, rally } = itinerary;
  const first = itinerary.items.find((item) => 'frame' in item);
  const home = base ?? (first !== undefined && 'frame' in first ? first : { latDeg: 0, lonDeg: 0 });
  const pair = ({ latDeg, lonDeg }: Place): number[] => [latDeg, lonDeg];
  const plan = {
    fileType: 'Plan',
    geoFence: {
      circles: (fence?.circles ?? []).map(({ inside, centre, radiusM }) => ({
        ...{ circle: { center: pair(centre), radius: radiusM }, inclusion: inside, version: 1 },
      })),
      polygons: (fence?.polygons ?? []).map(({ inside, points }) => ({
        inclusion: inside,
        polygon: points.map(pair),
        version: 1,
      })),
      version: 2,
    },
    groundStation: 'Skein',
    mission: {
      ...{ cruiseSpeed: 15, firmwareType: FIRMWARE[flavour], globalPlanAltitudeMode: 1, hoverSpeed: 5, items },
      ...{ plannedHomePosition: [home.latDeg, home.lonDeg, 0], vehicleType: QUADROTOR, version: 2 },
    },
    rallyPoints: { points: (rally ?? []).map((point) => [...pair(point), point.altM]), version: 2 },
    version: 1,
  };
  const leftOut = [
    ...(fence?.maxAltM === undefined
      ? []
      : ['the ceiling of the fence is not in the file: it is a parameter of the autopilot']),
    ...(base === undefined ? ['the plan names no base: the planned home is its first place'] : []),
    ...notInMission(itinerary.items),
  ];
  return { text: `${JSON.stringify(plan, null, 2)}\n`, leftOut };
}

function simple({ index, command, frame, params, latDeg, lonDeg, altM }: FileItem): object {
  const mode = ALTITUDE_MODE.get(frame);
  const numbers = [...params, latDeg, lonDeg, altM].map((one) => (Number.isNaN(one) ? null : one));
  return {
    ...(mode === undefined ? {} : { AMSLAltAboveTerrain: null, Altitude: altM, AltitudeMode: mode }),
    ...{ autoContinue: true, command, doJumpId: index, frame, params: numbers, type: 'SimpleItem' },
  };
}
