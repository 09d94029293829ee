/**
 * An itinerary as the three lists an autopilot keeps, and what each item of the mission is there for. Pure and
 * repeatable: controller, agent and page compile the same plan to the same items (docs/itineraries.md draws it).
 *
 * A delivery stands behind a gate: approach, wait, and then a jump, for ever, to the item the plan ends with. Nothing in
 * the mission leads past that jump: the agent passes the gate by setting the first item of the release as current. With
 * no agent the gate ends in return, never in release. Where the plan says `shut: along` the jump leads over the release to
 * what follows it, and along the plan to its end.
 */

import { CMD, FRAME, isNavigation } from './mav.ts';
import type { MissionItem } from './mission-item.ts';
import {
  doItem,
  type Flavour,
  landsToRelease,
  type RoledItem,
  releaseAltM,
  releaseItems,
  releaseLength,
  type StepRole,
} from './release.ts';
import type { AltitudeFrame, DeliverItem, Fence, Itinerary, ItineraryItem, Place, RallyPoint } from './schema.ts';

export interface CompileOptions {
  readonly flavour: Flavour;
  /** How fast the winch unreels, m/s; the delay that lets the parcel down is computed from it. Default 0.5. */
  readonly winchMps?: number;
}

/** What one item of the mission is there for; its `seq` is its place in the list. */
export interface Step {
  readonly seq: number;
  /** Item of the itinerary, counted from 0; null for the placeholder of home. */
  readonly item: number | null;
  readonly role: StepRole;
  /** The autopilot flies or waits at it: it may be set as current and shows as current. */
  readonly navigation: boolean;
}

/** Where in the mission one delivery lies. All of these are navigation items. */
export interface DeliverySeqs {
  readonly item: number;
  /** The approach before the gate. */
  readonly approachSeq: number;
  /** Waits here for the conditions of the release. */
  readonly gateSeq: number;
  /** What is set as current to pass the gate. */
  readonly releaseSeq: number;
  /** The climb that ends it: reached means that the release is over, not that it happened. */
  readonly climbSeq: number;
  /** The next item of the plan. */
  readonly afterSeq: number;
}

export interface Compiled {
  readonly mission: readonly MissionItem[];
  readonly fence: readonly MissionItem[];
  readonly rally: readonly MissionItem[];
  /** One for each item of the mission, in its order. */
  readonly steps: readonly Step[];
  readonly deliveries: readonly DeliverySeqs[];
  /** What a gate ends in, if not along the plan: the return or landing that the plan ends with. */
  readonly returnSeq: number;
}

export const DEFAULT_WINCH_MPS = 0.5;
const DEFAULT_GATE_S = 60;
/** Approach, wait, jump. */
const GATE_ITEMS = 3;
/**
 * How often the gate's jump is taken. ArduPilot: −1 is for ever. PX4 keeps the count unsigned, so −1 may become 0 (never
 * taken, straight into the release): the largest count that fits 16 bits signed.
 */
const JUMP_FOREVER: Readonly<Record<Flavour, number>> = { ardupilot: -1, px4: 32_767 };
const FRAME_OF: Readonly<Record<AltitudeFrame, number>> = {
  home: FRAME.GLOBAL_RELATIVE_ALT,
  amsl: FRAME.GLOBAL,
  terrain: FRAME.GLOBAL_TERRAIN_ALT,
};

/** Degrees as degE7. */
export const degE7 = (degrees: number): number => Math.round(degrees * 1e7);
/** How long the gate waits, s. */
export const gateS = (item: DeliverItem): number => Math.round(item.gateS ?? DEFAULT_GATE_S);

