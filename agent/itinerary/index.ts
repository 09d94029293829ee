export { BOOK_NAME } from './book-file.ts';
export { Itineraries, type ItineraryStatus } from './itineraries.ts';
export type {
  Breach,
  Compiled,
  FlavourName,
  ItineraryPorts,
  ItinerarySettings,
  ItineraryVehicle,
} from './ports.ts';
