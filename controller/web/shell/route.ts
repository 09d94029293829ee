/**
 * Where the page is, kept in the hash so that a link can be sent: `#/`, `#/map`, `#/drone/heron-01`, `#/command/…` for
 * what became of a command to several drones, `#/plan` and `#/plan/<id>` for the itinerary that is drawn,
 * `#/orders` and `#/orders/<id>`, `#/drone/heron-01/history?from=…&to=…&at=…` for what a drone did, times in UTC, `#/events?…` for what
 * happened (events/filter.ts).
 */
import { signal } from '@preact/signals';

/** What a drone did in a span, UTC ms; null: the page chooses. `atMs`: the instant that is replayed. */
export interface HistoryRoute {
  readonly view: 'history';
  readonly id: string;
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly atMs: number | null;
}

export type Route =
  | { readonly view: 'list' }
  | { readonly view: 'map' }
  | { readonly view: 'drone'; readonly id: string }
  | HistoryRoute
  | { readonly view: 'command'; readonly id: string }
  /** The editor; `id` null: a new itinerary. */
  | { readonly view: 'plan'; readonly id: string | null }
  /** All orders; `id`: the one looked at. */
  | { readonly view: 'orders'; readonly id: string | null }
  /** The event log; `query`: what it is asked for. */
  | { readonly view: 'events'; readonly query: string };

const COMMAND = /^#\/command\/([0-9A-HJKMNP-TV-Z]{26})$/;
const ORDERS = /^#\/orders(?:\/([0-9A-HJKMNP-TV-Z]{26}))?$/;
const PLAN = /^#\/plan(?:\/([A-Za-z0-9._-]{1,64}))?$/;
const EVENTS = /^#\/events(?:\?(.{0,1000}))?$/;
const DRONE = /^#\/drone\/([a-z0-9-]{1,32})$/;
const HISTORY = /^#\/drone\/([a-z0-9-]{1,32})\/history(?:\?(.*))?$/;

export function parseRoute(hash: string): Route {
  const id = DRONE.exec(hash)?.[1];
  if (id !== undefined) return { view: 'drone', id };
  const past = HISTORY.exec(hash);
  if (past?.[1] !== undefined) return historyRoute(past[1], new URLSearchParams(past[2] ?? ''));
  const command = COMMAND.exec(hash)?.[1];
  if (command !== undefined) return { view: 'command', id: command };
  const plan = PLAN.exec(hash);
  if (plan !== null) return { view: 'plan', id: plan[1] ?? null };
  const orders = ORDERS.exec(hash);
  if (orders !== null) return { view: 'orders', id: orders[1] ?? null };
  const events = EVENTS.exec(hash);
  if (events !== null) return { view: 'events', query: events[1] ?? '' };
  return hash === '#/map' ? { view: 'map' } : { view: 'list' };
}

/** A span of which one end is missing or which runs backwards is none. */
function historyRoute(id: string, asked: URLSearchParams): HistoryRoute {
  const time = (name: string): number | null => {
    const ms = Date.parse(asked.get(name) ?? '');
    return Number.isFinite(ms) ? ms : null;
  };
  const [fromMs, toMs, atMs] = [time('from'), time('to'), time('at')];
  const whole = fromMs !== null && toMs !== null && fromMs < toMs;
  return { view: 'history', id, ...(whole ? { fromMs, toMs } : { fromMs: null, toMs: null }), atMs };
}

function historyHash({ id, fromMs, toMs, atMs }: HistoryRoute): string {
  const times = Object.entries({ from: fromMs, to: toMs, at: atMs }).flatMap(([name, ms]) =>
    ms === null ? [] : [`${name}=${new Date(ms).toISOString()}`],
  );
  return `#/drone/${id}/history${times.length > 0 ? `?${times.join('&')}` : ''}`;
}

export function routeHash(route: Route): string {
  if (route.view === 'history') return historyHash(route);
  if (route.view === 'drone' || route.view === 'command') return `#/${route.view}/${route.id}`;
  if (route.view === 'plan' || route.view === 'orders')
    return route.id === null ? `#/${route.view}` : `#/${route.view}/${route.id}`;
  if (route.view === 'events') return route.query === '' ? '#/events' : `#/events?${route.query}`;
  return route.view === 'map' ? '#/map' : '#/';
}

export const route = signal<Route>({ view: 'list' });

/** Id of the drone looked at, or null. */
export function selectedId(): string | null {
  return route.value.view === 'drone' ? route.value.id : null;
}

/** Id of the drone whose past is looked at, or null. */
export function historyOf(): string | null {
  return route.value.view === 'history' ? route.value.id : null;
}

/** What a drone did, to begin with its last minutes. */
export function goHistory(id: string): void {
  go({ view: 'history', id, fromMs: null, toMs: null, atMs: null });
}

/** Id of the itinerary that is drawn; null: a new one, or none. */
export function selectedPlan(): string | null {
  return route.value.view === 'plan' ? route.value.id : null;
}

/** Id of the order looked at, or null. */
export function selectedOrder(): string | null {
  return route.value.view === 'orders' ? route.value.id : null;
}

/** Where Esc and the back arrow lead from a drone or a command: the pane it was opened from. */
let cameFrom: Route = { view: 'list' };

export function go(to: Route): void {
  if (routeHash(to) !== location.hash) location.hash = routeHash(to);
}

/** Goes there without a step in the way back. */
export function replaceRoute(to: Route): void {
  history.replaceState(null, '', routeHash(to));
  route.value = to;
}

export function leave(): void {
  const at = route.peek();
  go(at.view === 'history' ? { view: 'drone', id: at.id } : cameFrom);
}

export function followHash(): void {
  const read = (): void => {
    const next = parseRoute(location.hash);
    if (next.view === 'list' || next.view === 'map') cameFrom = next;
    route.value = next;
  };
  window.addEventListener('hashchange', read);
  read();
}
