/**
 * What drones said lately, out of the store, for a run that follows another: found by when it came, by our own clock. By a drone's own
 * time of day it would be missed: that may be any.
 */
import type { Values } from '@skein/protocol/telemetry';
import type { Said } from './itineraries/index.ts';
import type { Store } from './store/index.ts';

const EVER = { fromUtcUs: 0, toUtcUs: Number.MAX_SAFE_INTEGER };
/** More than any drone says between two starts. */
const MAX_SAID = 100_000;

export const ITINERARY_KINDS = ['itinerary', 'delivery'] as const;

/** Answers to commands. */
export async function storedAnswers(
  store: Store,
  drone: string,
  arrivedFromUtcUs: number,
): Promise<readonly Values<'answer'>[]> {
  const query = { drone, ...EVER, arrivedFromUtcUs, maxPoints: MAX_SAID };
  const { timesUtcUs, columns } = await store.series({ ...query, kind: 'answer' });
  const text = (name: string, i: number) => {
    const cell = columns[name]?.[i];
    return typeof cell === 'string' ? cell : null;
  };
  return timesUtcUs.map((_, i) => {
    const step = columns.step?.[i];
    return {
      ...{ command: text('command', i), step: typeof step === 'number' ? step : null },
      ...{ state: text('state', i) as Values<'answer'>['state'], reason: text('reason', i) },
      ...{ detail: text('detail', i), type: text('type', i) },
    };
  });
}

/** Words about itineraries and parcels, in the order they were said of each version. */
export async function storedWords(store: Store, drone: string, arrivedFromUtcUs: number): Promise<readonly Said[]> {
  const said: Said[] = [];
  const query = { drone, ...EVER, arrivedFromUtcUs, maxPoints: MAX_SAID };
  for (const kind of ITINERARY_KINDS) {
    const { timesUtcUs, columns } = await store.series({ ...query, kind });
    for (const i of timesUtcUs.keys()) {
      const values = Object.fromEntries(Object.entries(columns).map(([name, cells]) => [name, cells[i]]));
      said.push({ kind, values });
    }
  }
  return said.sort((a, b) => Number(a.values.step) - Number(b.values.step));
}
