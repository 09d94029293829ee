/** An order as the API shows it. */
import { formatUtc } from '@skein/protocol/time';
import { type Attempt, currentOf, type Leg, type Order } from './order.ts';
import { leftOf } from './taken.ts';

const time = (utcUs: number | null): string | null => (utcUs === null ? null : formatUtc(utcUs));

function legView(leg: Leg | null) {
  if (leg === null) return null;
  const { itinerary, startUtcUs, notAfterUtcUs, endsUtcUs, needsPct, starts } = leg;
  return {
    ...{ itinerary: itinerary.id, version: itinerary.version, needsPct, starts },
    ...{ start: time(startUtcUs), notAfter: time(notAfterUtcUs), ends: time(endsUtcUs) },
  };
}

function attemptView({ n, drone, phase, ferry, delivery, parcel, loadedBy, why, preflight, end, ...at }: Attempt) {
  return {
    ...{ n, drone, phase, parcel, loadedBy, why, preflight },
    ...{ ferry: legView(ferry), delivery: legView(delivery) },
    ...{ chosenAt: time(at.chosenUtcUs), deliveredAt: time(at.deliveredUtcUs) },
    end: end === null ? null : { how: end.how, words: end.words, at: time(end.atUtcUs) },
  };
}

export function orderView(id: string, order: Order) {
  const { wish, issuedBy, state, outcome, words, attempts, cancel, settled, asked } = order;
  const { notBeforeUtcUs, notAfterUtcUs, ...rest } = wish;
  const current = currentOf(order);
  return {
    ...{ id, ...rest, notBefore: time(notBeforeUtcUs), notAfter: time(notAfterUtcUs), issuedBy },
    ...{ placedAt: time(order.placedUtcUs), state, since: time(order.sinceUtcUs), outcome, words },
    ...{ due: time(order.dueUtcUs), drone: current?.drone ?? null, parcel: current?.parcel ?? null },
    leftOn: leftOf(order)?.drone ?? null,
    asked: asked === null ? null : { what: asked.what, drone: asked.drone, at: time(asked.atUtcUs) },
    attempts: Object.values(attempts).map(attemptView),
    cancel: cancel === null ? null : { by: cancel.by, why: cancel.why, at: time(cancel.atUtcUs) },
    settled: settled === null ? null : { word: settled.word, by: settled.by, at: time(settled.atUtcUs) },
  };
}
export type OrderView = ReturnType<typeof orderView>;