/** A plan that ends without return or landing compiles too: the gate then jumps to its last item (it is refused before). */
export function compile(itinerary: Itinerary, options: CompileOptions): Compiled {
  const { flavour, winchMps = DEFAULT_WINCH_MPS } = options;
  const base = itinerary.base ?? null;
  const out: (RoledItem & { readonly index: number | null })[] = [];
  if (flavour === 'ardupilot')
    out.push({ index: null, role: 'home', item: positioned(CMD.NAV_WAYPOINT, base, 'amsl', 0) });

  const jumps: { readonly seq: number; readonly along: number | null }[] = [];
  const gates: { readonly item: number; readonly approach: number; readonly release: number; readonly end: number }[] =
    [];
  let last: Place | null = base;
  for (const [index, item] of itinerary.items.entries()) {
    const add = (...items: readonly RoledItem[]): void => {
      for (const one of items) out.push({ ...one, index });
    };
    if (item.do === 'deliver') {
      const approach = out.length;
      const [before, release] = deliver(item, flavour, winchMps);
      add(...before, ...release);
      jumps.push({ seq: approach + before.length - 1, along: item.shut === 'along' ? out.length : null });
      gates.push({ item: index, approach, release: approach + before.length, end: out.length });
    } else {
      add(...plain(item, last, flavour));
    }
    if ('latDeg' in item && item.latDeg !== undefined && item.lonDeg !== undefined) {
      last = { latDeg: item.latDeg, lonDeg: item.lonDeg };
    }
  }

  const returnSeq = out.length - 1;
  for (const { seq, along } of jumps) {
    const jump = out[seq];
    const to = along ?? returnSeq;
    if (jump) out[seq] = { ...jump, item: doItem(CMD.DO_JUMP, to, JUMP_FOREVER[flavour]) };
  }
  const steps = out.map(
    ({ index, role, item }, seq): Step => ({
      seq,
      item: index,
      role,
      navigation: isNavigation(item.command) && role !== 'home',
    }),
  );
  const navigationFrom = (seq: number): number =>
    steps.find((step) => step.seq >= seq && step.navigation)?.seq ?? returnSeq;
  return {
    mission: out.map(({ item }) => item),
    fence: fenceItems(itinerary.fence),
    rally: (itinerary.rally ?? []).map(rallyItem),
    steps,
    deliveries: gates.map(({ item, approach, release, end }) => ({
      item,
      approachSeq: approach,
      gateSeq: approach + 1,
      releaseSeq: release,
      climbSeq: end - 1,
      afterSeq: navigationFrom(end),
    })),
    returnSeq,
  };
}

/** How many items the mission has, without making them: so the page can judge a plan that it never compiles. */
export function missionLength({ items }: Itinerary, flavour: Flavour): number {
  const lengths = items.map((item) => {
    if (item.do === 'deliver') return GATE_ITEMS + releaseLength(item, flavour);
    return item.do === 'waypoint' && item.speedMps !== undefined ? 2 : 1;
  });
  return lengths.reduce((sum, length) => sum + length, flavour === 'ardupilot' ? 1 : 0);
}

/** The first navigation item of an item of the itinerary: what `skip` and `resume` set as current; null where it has none. */
export function seqOfItem(compiled: Compiled, item: number): number | null {
  return compiled.steps.find((step) => step.item === item && step.navigation)?.seq ?? null;
}

function plain(item: Exclude<ItineraryItem, DeliverItem>, last: Place | null, flavour: Flavour): readonly RoledItem[] {
  switch (item.do) {
    case 'take-off':
      // ArduPilot rises from where it stands; PX4 would fly to 0° 0° if no place were named.
      return [{ role: 'take-off', item: takeOff(flavour, last, 'home', item.altM) }];
    case 'waypoint': {
      const fly = positioned(CMD.NAV_WAYPOINT, item, item.frame, item.altM, [item.holdS ?? 0, 0, 0, yaw(flavour)]);
      if (item.speedMps === undefined) return [{ role: 'fly', item: fly }];
      return [
        { role: 'speed', item: doItem(CMD.DO_CHANGE_SPEED, 1, item.speedMps, -1) },
        { role: 'fly', item: fly },
      ];
    }
    case 'loiter':
      return [{ role: 'wait', item: loiter(item, item.forS, flavour) }];
    case 'land': {
      // Named also where the plan says "here": a gate jumps to it from elsewhere.
      const place =
        item.latDeg !== undefined && item.lonDeg !== undefined ? { latDeg: item.latDeg, lonDeg: item.lonDeg } : last;
      return [{ role: 'land', item: land(flavour, place) }];
    }
    case 'return':
      return [{ role: 'return', item: doItem(CMD.NAV_RETURN_TO_LAUNCH) }];
  }
}

