/** In the bar: the way to the orders, and how many wait for people. */
import { needing, orders } from './desk.ts';

export function OrdersLink() {
  const count = needing.value;
  const trouble = orders.trouble.value;
  const title =
    count === null
      ? (trouble ?? 'Orders (o)')
      : `${count === 1 ? '1 order needs' : `${count} orders need`} people${trouble === null ? '' : `, as heard last: ${trouble}`} (o)`;
  return (
    <a class="orders-link" href="#/orders" title={title} data-need={count ?? ''} aria-label={`Orders. ${title}`}>
      Orders
      {count !== null && count > 0 && <b>{count}</b>}
      {trouble !== null && <i>{count === null ? '–' : '?'}</i>}
    </a>
  );
}
