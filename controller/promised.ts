/**
 * Which drone each waiting order waits to have charged. Planning leaves it to that order: those after it in the turn, which
 * need less, would use it up again and again. In memory only: after a restart each order finds its drone anew.
 */
import { type Claim, type Decision, type OrderWish, type Rules, urgency } from './planning/index.ts';

export class Promised {
  readonly #claims = new Map<string, { readonly claim: Claim; readonly order: OrderWish }>();

  /** Those of open orders that go before this one. */
  before(order: OrderWish, nowUtcUs: number, rules: Rules, isOpen: (id: string) => boolean): readonly Claim[] {
    const own = urgency(order, nowUtcUs, rules);
    return [...this.#claims].flatMap(([id, held]) => {
      if (!isOpen(id)) this.#claims.delete(id);
      return isOpen(id) && id !== order.id && urgency(held.order, nowUtcUs, rules) > own ? [held.claim] : [];
    });
  }

  take(order: OrderWish, decision: Decision): void {
    if (decision.kind === 'wait' && decision.claim !== null)
      this.#claims.set(order.id, { claim: decision.claim, order });
    else this.#claims.delete(order.id);
  }
}