/** A delivery up to its gate's jump, and from the release on. */
function deliver(item: DeliverItem, flavour: Flavour, winchMps: number): readonly [RoledItem[], readonly RoledItem[]] {
  const fly = (altM: number, frame: AltitudeFrame): MissionItem =>
    positioned(CMD.NAV_WAYPOINT, item, frame, altM, [0, 0, 0, yaw(flavour)]);
  const approach = fly(item.altM, item.frame);
  const gate: RoledItem[] = [
    { role: 'fly', item: approach },
    { role: 'gate', item: loiter(item, gateS(item), flavour) },
    { role: 'jump', item: doItem(CMD.DO_JUMP) },
  ];
  const release = releaseItems(item, flavour, winchMps, {
    hover: fly(releaseAltM(item), item.frame === 'terrain' ? 'terrain' : 'home'),
    climb: approach,
    land: land(flavour, item),
    takeOff: landsToRelease(item, flavour) ? takeOff(flavour, item, item.frame, item.altM) : approach,
  });
  return [gate, release];
}

/** PX4 turns the nose to a number given; NaN leaves it. ArduPilot does not keep it, and gives 0 back. */
const yaw = (flavour: Flavour): number => (flavour === 'px4' ? Number.NaN : 0);

/** The parameters of items are those that the autopilot gives back: ArduPilot 4.6 says 1 where the side does not matter. */
function loiter(item: Place & { altM: number; frame: AltitudeFrame }, seconds: number, flavour: Flavour): MissionItem {
  return positioned(CMD.NAV_LOITER_TIME, item, item.frame, item.altM, [
    Math.round(seconds),
    0,
    flavour === 'ardupilot' ? 1 : 0,
    0,
  ]);
}

function land(flavour: Flavour, place: Place | null): MissionItem {
  return positioned(CMD.NAV_LAND, place, 'home', 0, [0, 0, 0, flavour === 'ardupilot' ? 1 : Number.NaN]);
}

function takeOff(flavour: Flavour, place: Place | null, frame: AltitudeFrame, altM: number): MissionItem {
  return positioned(CMD.NAV_TAKEOFF, flavour === 'px4' ? place : null, frame, altM, [0, 0, 0, yaw(flavour)]);
}

function positioned(
  command: number,
  place: Place | null,
  frame: AltitudeFrame,
  altM: number,
  params: MissionItem['params'] = [0, 0, 0, 0],
): MissionItem {
  return {
    frame: FRAME_OF[frame],
    command,
    params,
    x: place === null ? 0 : degE7(place.latDeg),
    y: place === null ? 0 : degE7(place.lonDeg),
    z: altM,
  };
}

function fenceItems(fence: Fence | undefined): readonly MissionItem[] {
  const polygons = (fence?.polygons ?? []).flatMap(({ inside, points }) =>
    points.map((point) =>
      positioned(
        inside ? CMD.NAV_FENCE_POLYGON_VERTEX_INCLUSION : CMD.NAV_FENCE_POLYGON_VERTEX_EXCLUSION,
        point,
        'amsl',
        0,
        [points.length, 0, 0, 0],
      ),
    ),
  );
  const circles = (fence?.circles ?? []).map(({ inside, centre, radiusM }) =>
    positioned(inside ? CMD.NAV_FENCE_CIRCLE_INCLUSION : CMD.NAV_FENCE_CIRCLE_EXCLUSION, centre, 'amsl', 0, [
      radiusM,
      0,
      0,
      0,
    ]),
  );
  return [...polygons, ...circles];
}

function rallyItem(point: RallyPoint): MissionItem {
  return positioned(CMD.NAV_RALLY_POINT, point, 'home', point.altM);
}
