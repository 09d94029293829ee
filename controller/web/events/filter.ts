/** What the event log is asked for: kept in the hash, so that a link shows what its sender saw; and asked of the controller. Pure. */

export const ACTORS = ['people', 'drone', 'controller'] as const;
export type ActorFilter = (typeof ACTORS)[number];

/** Empty texts and lists: not asked for. */
export interface Filter {
  readonly text: string;
  readonly kinds: readonly string[];
  readonly drone: string;
  /** Of one thing alone: `order:01J…`, `alert:01J…`. */
  readonly entity: string;
  readonly actor: ActorFilter | '';
  /** Name of who did it. */
  readonly by: string;
  readonly type: string;
  /** ms UTC; null: open. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

export const ALL: Filter = {
  ...{ text: '', kinds: [], drone: '', entity: '', actor: '', by: '', type: '', fromMs: null, toMs: null },
};

/** The kinds of things events are about, as people may choose them. */
export const KINDS: readonly (readonly [kind: string, words: string])[] = [
  ['drone', 'drones'],
  ['command', 'commands'],
  ['itinerary', 'itineraries'],
  ['order', 'orders'],
  ['alert', 'alerts'],
  ['stop', 'ground stops'],
  ['base', 'bases'],
  ['zone', 'zones'],
  ['weather', 'weather'],
  ['settings', 'settings'],
  ['group', 'groups'],
  ['battery', 'batteries'],
  ['upkeep', 'maintenance'],
  ['rollout', 'roll-outs'],
  ['baseline', 'baselines'],
  ['controller', 'the controller'],
];

/** More are not looked for by the controller. */
const MOST_WORDS = 8;
const KIND = /^[a-z][a-z0-9-]{0,31}$/;
const DRONE = /^[a-z0-9-]{1,32}$/;
const TEXTS = [
  ['text', 200],
  ['entity', 64],
  ['by', 64],
  ['type', 64],
] as const;

/** From what stands behind `?` in the hash; what cannot be read is not asked for. */
export function readFilter(query: string): Filter {
  const given = new URLSearchParams(query);
  const of = (name: string, most: number): string => (given.get(name) ?? '').slice(0, most);
  const drone = of('drone', 32);
  return {
    ...ALL,
    ...Object.fromEntries(TEXTS.map(([name, most]) => [name, of(name, most)])),
    kinds: given
      .getAll('kind')
      .filter((kind) => KIND.test(kind))
      .slice(0, 16),
    drone: DRONE.test(drone) ? drone : '',
    actor: ACTORS.find((one) => one === given.get('actor')) ?? '',
    fromMs: timeOf(given.get('from')),
    toMs: timeOf(given.get('to')),
  };
}

function timeOf(text: string | null): number | null {
  const ms = Date.parse(text ?? '');
  return Number.isFinite(ms) ? ms : null;
}

/** For the hash: what is not asked for is left out. */
export function writeFilter(filter: Filter): string {
  const query = new URLSearchParams();
  for (const kind of filter.kinds) query.append('kind', kind);
  for (const name of ['drone', 'entity', 'actor', 'by', 'type', 'text'] as const)
    if (filter[name].trim() !== '') query.set(name, filter[name].trim());
  if (filter.fromMs !== null) query.set('from', new Date(filter.fromMs).toISOString());
  if (filter.toMs !== null) query.set('to', new Date(filter.toMs).toISOString());
  return query.toString();
}

export function isAll(filter: Filter): boolean {
  return writeFilter(filter) === '';
}

export interface Place {
  readonly before?: string;
  readonly after?: string;
  readonly limit: number;
}

/** What the controller is asked: the same words, people spelt out. */
export function askedOf(filter: Filter, { before, after, limit }: Place): string {
  const text = filter.text.trim().split(/\s+/).slice(0, MOST_WORDS).join(' ');
  const query = new URLSearchParams(writeFilter({ ...filter, text }));
  if (filter.actor === 'people') {
    query.delete('actor');
    query.append('actor', 'operator');
    query.append('actor', 'integrator');
  }
  query.set('limit', String(limit));
  if (before !== undefined) query.set('before', before);
  if (after !== undefined) query.set('after', after);
  return `/api/v1/events/search?${query}`;
}

/** Where the log of such events is. */
export function eventsHash(filter: Partial<Filter> = {}): string {
  const query = writeFilter({ ...ALL, ...filter });
  return query === '' ? '#/events' : `#/events?${query}`;
}
