/** One order of the list; chosen, with what else is known of it and the way to call it off. */

import { eventsHash } from '../events/filter.ts';
import { clockMinute, clockTime, zoneWord } from '../format/face.ts';
import { withUnit } from '../format/numbers.ts';
import { ageWords, utcFull } from '../format/times.ts';
import { baseOf } from '../places/held.ts';
import { go } from '../shell/route.ts';
import type { OrderAnswer } from './answers.ts';
import { askAbout, question } from './desk.ts';
import { BUTTONS, canCancel, isOver, needOf, stateWords } from './order-words.ts';
import { OrderQuestion } from './question.tsx';

export interface OrderRowProps {
  readonly order: OrderAnswer;
  readonly chosen: boolean;
  readonly nowMs: number;
}

export function OrderRow({ order, chosen, nowMs }: OrderRowProps) {
  const { id, state, words, sinceMs } = order;
  const need = needOf(order);
  const asked = question.value?.order === id ? question.value : null;
  return (
    <li data-order={id} data-state={state} data-need={need ?? ''} data-chosen={chosen} data-over={isOver(order)}>
      <button
        type="button"
        class="order-row"
        aria-expanded={chosen}
        onClick={() => go({ view: 'orders', id: chosen ? null : id })}
      >
        <b>{stateWords(order)}</b>
        <small title={sinceMs === null ? '' : `since ${utcFull(sinceMs)}`}>
          {sinceMs === null ? '' : ageWords(nowMs - sinceMs)}
        </small>
        <span>
          {[order.drone ?? order.leftOn, baseOf(order.base)?.name ?? order.base, withUnit(order.payloadKg, 'kg', 1)]
            .filter((part) => part !== null && part !== '')
            .join(' · ')}
        </span>
        <small class="mono">…{id.slice(-5)}</small>
        {words !== null && <i>{words}</i>}
      </button>
      {chosen && <Details order={order} />}
      {asked === null ? (
        <div class="order-deeds">
          {need !== null && (
            <button type="button" class="go" data-tone="plain" data-deed={need} onClick={() => askAbout(order, need)}>
              {BUTTONS[need]}
            </button>
          )}
          {chosen && canCancel(order) && (
            <button type="button" class="second" data-deed="cancel" onClick={() => askAbout(order, 'cancel')}>
              {BUTTONS.cancel}
            </button>
          )}
        </div>
      ) : (
        <OrderQuestion key={asked.key} order={order} asked={asked} />
      )}
    </li>
  );
}

function Details({ order }: { readonly order: OrderAnswer }) {
  const at = (ms: number): string => `${clockMinute(ms)} ${zoneWord(ms)}`;
  const { drone, leftOn, dueMs, placedMs, notBeforeMs, notAfterMs } = order;
  return (
    <ul class="order-details">
      {placedMs !== null && (
        <li title={utcFull(placedMs)}>
          placed {clockTime(placedMs)} {zoneWord(placedMs)} by {order.issuedBy ?? 'somebody'}, priority{' '}
          {order.priority ?? '–'}
        </li>
      )}
      {order.contact !== null && <li>contact: {order.contact}</li>}
      {notBeforeMs !== null && <li title={utcFull(notBeforeMs)}>not before {at(notBeforeMs)}</li>}
      {notAfterMs !== null && <li title={utcFull(notAfterMs)}>not delivered after {at(notAfterMs)}</li>}
      {dueMs !== null && <li title={utcFull(dueMs)}>goes on by itself at {at(dueMs)}</li>}
      {order.cancelledBy !== null && <li>cancelled by {order.cancelledBy}</li>}
      <li>
        <a href={eventsHash({ entity: `order:${order.id}` })}>What was done with it</a>
      </li>
      {[...new Set([drone, leftOn])].map(
        (one) =>
          one !== null && (
            <li key={one}>
              <a href={`#/drone/${one}`}>Open {one}</a>
            </li>
          ),
      )}
    </ul>
  );
}
