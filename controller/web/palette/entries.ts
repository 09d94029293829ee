/**
 * What the palette offers for what is typed. Nothing in it moves an aircraft: hold, return and land open the question that their
 * buttons open, with all that it says; commands with conditions are not in it at all. Pure.
 */
import { nameOfCommand } from '@skein/protocol/fleet';
import { SAFE_TYPES, type SafeType } from '../commands/forecast.ts';
import { fit, wordsOf } from './match.ts';

export type Deed =
  | { readonly do: 'go'; readonly hash: string }
  | { readonly do: 'base'; readonly id: string }
  /** Opens the question; whoever answers it sends the command. */
  | { readonly do: 'question'; readonly drone: string; readonly type: SafeType }
  | { readonly do: 'theme'; readonly theme: 'dark' | 'light' | 'outdoors' }
  | { readonly do: 'filter'; readonly state: 'fresh' | 'stale' | 'lost' | 'all' }
  /** Writes it into the field, to be gone on with. */
  | { readonly do: 'type'; readonly text: string }
  | { readonly do: 'fit' | 'alerts' | 'keys' | 'name' };

export interface Entry {
  readonly id: string;
  readonly group: 'Drone' | 'Safe action' | 'Page' | 'Order' | 'Base' | 'View';
  readonly words: string;
  readonly note: string;
  readonly deed: Deed;
}

/** What there is to choose from. */
export interface World {
  readonly drones: readonly string[];
  readonly orders: readonly { readonly id: string; readonly words: string; readonly drone: string | null }[];
  readonly bases: readonly { readonly id: string; readonly name: string }[];
  /** The drone looked at. */
  readonly selected: string | null;
  /** Ids of what was chosen lately, the newest first. */
  readonly recent: readonly string[];
}

const MOST = 30;
const MOST_DRONES = 12;

interface Fixed extends Entry {
  /** Other words for it. */
  readonly also: string;
}

const page = (hash: string, words: string, note: string, also = ''): Fixed => ({
  ...{ id: `page:${hash}`, group: 'Page', words, note, also, deed: { do: 'go', hash } },
});
const view = (id: string, words: string, note: string, deed: Deed, also = ''): Fixed => ({
  ...{ id: `view:${id}`, group: 'View', words, note, also, deed },
});
const FIXED: readonly Fixed[] = [
  page('#/', 'Fleet', 'the list and the map', 'drones list home'),
  page('#/orders', 'Orders', 'O', 'deliveries'),
  page('#/events', 'Events', 'what happened, who did it', 'log audit history'),
  page('#/plan', 'Plan', 'draw an itinerary', 'new itinerary route mission'),
  page('#/map', 'Map', 'on a phone, by itself'),
  view('alerts', 'Alerts', 'A', { do: 'alerts' }, 'warnings'),
  page('#/events?actor=people', 'What people did', 'events', 'audit operators'),
  view('fit', 'Whole fleet on the map', 'F', { do: 'fit' }, 'zoom fit'),
  view('stale', 'Only stale drones', 'filters the list', { do: 'filter', state: 'stale' }, 'filter'),
  view('lost', 'Only lost drones', 'filters the list', { do: 'filter', state: 'lost' }, 'filter'),
  view('fresh', 'Only fresh drones', 'filters the list', { do: 'filter', state: 'fresh' }, 'filter'),
  view('all', 'All drones', 'takes filters away', { do: 'filter', state: 'all' }, 'filter clear'),
  view('dark', 'Dark theme', 'colours', { do: 'theme', theme: 'dark' }, 'night'),
  view('light', 'Light theme', 'colours', { do: 'theme', theme: 'light' }, 'day'),
  view('outdoors', 'Outdoors theme', 'highest contrast', { do: 'theme', theme: 'outdoors' }, 'sun'),
  view('name', 'Your name', 'goes with every command', { do: 'name' }, 'operator'),
  view('keys', 'Keys', '?', { do: 'keys' }, 'shortcuts help'),
];

