/** The orders: those that wait for people first, the newest first; and a new one. */
import { useEffect } from 'preact/hooks';
import { ageExact } from '../format/times.ts';
import type { Fleet } from '../live/fleet.ts';
import { Back } from '../shell/back.tsx';
import { Close } from '../shell/close.tsx';
import { go, leave, selectedOrder } from '../shell/route.ts';
import type { OrderAnswer } from './answers.ts';
import { orders, question } from './desk.ts';
import { OrderRow } from './order-row.tsx';
import { needOf } from './order-words.ts';
import { PlaceOrder } from './place-order.tsx';
import { begin, stop, wish } from './placing.ts';

/** Asked every 2 s; older than this, it is said. */
const OLD_MS = 8_000;

export function OrdersPanel({ fleet }: { readonly fleet: Fleet }) {
  useEffect(() => {
    orders.refresh();
    return () => {
      stop();
      question.value = null;
    };
  }, []);
  const list = orders.value.value;
  const chosen = selectedOrder();
  const isHere = chosen === null || list?.orders.some(({ id }) => id === chosen) === true;
  // One that is not among the newest is asked for by its id.
  useEffect(() => {
    if (!isHere) orders.refresh();
  }, [chosen]);
  return (
    <aside class="pane pane-detail orders-panel" aria-label="Orders" data-orders={list?.orders.length ?? ''}>
      <header class="drone-head">
        <Back label="Back to the fleet" onClick={leave} />
        <h2>Orders</h2>
        {wish.value === null ? (
          <button
            type="button"
            class="second"
            data-new-order
            onClick={() => {
              go({ view: 'orders', id: null });
              begin();
            }}
          >
            New order
          </button>
        ) : (
          <span />
        )}
        <Close onClick={leave} />
      </header>
      <div class="detail-scroll">
        <Old fleet={fleet} />
        <PlaceOrder fleet={fleet} />
        {list === null && <Nothing />}
        {list !== null && list.orders.length === 0 && (
          <div class="empty" role="status">
            <h2>No order has been placed yet</h2>
            <p>Press “New order”, or let your shop place them: POST /api/v1/orders.</p>
          </div>
        )}
        {list !== null && !isHere && orders.trouble.value === null && (
          <p class="orders-note">Order …{chosen?.slice(-5)} is not known here.</p>
        )}
        {list !== null && <List fleet={fleet} orders={list.orders} chosen={chosen} />}
        {list?.cut === true && <p class="orders-note">More orders are open than are shown here.</p>}
      </div>
    </aside>
  );
}

interface ListProps {
  readonly fleet: Fleet;
  readonly orders: readonly OrderAnswer[];
  readonly chosen: string | null;
}

function List({ fleet, orders: all, chosen }: ListProps) {
  void fleet.second.value;
  const nowMs = fleet.nowMs.peek() ?? Date.now();
  const needing = all.filter((order) => needOf(order) !== null);
  const others = all.filter((order) => needOf(order) === null);
  return (
    <>
      {needing.length > 0 && <h3 class="orders-title">For people: {needing.length}</h3>}
      <Rows orders={needing} chosen={chosen} nowMs={nowMs} />
      {needing.length > 0 && others.length > 0 && <h3 class="orders-title">The others, newest first</h3>}
      <Rows orders={others} chosen={chosen} nowMs={nowMs} />
    </>
  );
}

function Rows({ orders: some, chosen, nowMs }: Omit<ListProps, 'fleet'> & { readonly nowMs: number }) {
  if (some.length === 0) return null;
  return (
    <ul class="orders-list">
      {some.map((order) => (
        <OrderRow key={order.id} order={order} chosen={order.id === chosen} nowMs={nowMs} />
      ))}
    </ul>
  );
}

/** Nothing has come yet: loading, or why not. */
function Nothing() {
  const trouble = orders.trouble.value;
  return (
    <div class="empty" role={trouble === null ? 'status' : 'alert'}>
      <h2>{trouble === null ? 'Asking the controller for the orders…' : 'The orders cannot be read'}</h2>
      {trouble !== null && (
        <p>
          {trouble} It is tried again by itself.{' '}
          <button type="button" class="link" onClick={() => orders.refresh()}>
            Try now
          </button>
        </p>
      )}
    </div>
  );
}

/** What is shown is not of now. */
function Old({ fleet }: { readonly fleet: Fleet }) {
  void fleet.second.value;
  const asOfMs = orders.asOfMonoMs.value;
  const trouble = orders.trouble.value;
  if (asOfMs === null) return null;
  const ageMs = performance.now() - asOfMs;
  if (trouble === null && ageMs < OLD_MS) return null;
  return (
    <p class="orders-note" role="status" data-old>
      <b>As of {ageExact(ageMs)} ago.</b> {trouble ?? 'The controller is slow to answer.'}
    </p>
  );
}
