/** Orders, kept current, and what is said of them from here. */
import { computed, signal } from '@preact/signals';
import { operator } from '../commands/operator.ts';
import { type Asked, ask, failed, newKey } from '../shell/ask.ts';
import { poll } from '../shell/polled.ts';
import { route, selectedOrder } from '../shell/route.ts';
import { type OrderAnswer, readOrder, readOrders } from './answers.ts';
import { type Deed, inOrder, needOf, type Settled, unloadedFrom } from './order-words.ts';

const ROUTE = '/api/v1/orders';
const WATCHED_EVERY_MS = 2_000;
const EVERY_MS = 8_000;
const PAGE = 200;
/** Open orders are read whole, up to here: one that waits for people may be old. */
const MAX_PAGES = 5;
/** Of those that are over. */
const RECENT = 30;
const NO_ORDER = 'The controller answered with something that is no order.';

export interface OrderList {
  readonly orders: readonly OrderAnswer[];
  /** More are open than were read. */
  readonly cut: boolean;
}

async function readAll(): Promise<Asked<OrderList>> {
  const byId = new Map<string, OrderAnswer>();
  const take = (value: unknown): readonly OrderAnswer[] => {
    const read = readOrders(value);
    for (const order of read) byId.set(order.id, order);
    return read;
  };
  let before = '';
  let cut = false;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const asked = await ask(`${ROUTE}?open=true&limit=${PAGE}${before}`, {});
    if (!asked.ok) return asked;
    const read = take(asked.value);
    const last = read.at(-1);
    cut = read.length === PAGE;
    if (!cut || last === undefined) break;
    before = `&before=${last.id}`;
  }
  const recent = await ask(`${ROUTE}?open=false&limit=${RECENT}`, {});
  if (!recent.ok) return recent;
  take(recent.value);
  const wanted = selectedOrder();
  if (wanted !== null && !byId.has(wanted)) {
    const asked = await ask(`${ROUTE}/${wanted}`, {});
    const order = asked.ok ? readOrder(asked.value) : null;
    if (order !== null) byId.set(order.id, order);
  }
  return { ok: true, value: { orders: inOrder([...byId.values()]), cut } };
}

export const orders = poll({
  read: readAll,
  everyMs: () => (route.peek().view === 'orders' ? WATCHED_EVERY_MS : EVERY_MS),
});

/** How many wait for people; null: not known. */
export const needing = computed(() => {
  const all = orders.value.value?.orders;
  return all === undefined ? null : all.filter((order) => needOf(order) !== null).length;
});

export const chosenOrder = computed(() => {
  const id = selectedOrder();
  return id === null ? null : (orders.value.value?.orders.find((order) => order.id === id) ?? null);
});

/** The question on screen. Its key stays for as long as it is asked: said twice, it counts once. */
export interface Question {
  readonly order: string;
  readonly deed: Deed;
  /** Which it had when it was asked: what people hung on it hangs there, also where it has been given up meanwhile. */
  readonly drone: string | null;
  readonly key: string;
}
export const question = signal<Question | null>(null);

export function askAbout(order: Pick<OrderAnswer, 'id' | 'drone' | 'parcel' | 'leftOn'>, deed: Deed): void {
  const { id } = order;
  const drone = deed === 'unloaded' ? unloadedFrom(order) : order.drone;
  question.value = { order: id, deed, drone, key: newKey() };
}

async function post(path: string, body: object, key: string): Promise<Asked<OrderAnswer>> {
  const asked = await ask(path, { body: { ...body, issuedBy: operator.peek() }, key });
  orders.refresh();
  if (!asked.ok) return asked;
  const value = readOrder(asked.value);
  return value === null ? failed(null, NO_ORDER, true) : { ok: true, value };
}

export function say({ order, deed, drone, key }: Question, word: Settled | null): Promise<Asked<OrderAnswer>> {
  const on = (deed === 'loaded' || deed === 'unloaded') && drone !== null ? { drone } : {};
  return post(`${ROUTE}/${order}/${deed}`, word === null ? on : { word }, key);
}

export function place(wish: object, key: string): Promise<Asked<OrderAnswer>> {
  return post(ROUTE, wish, key);
}
