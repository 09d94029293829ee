export { type Answer, type Kind, Places, type PlacesOptions, type StopView } from './places.ts';
export type * from './ports.ts';
export { readZones, writeZones } from './zones-geojson.ts';
