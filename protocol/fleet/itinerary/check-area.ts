/** Where it flies: fences, zones, ceilings, legs, rally points. Legs are judged along their whole length. */
import { borderFromLegM, fromLegM, isInside, lengthM, type Point, planeAround } from './geometry.ts';
import { type Aircraft, ceilingOf, type Limits, type NoFlyZone } from './limits.ts';
import type { Findings, Rule } from './refusal.ts';
import { aboveHomeM, type Leg, type Route } from './route.ts';
import type { Fence, Itinerary, Place } from './schema.ts';

interface Area {
  readonly ring: readonly Point[] | null;
  readonly circle: { readonly centre: Point; readonly radiusM: number } | null;
}

/** How far a leg stays inside of an area, m; negative or 0: it does not. */
function insideM(a: Point, b: Point, { ring, circle }: Area): number {
  if (circle) return circle.radiusM - Math.max(lengthM(a, circle.centre), lengthM(b, circle.centre));
  if (ring) return isInside(a, ring) && isInside(b, ring) ? borderFromLegM(a, b, ring) : -borderFromLegM(a, b, ring);
  return 0;
}

/** How far a leg stays out of an area, m; negative or 0: it does not. */
function outsideM(a: Point, b: Point, { ring, circle }: Area): number {
  if (circle) return fromLegM(circle.centre, a, b) - circle.radiusM;
  if (ring) return isInside(a, ring) ? -borderFromLegM(a, b, ring) : borderFromLegM(a, b, ring);
  return 0;
}

export function checkArea(plan: Itinerary, route: Route, limits: Limits, aircraft: Aircraft, found: Findings): void {
  const origin = route.base ?? route.spots[0]?.place;
  if (origin === undefined) return;
  const plane = planeAround(origin);
  const areas = fenceAreas(plan.fence, plane);
  const zones = limits.noFly.map((zone) => ({ zone, area: zoneArea(zone, plane) }));
  if (!areas.some(({ inside }) => inside)) found.warn(null, 'no-fence', 'the plan has no fence to stay inside');

  // A place by itself is a leg of no length: it also stands for what goes up and down there.
  const stays = route.spots.map(
    (spot): Leg => ({ from: spot, to: spot, item: spot.item, back: false, speedMps: null }),
  );
  const told = new Set<string>();
  for (const leg of [...stays, ...route.legs]) {
    const a = plane(leg.from.place);
    const b = plane(leg.to.place);
    const what = leg.back
      ? 'the way back from its gate'
      : leg.from === leg.to
        ? 'it'
        : `the leg from item ${leg.from.item}`;
    const refuse = (rule: Rule, name: string, keepsM: number, limitM: number, words: string): void => {
      if (told.has(`${leg.item} ${rule} ${name}`)) return;
      told.add(`${leg.item} ${rule} ${name}`);
      found.refuse(leg.item, rule, keepsM, limitM, `${what} ${words}`);
    };
    for (const { inside, area, name } of areas) {
      const keepsM = inside ? insideM(a, b, area) : outsideM(a, b, area);
      if (keepsM >= limits.marginM) continue;
      const words = inside ? `does not stay inside ${name}` : `does not stay out of ${name}`;
      refuse(
        inside ? 'fence-inside' : 'fence-outside',
        name,
        keepsM,
        limits.marginM,
        `${words} with ${limits.marginM} m to spare`,
      );
    }
    for (const { zone, area } of zones) {
      const keepsM = outsideM(a, b, area);
      if (keepsM >= limits.marginM || !inBand(leg, zone, plan, aircraft)) continue;
      refuse('no-fly', zone.name, keepsM, limits.marginM, `crosses the no-fly zone "${zone.name}"`);
    }
    if (!leg.back && lengthM(a, b) > limits.legMaxM) {
      refuse(
        'leg-too-long',
        '',
        lengthM(a, b),
        limits.legMaxM,
        `is ${Math.round(lengthM(a, b))} m long, the limit is ${limits.legMaxM} m`,
      );
    }
  }
  waysHome(route, areas, zones, plane, found);
  checkHeights(plan, route, limits, aircraft, found);
  checkRally(plan, areas, limits, aircraft, plane, found);
  checkBase(plan, route, limits, aircraft, plane, found);
}

type Plane = (place: Place) => Point;
interface NamedArea {
  readonly inside: boolean;
  readonly area: Area;
  readonly name: string;
}

function fenceAreas(fence: Fence | undefined, plane: Plane): readonly NamedArea[] {
  const polygons = (fence?.polygons ?? []).map(({ inside, points }, i) => ({
    ...{ inside, name: `fence polygon ${i}` },
    area: { ring: points.map(plane), circle: null },
  }));
  const circles = (fence?.circles ?? []).map(({ inside, centre, radiusM }, i) => ({
    ...{ inside, name: `fence circle ${i}` },
    area: { ring: null, circle: { centre: plane(centre), radiusM } },
  }));
  return [...polygons, ...circles];
}

function zoneArea({ ring, circle }: NoFlyZone, plane: Plane): Area {
  return {
    ring: ring ? ring.map(plane) : null,
    circle: circle ? { centre: plane(circle.centre), radiusM: circle.radiusM } : null,
  };
}

