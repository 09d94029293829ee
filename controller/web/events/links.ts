/** Where one goes from an event: to what it is about, to what it names, and to more of the same. Pure. */
import { causeEntity, kindAndId, thingWords } from '@skein/protocol/fleet';
import { listOf, objectOf, textOf } from '../shell/json.ts';
import { routeHash } from '../shell/route.ts';
import type { LoggedEvent } from './event.ts';
import { eventsHash } from './filter.ts';

export interface Link {
  readonly words: string;
  readonly href: string;
}

const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;
const DRONE = /^[a-z0-9-]{1,32}$/;
const PLAN = /^[A-Za-z0-9._-]{1,64}$/;
/** Of a command to the whole fleet not every drone is named. */
const MOST = 12;

/** The page of a thing; null: it has none. */
function pageOf(entity: string): string | null {
  const [kind, id] = kindAndId(entity);
  if (kind === 'order' && ULID.test(id)) return routeHash({ view: 'orders', id });
  if (kind === 'command' && ULID.test(id)) return routeHash({ view: 'command', id });
  if (kind === 'itinerary' && PLAN.test(id)) return routeHash({ view: 'plan', id });
  const isOfDrone = ['drone', 'settings', 'upkeep', 'calibration', 'snapshot'].includes(kind);
  return isOfDrone && DRONE.test(id) ? routeHash({ view: 'drone', id }) : null;
}

export function linksOf(event: LoggedEvent): readonly Link[] {
  const set = objectOf(event.data.set);
  const command = objectOf(event.data.command);
  const drones = [
    ...[event.data.drone, set.drone, event.by?.kind === 'drone' ? event.by.name : null],
    ...listOf(command.targets),
    ...listOf(event.data.deliveries).map((one) => objectOf(one).drone),
  ].flatMap((one) => textOf(one) ?? []);
  const about = [
    ...[event.entity, causeEntity(event.cause)],
    ...drones.slice(0, MOST).map((id) => `drone:${id}`),
    ...[set.order, event.data.order].map((id) => (textOf(id) === null ? null : `order:${id}`)),
    ...[set.itinerary, event.data.itinerary].map((id) => (textOf(id) === null ? null : `itinerary:${id}`)),
  ];
  const found = new Map<string, Link>();
  for (const entity of about) {
    const href = entity === null ? null : pageOf(entity);
    const [kind, id] = kindAndId(entity ?? '');
    const words = pageOf(`drone:${id}`) === href && kind !== 'drone' ? id : thingWords(entity ?? '');
    if (href !== null) found.set(href, { href, words: `Open ${words}` });
  }
  return [...found.values()];
}

/** More of the same: of the thing, of the one it follows from, of who did it. */
export function moreOf(event: LoggedEvent): readonly Link[] {
  const from = causeEntity(event.cause);
  const name = event.by?.name ?? '';
  return [
    { words: `All of ${thingWords(event.entity)}`, href: eventsHash({ entity: event.entity }) },
    ...(from === null || from === event.entity
      ? []
      : [{ words: `All of ${thingWords(from)}`, href: eventsHash({ entity: from }) }]),
    ...(name === '' ? [] : [{ words: `All that ${name} did`, href: eventsHash({ by: name }) }]),
    { words: `All ${event.type} of a ${event.kind}`, href: eventsHash({ kinds: [event.kind], type: event.type }) },
  ];
}
