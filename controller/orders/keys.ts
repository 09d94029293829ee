/** Names of what is told to drones: a command is posted once under its own, whoever asks again. */
import type { Leg } from './order.ts';
import type { Owed } from './owed.ts';

export function legKey({ itinerary, drone }: Leg): string {
  return `${itinerary.id}@${itinerary.version}/${drone}`;
}

export function startKey(id: string, { itinerary }: Leg, n: number): string {
  return `${id}/${itinerary.id}/${itinerary.version}/start/${n}`;
}

export function abortKey(id: string, { itinerary }: Leg): string {
  return `${id}/${itinerary.id}/abort`;
}

export function nameOf(id: string, one: Owed): string {
  const { itinerary } = one.leg;
  return `${id}/${itinerary.id}/${itinerary.version}/${one.do}/${'n' in one ? one.n : ''}`;
}
