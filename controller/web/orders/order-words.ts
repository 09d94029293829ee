/** What an order's state means, whether it waits for people, and what their word will do. Pure. */
import type { OrderAnswer } from './answers.ts';

/** What people say of an order. */
export type Deed = 'loaded' | 'unloaded' | 'settle' | 'cancel';
export type Settled = 'delivered' | 'lost' | 'relaunch';

export function isOver({ state }: OrderAnswer): boolean {
  return state === 'closed' || state === 'infeasible';
}

const OUTCOMES: Readonly<Record<string, string>> = {
  delivered: 'delivered',
  returned: 'not delivered, parcel back',
  cancelled: 'cancelled',
  expired: 'not flown in time',
  lost: 'lost',
};

const STATES: Readonly<Record<string, string>> = {
  infeasible: 'cannot be flown',
  queued: 'waits for a drone',
  assigned: 'a drone is chosen',
  ferrying: 'its drone comes to the pickup',
  loading: 'load it',
  ready: 'loaded, waits to start',
  starting: 'starts',
  outbound: 'on its way',
  releasing: 'is being released',
  unproved: 'released? nobody knows',
  lost: 'drone silent, parcel aboard',
  unloading: 'take the parcel off',
};

export function stateWords(order: OrderAnswer): string {
  const { state, outcome, parcel } = order;
  if (state === 'closed') return OUTCOMES[outcome ?? ''] ?? outcome ?? 'over';
  if (state === 'returning')
    return parcel === 'released' ? 'delivered, drone comes home' : 'comes back with the parcel';
  if (state === 'unloading' && parcel === 'off') return 'unloaded';
  return STATES[state] ?? state;
}

/** The one thing people are to do now; null: it goes on by itself, or is over. */
export function needOf({ state, parcel, leftOn }: OrderAnswer): Exclude<Deed, 'cancel'> | null {
  if (state === 'loading') return 'loaded';
  if (state === 'unloading' && parcel === 'aboard') return 'unloaded';
  if (state === 'unproved' || state === 'lost') return 'settle';
  return leftOn === null ? null : 'unloaded';
}

/** May it still be called off? The controller has the last word. */
export function canCancel(order: OrderAnswer): boolean {
  return !isOver(order) && order.cancelledBy === null && order.parcel !== 'released';
}

/** Those that wait for people first, then the newest. */
export function inOrder(orders: readonly OrderAnswer[]): readonly OrderAnswer[] {
  const rank = (order: OrderAnswer): number => (needOf(order) === null ? 1 : 0);
  return [...orders].sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? 1 : -1));
}

/** The drone that people are to take the parcel off. */
export function unloadedFrom({ parcel, drone, leftOn }: Pick<OrderAnswer, 'parcel' | 'drone' | 'leftOn'>) {
  return parcel === 'aboard' ? drone : (leftOn ?? drone);
}

export const BUTTONS: Readonly<Record<Deed, string>> = {
  loaded: 'Loaded…',
  unloaded: 'Unloaded…',
  settle: 'Say what became of it…',
  cancel: 'Cancel order…',
};

export interface Meaning {
  readonly headline: string;
  readonly notes: readonly string[];
  readonly confirm: string;
}

export function meaningOf(order: OrderAnswer, deed: Deed): Meaning {
  const drone = order.drone ?? order.leftOn ?? 'the drone';
  const kg = order.payloadKg === null ? 'The parcel' : `The parcel (${order.payloadKg} kg)`;
  switch (deed) {
    case 'loaded':
      return {
        headline: `${kg} is on ${drone}, and everybody is clear of it?`,
        notes: [`${drone} may arm and take off at once.`, 'From now on the parcel counts as aboard it.'],
        confirm: 'Loaded, all clear',
      };
    case 'unloaded':
      return {
        headline: `The parcel has been taken off ${unloadedFrom(order) ?? drone}?`,
        notes: ['The parcel is with you from now on, and the drone may be given other orders.'],
        confirm: 'It is off',
      };
    case 'settle':
      return {
        headline: `What became of the parcel on ${drone}?`,
        notes: [`What ${drone} itself says later is still believed.`],
        confirm: 'Say so',
      };
    case 'cancel':
      return { headline: 'Cancel this order?', notes: [cancelWords(order)], confirm: 'Cancel the order' };
  }
}

function cancelWords({ state, parcel, drone }: OrderAnswer): string {
  const who = drone ?? 'the drone';
  if (parcel === 'unproved') return `Whether ${who} released the parcel is not known, and stays to be settled.`;
  if (parcel !== 'aboard')
    return state === 'ferrying'
      ? `Nothing is aboard: it ends at once; ${who} is free again.`
      : 'Nothing is aboard: it ends at once.';
  if (state === 'ready' || state === 'unloading') return `${who} does not start; people take the parcel off.`;
  return `${who} is called back with the parcel, which is then taken off. Too late once it is released.`;
}

export const SETTLED: Readonly<Record<Settled, string>> = {
  delivered: 'somebody has seen it at its place',
  lost: 'given up: nothing more is flown for it',
  relaunch: 'another parcel goes by another drone; the first is called home as soon as it is heard',
};
