/** What follows what, what a delivery asks, and what the autopilot can do. */
import { parseTime } from '../../time/index.ts';
import { missionLength } from './compile.ts';
import type { Aircraft, Limits } from './limits.ts';
import type { Findings } from './refusal.ts';
import { landsToRelease, lineM, maxDescentM, releaseAltM } from './release.ts';
import { aboveHomeM } from './route.ts';
import type { DeliverItem, Itinerary } from './schema.ts';

/** NAV_PAYLOAD_PLACE keeps the depth in 16 bits of centimetres. */
const MAX_DESCENT_M = 600;

export function checkOrder(plan: Itinerary, limits: Limits, aircraft: Aircraft, found: Findings): void {
  const { items } = plan;
  const last = items.length - 1;
  if (items[0]?.do !== 'take-off') {
    found.refuse(0, 'begins-with-take-off', items[0]?.do ?? null, 'take-off', 'a plan begins with a take-off');
  }
  const ending = items[last]?.do;
  if (ending !== 'land' && ending !== 'return') {
    found.refuse(last, 'ends-with-landing', ending ?? null, 'land, return', 'a plan ends with return or land');
  }
  for (const [index, item] of items.entries()) {
    const before = items[index - 1];
    if (item.do === 'take-off' && index > 0 && before?.do !== 'land') {
      found.refuse(index, 'begins-with-take-off', 'take-off', null, 'it is in the air already');
    }
    if (item.do === 'return' && index < last) {
      found.refuse(index, 'return-on-the-way', index, last, 'return ends the mission, and more items follow');
    }
    if (item.do === 'land' && index < last) landsOnTheWay(plan, index, aircraft, found);
    if (before !== undefined && same(before, item)) {
      found.refuse(index, 'duplicate-item', item.do, null, `it is written twice: the same as item ${index - 1}`);
    }
    if (item.do === 'waypoint' && item.speedMps !== undefined && item.speedMps > limits.speedMaxMps) {
      found.refuse(
        index,
        'speed',
        item.speedMps,
        limits.speedMaxMps,
        `${item.speedMps} m/s is too fast, the limit is ${limits.speedMaxMps}`,
      );
    }
    if ('frame' in item && item.frame === 'terrain' && aircraft.flavour === 'px4') {
      found.refuse(index, 'flavour', 'terrain', 'home, amsl', 'PX4 takes no heights above the ground');
    }
    if (item.do !== 'deliver') continue;
    checkDelivery(item, index, aircraft, found);
    const next = items.findIndex((one, at) => at > index && one.do === 'deliver');
    if (item.shut === 'along' && next > 0) {
      found.refuse(index, 'gate-leads-on', next, null, `a gate that stays shut would lead on to the delivery ${next}`);
    }
  }
  parcels(plan, found);
  tooLate(plan, aircraft, found);
  const length = missionLength(plan, aircraft.flavour);
  if (length > limits.maxItems) {
    found.refuse(
      null,
      'too-many-items',
      length,
      limits.maxItems,
      `compiled it has ${length} items, the autopilot keeps ${limits.maxItems}`,
    );
  }
}

/** Landed in mid-plan it must stay armed, or home would move there, or the mission would end there. */
function landsOnTheWay(plan: Itinerary, index: number, aircraft: Aircraft, found: Findings): void {
  const next = plan.items[index + 1]?.do;
  if (next !== 'take-off') {
    found.refuse(index, 'lands-on-the-way', next ?? null, 'take-off', 'after a landing on the way comes a take-off');
    return;
  }
  staysArmed(index, aircraft, found);
  found.warn(index + 1, 'ground-not-known', 'its height counts from home, not from the place it takes off from');
}

function staysArmed(index: number, aircraft: Aircraft, found: Findings): void {
  if (aircraft.homeLocked || aircraft.staysArmed === true) return;
  if (aircraft.staysArmed === null) {
    found.warn(index, 'stays-armed-not-known', 'it must stay armed there (ArduPilot: MIS_OPTIONS with 4)');
    return;
  }
  found.refuse(
    ...([index, 'lands-on-the-way', 'disarms', 'stays armed'] as const),
    'the drone would disarm there and end the mission, and home would move there: set 4 in MIS_OPTIONS, or lock home',
  );
}

function checkDelivery(item: DeliverItem, index: number, aircraft: Aircraft, found: Findings): void {
  const { how } = item;
  if (landsToRelease(item, aircraft.flavour)) staysArmed(index, aircraft, found);
  if (how === 'place') {
    const deep = maxDescentM(item);
    if (aircraft.flavour === 'ardupilot' && (deep === null || deep > MAX_DESCENT_M)) {
      found.refuse(
        index,
        'place-descent',
        deep,
        MAX_DESCENT_M,
        'say maxDescentM: how far below altM it may look for the ground',
      );
    }
    return;
  }
  if (item.releaseAltM === undefined && how !== 'gripper') {
    found.refuse(index, 'release-height', null, null, `${how}: say releaseAltM, the height of the hover`);
    return;
  }
  const release = releaseAltM(item);
  if (release === 0 && how !== 'gripper') {
    found.refuse(index, 'release-height', 0, null, `${how} is from a hover: releaseAltM is more than 0`);
  }
  const approach = item.frame === 'terrain' ? item.altM : aboveHomeM(item.altM, item.frame, aircraft.homeAmslM);
  if (approach !== null && release >= approach) {
    found.refuse(
      index,
      'release-height',
      release,
      approach,
      `released at ${release} m, not below the approach at ${Math.round(approach)} m`,
    );
  }
  if (how === 'winch' && lineM(item) < release) {
    found.refuse(
      index,
      'winch-line',
      lineM(item),
      release,
      `${lineM(item)} m of line do not reach the ground from ${release} m`,
    );
  }
}

function parcels(plan: Itinerary, found: Findings): void {
  const seen = new Map<string, number>();
  for (const [index, item] of plan.items.entries()) {
    if (item.do !== 'deliver' || item.parcel === undefined) continue;
    const first = seen.get(item.parcel);
    if (first === undefined) seen.set(item.parcel, index);
    else
      found.refuse(
        index,
        'duplicate-parcel',
        item.parcel,
        null,
        `parcel ${item.parcel} is delivered by item ${first} already`,
      );
  }
}

function tooLate(plan: Itinerary, { nowMs }: Aircraft, found: Findings): void {
  const check = (item: number | null, notAfter: string | undefined): void => {
    if (notAfter === undefined) return;
    const utcUs = parseTime(notAfter);
    if (utcUs === null) found.refuse(item, 'schema', notAfter, null, 'notAfter: not an RFC 3339 time');
    else if (nowMs !== null && utcUs / 1000 <= nowMs) {
      found.refuse(item, 'too-late', notAfter, new Date(nowMs).toISOString(), `notAfter ${notAfter} is over`);
    }
  };
  check(null, plan.notAfter);
  for (const [index, item] of plan.items.entries()) check(index, item.do === 'deliver' ? item.notAfter : undefined);
}

/** Written twice in a row: a slip of the hand, never a wish (a longer stay has fields of its own). */
function same(a: Itinerary['items'][number], b: Itinerary['items'][number]): boolean {
  const text = (item: object): string => JSON.stringify(Object.entries(item).sort(([x], [y]) => (x < y ? -1 : 1)));
  return text(a) === text(b);
}