/** Whether the heights of a leg meet those of a zone. Where they cannot be compared they are taken to meet. */
function inBand({ from, to }: Leg, zone: NoFlyZone, plan: Itinerary, aircraft: Aircraft): boolean {
  const bound = (m: number | undefined, none: number): number | null =>
    m === undefined ? none : aboveHomeM(m, zone.frame ?? 'home', aircraft.homeAmslM);
  const low = bound(zone.fromM, Number.NEGATIVE_INFINITY);
  const high = bound(zone.toM, Number.POSITIVE_INFINITY);
  if (low === null || high === null || from.relM === null || to.relM === null) return true;
  const vertical = from === to && plan.items[from.item]?.do !== 'waypoint' && plan.items[from.item]?.do !== 'loiter';
  const lowest = vertical ? Number.NEGATIVE_INFINITY : Math.min(from.relM, to.relM);
  return lowest <= high && Math.max(from.relM, to.relM) >= low;
}

/** A failsafe flies straight home from wherever it is: said where that would cross something, not refused. */
function waysHome(
  { base, spots }: Route,
  areas: readonly NamedArea[],
  zones: readonly { readonly zone: NoFlyZone; readonly area: Area }[],
  plane: Plane,
  found: Findings,
): void {
  if (base === null) return;
  const home = plane(base);
  for (const spot of spots) {
    const at = plane(spot.place);
    const area = areas.find((one) => (one.inside ? insideM(at, home, one.area) : outsideM(at, home, one.area)) <= 0);
    const zone = zones.find((one) => outsideM(at, home, one.area) <= 0);
    const name = area?.name ?? (zone === undefined ? null : `the no-fly zone "${zone.zone.name}"`);
    if (name !== null) found.warn(spot.item, 'way-home', `the straight way home from here crosses ${name}`);
  }
}

function checkHeights(plan: Itinerary, route: Route, limits: Limits, aircraft: Aircraft, found: Findings): void {
  const ceiling = ceilingOf(limits, plan.fence, aircraft);
  let unknown = false;
  for (const { item, altM, frame, relM } of route.spots) {
    const kind = plan.items[item]?.do;
    if (kind === 'land' || kind === 'return') continue;
    if (frame === 'terrain')
      found.warn(item, 'terrain-not-checked', 'its height above the ground is not checked', altM);
    // A height above the ground is held to the same number: what it is above home is not known.
    const height = frame === 'terrain' ? altM : relM;
    if (height === null) unknown = true;
    else if (height > ceiling.m) {
      const from = frame === 'amsl' ? `${altM} m above sea level is ` : '';
      const over = frame === 'terrain' ? 'the ground' : 'home';
      found.refuse(
        item,
        'ceiling',
        height,
        ceiling.m,
        `${from}${Math.round(height)} m above ${over}, the ${ceiling.what} is ${ceiling.m} m`,
      );
    } else if (height < 5 && kind !== 'take-off') found.warn(item, 'low', 'less than 5 m above home', height);
    const amslM =
      frame === 'amsl' ? altM : frame === 'home' && aircraft.homeAmslM !== null ? altM + aircraft.homeAmslM : null;
    if (limits.ceilingAmslM !== null && frame !== 'terrain') {
      if (amslM === null) unknown = true;
      else if (amslM > limits.ceilingAmslM) {
        found.refuse(
          item,
          'ceiling',
          amslM,
          limits.ceilingAmslM,
          `${Math.round(amslM)} m above sea level, the ceiling is ${limits.ceilingAmslM} m`,
        );
      }
    }
  }
  if (unknown)
    found.warn(
      null,
      'ceiling-not-checked',
      'the height of home above the sea is not known: not every height was checked',
    );
}

function checkRally(
  plan: Itinerary,
  areas: readonly NamedArea[],
  limits: Limits,
  aircraft: Aircraft,
  plane: Plane,
  found: Findings,
): void {
  const ceiling = ceilingOf(limits, plan.fence, aircraft);
  for (const [i, point] of (plan.rally ?? []).entries()) {
    const at = plane(point);
    for (const { inside, area, name } of areas) {
      const keepsM = inside ? insideM(at, at, area) : outsideM(at, at, area);
      if (keepsM < limits.marginM) {
        found.refuse(
          null,
          'rally-outside',
          keepsM,
          limits.marginM,
          `rally point ${i} is not ${inside ? 'inside' : 'outside'} ${name}`,
        );
      }
    }
    if (point.altM > ceiling.m) {
      found.refuse(
        null,
        'rally-outside',
        point.altM,
        ceiling.m,
        `rally point ${i} is higher than the ${ceiling.what}, ${ceiling.m} m`,
      );
    }
  }
}

function checkBase(
  plan: Itinerary,
  route: Route,
  limits: Limits,
  aircraft: Aircraft,
  plane: Plane,
  found: Findings,
): void {
  const first = route.spots.find(({ item }) => plan.items[item]?.do !== 'take-off');
  if (plan.base === undefined && aircraft.flavour === 'px4') {
    found.refuse(null, 'base', null, null, 'say base: PX4 must be told where it takes off');
  }
  if (route.base === null) return;
  if (first === undefined) return;
  const awayM = lengthM(plane(route.base), plane(first.place));
  if (awayM > limits.baseWithinM) {
    found.refuse(
      first.item,
      'base',
      awayM,
      limits.baseWithinM,
      `the first place is ${Math.round(awayM)} m from the base, not within ${limits.baseWithinM} m: is it the plan of another base? If not, begin with a waypoint nearer to it`,
    );
  }
}