const droneEntry = (id: string): Entry => ({
  ...{ id: `drone:${id}`, group: 'Drone', words: id, note: 'open', deed: { do: 'go', hash: `#/drone/${id}` } },
});
const questionEntry = (type: SafeType, drone: string): Entry => ({
  ...{ id: `question:${type}:${drone}`, group: 'Safe action', words: `${nameOfCommand(type)} ${drone} …` },
  ...{ note: 'asks first', deed: { do: 'question', drone, type } },
});
const orderEntry = ({ id, words, drone }: World['orders'][number]): Entry => ({
  ...{ id: `order:${id}`, group: 'Order', words: `Order …${id.slice(-5)}` },
  ...{ note: [words, drone].filter(Boolean).join(' · '), deed: { do: 'go', hash: `#/orders/${id}` } },
});
const baseEntry = ({ id, name }: World['bases'][number]): Entry => ({
  ...{ id: `base:${id}`, group: 'Base', words: name, note: `base ${id}`, deed: { do: 'base', id } },
});

export function entriesFor(query: string, world: World): readonly Entry[] {
  const [first = '', ...rest] = wordsOf(query);
  if (first === '') return beginning(world);
  const scored: { readonly entry: Entry; readonly score: number }[] = [];
  const add = (entry: Entry, score: number | null): void => {
    if (score !== null) scored.push({ entry, score: score + (world.recent.includes(entry.id) ? 5 : 0) });
  };
  const nearest = (name: string): readonly (readonly [id: string, score: number])[] =>
    world.drones
      .flatMap((id) => {
        const score = fit(name, id);
        return score === null ? [] : [[id, score] as const];
      })
      .sort(([a, fitA], [b, fitB]) => fitB - fitA || (a < b ? -1 : 1))
      .slice(0, MOST_DRONES);
  for (const type of SAFE_TYPES.filter((one) => first.length >= 2 && one.startsWith(first))) {
    if (rest.length > 0) for (const [id, score] of nearest(rest.join(' '))) add(questionEntry(type, id), score);
    // Written out it is meant, whatever else begins like it.
    const score = first === type ? 110 : 97;
    if (rest.length === 0 && world.selected !== null) add(questionEntry(type, world.selected), score);
    if (rest.length === 0) add(whichEntry(type), score - 1);
  }
  for (const [id, score] of nearest(query)) add(droneEntry(id), score);
  for (const one of FIXED) add(one, greatest(fit(query, one.words), fit(query, `${one.words} ${one.also}`)));
  for (const one of world.orders) add(orderEntry(one), fit(query, `order ${one.id} ${one.words} ${one.drone ?? ''}`));
  for (const one of world.bases) add(baseEntry(one), fit(query, `${one.name} base ${one.id}`));
  return scored
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST)
    .map(({ entry }) => entry);
}

const whichEntry = (type: SafeType): Entry => ({
  ...{
    id: `which:${type}`,
    group: 'Safe action',
    words: `${nameOfCommand(type)} …`,
    note: 'then the name of the drone',
  },
  deed: { do: 'type', text: `${type} ` },
});

/** Nothing is typed yet: what was chosen lately, what may be done with the drone looked at, the pages. */
function beginning(world: World): readonly Entry[] {
  const { selected } = world;
  const recent = world.recent.flatMap((id) => found(id, world) ?? []);
  const actions =
    selected === null ? SAFE_TYPES.map(whichEntry) : SAFE_TYPES.map((type) => questionEntry(type, selected));
  const seen = new Set<string>();
  return [...recent, ...actions, ...FIXED].filter(({ id }) => !seen.has(id) && seen.add(id)).slice(0, MOST);
}

function found(id: string, { drones, orders, bases }: World): Entry | null {
  const [kind, ...rest] = id.split(':');
  const name = rest.join(':');
  if (kind === 'drone') return drones.includes(name) ? droneEntry(name) : null;
  const order = kind === 'order' ? orders.find((one) => one.id === name) : undefined;
  if (order !== undefined) return orderEntry(order);
  const base = kind === 'base' ? bases.find((one) => one.id === name) : undefined;
  if (base !== undefined) return baseEntry(base);
  return FIXED.find((one) => one.id === id) ?? null;
}

/** What is kept as chosen: of a question only its drone, so that the first entry never asks for an aircraft to move. */
export function keptId({ id, deed }: Entry): string | null {
  if (deed.do === 'question') return `drone:${deed.drone}`;
  return deed.do === 'type' ? null : id;
}

function greatest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
