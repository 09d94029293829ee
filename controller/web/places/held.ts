/** Bases, zones and weather, kept current; and the one that was pressed on the map. */
import { signal } from '@preact/signals';
import { type Asked, ask } from '../shell/ask.ts';
import { poll } from '../shell/polled.ts';
import { type BaseAnswer, readBases, readWeathers, readZones, type WeatherAnswer, type ZoneAnswer } from './answers.ts';

export interface Places {
  readonly bases: readonly BaseAnswer[];
  readonly zones: readonly ZoneAnswer[];
  readonly weather: readonly WeatherAnswer[];
}

const EVERY_MS = 8_000;

async function readPlaces(): Promise<Asked<Places>> {
  const [bases, zones, weather] = await Promise.all([
    ask('/api/v1/bases', {}),
    ask('/api/v1/zones', {}),
    ask('/api/v1/weather', {}),
  ]);
  if (!bases.ok) return bases;
  if (!zones.ok) return zones;
  if (!weather.ok) return weather;
  return {
    ok: true,
    value: { bases: readBases(bases.value), zones: readZones(zones.value), weather: readWeathers(weather.value) },
  };
}

export const places = poll({ read: readPlaces, everyMs: () => EVERY_MS });

export interface Pressed {
  readonly kind: 'base' | 'zone';
  readonly id: string;
}
export const pressed = signal<Pressed | null>(null);

export function baseOf(id: string | null): BaseAnswer | null {
  return places.value.value?.bases.find((one) => one.id === id) ?? null;
}
export function weatherAt(base: string): WeatherAnswer | null {
  return places.value.value?.weather.find((one) => one.base === base) ?? null;
}
