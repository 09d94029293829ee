export type * from './ports.ts';
export { ITINERARY_COUNTERS } from './ports.ts';
export { Itineraries, type ItinerariesOptions } from './service.ts';
export type { Stand } from './stand.ts';
