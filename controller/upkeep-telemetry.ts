/** What is stored of a drone, as its upkeep reads it (a part of the composition root). */
import type { Store } from './store/index.ts';
import type { Telemetry } from './upkeep/index.ts';

/** More than a day at 1 Hz. */
const MAX_ROWS = 200_000;

const num = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

export function telemetryOf(store: Pick<Store, 'series'>): Telemetry {
  type Query = Parameters<Telemetry['status']>[1];
  /** Each row as an object. */
  async function rows<C extends string>(drone: string, kind: string, columns: readonly C[], q: Query) {
    const found = await store.series({ ...q, drone, kind, columns, maxPoints: MAX_ROWS });
    return found.timesUtcUs.map((atUtcUs, i) => ({
      atUtcUs,
      of: (column: C): unknown => found.columns[column]?.[i] ?? null,
    }));
  }

  return {
    async status(drone, q) {
      return (await rows(drone, 'status', ['armed', 'landed'], q)).map(({ atUtcUs, of }) => {
        const armed = of('armed');
        return { atUtcUs, armed: typeof armed === 'boolean' ? armed : null, landed: text(of('landed')) };
      });
    },
    async climbs(drone, q) {
      return (await rows(drone, 'air', ['climbMps'], q)).map(({ atUtcUs, of }) => ({
        atUtcUs,
        climbMps: num(of('climbMps')),
      }));
    },
    async batteries(drone, q) {
      const columns = ['voltageV', 'currentA', 'remainingPct', 'consumedMah', 'cellsV', 'temperatureC'] as const;
      const found = await rows(drone, 'battery', ['instance', ...columns], q);
      return found.map(({ atUtcUs, of }) => ({
        ...{
          atUtcUs,
          instance: num(of('instance')) ?? 0,
          voltageV: num(of('voltageV')),
          currentA: num(of('currentA')),
        },
        ...{ remainingPct: num(of('remainingPct')), consumedMah: num(of('consumedMah')) },
        cellsV: Array.isArray(of('cellsV')) ? (of('cellsV') as readonly unknown[]).map(num) : null,
        temperatureC: num(of('temperatureC')),
      }));
    },
    async parameters(drone, q) {
      const texts = ['event', 'hash', 'list', 'version', 'gitHash'] as const;
      const found = await rows(drone, 'parameters', [...texts, 'ageMs', 'part', 'parts'], q);
      return found.flatMap(({ atUtcUs, of }) => {
        const event = of('event');
        if (event !== 'arming' && event !== 'list') return [];
        const words = { hash: text(of('hash')), list: text(of('list')), version: text(of('version')) };
        const numbers = { ageMs: num(of('ageMs')), part: num(of('part')), parts: num(of('parts')) };
        return [{ atUtcUs, event, gitHash: text(of('gitHash')), ...words, ...numbers }];
      });
    },
    async packs(drone, q) {
      const found = await rows(drone, 'pack', ['instance', 'serial', 'cycles', 'fullMah', 'designMah'], q);
      return found.flatMap(({ atUtcUs, of }) => {
        const serial = text(of('serial'));
        if (serial === null || serial === '') return [];
        const told = { cycles: num(of('cycles')), fullMah: num(of('fullMah')), designMah: num(of('designMah')) };
        return [{ atUtcUs, serial, instance: num(of('instance')) ?? 0, ...told }];
      });
    },
  };
}
