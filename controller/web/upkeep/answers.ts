/** What the controller says of a drone's maintenance, its packs and its parameters, read for the page. Pure. */
import { fixed, UNKNOWN } from '../format/numbers.ts';
import { listOf, numberOf, objectOf, textOf, textsOf } from '../shell/json.ts';

export interface Count {
  readonly label: string;
  readonly value: string;
  /** In all, and what the limit is. */
  readonly title: string;
  readonly near: boolean;
}

export interface Upkeep {
  /** Why it gets no orders. */
  readonly holds: readonly string[];
  readonly warnings: readonly string[];
  readonly counts: readonly Count[];
  /** Who inspected it last, and when, ms UTC; null: nobody has. */
  readonly inspected: { readonly by: string; readonly atMs: number } | null;
  readonly packs: readonly string[];
}

export interface Pack {
  readonly id: string;
  readonly holds: readonly string[];
  readonly warnings: readonly string[];
  readonly facts: readonly (readonly [label: string, value: string, unit: string, title: string])[];
}

export interface Parameters {
  readonly words: string;
  /** Each in words. */
  readonly differences: readonly string[];
}

const NEAR = 0.9;
const COUNTED = [
  ['hours', 'Hours armed', 1],
  ['flights', 'Flights', 0],
  ['hardLandings', 'Hard landings', 0],
] as const;

export function readUpkeep(value: unknown): Upkeep {
  const { holds, warnings, total, sinceInspection, limits, inspected, packs } = objectOf(value);
  const counts = COUNTED.map(([name, label, digits]): Count => {
    const since = numberOf(objectOf(sinceInspection)[name]);
    const all = fixed(numberOf(objectOf(total)[name]), digits);
    const limit = numberOf(objectOf(limits)[name]) ?? 0;
    const of = limit > 0 ? ` of ${limit}` : '';
    return {
      ...{ label, value: since === null ? UNKNOWN : `${fixed(since, digits)}${of}` },
      title: `Since its inspection${limit > 0 ? ', and its limit' : ''}; in all ${all}`,
      near: since !== null && limit > 0 && since >= NEAR * limit,
    };
  });
  const { by, atUtcUs } = objectOf(inspected);
  const atUs = numberOf(atUtcUs);
  const who = textOf(by);
  return {
    ...{ holds: textsOf(holds), warnings: textsOf(warnings), counts, packs: textsOf(packs) },
    inspected: who === null || atUs === null ? null : { by: who, atMs: atUs / 1e3 },
  };
}

export function readPack(id: string, value: unknown): Pack {
  const { holds, warnings, sinceInspection, total, milliohm, limits } = objectOf(value);
  const since = objectOf(sinceInspection);
  const all = objectOf(total);
  const limit = numberOf(objectOf(limits).cycles) ?? 0;
  const cycles = fixed(numberOf(since.cycles), 1);
  const most = limit > 0 && cycles !== UNKNOWN ? `${cycles} of ${limit}` : cycles;
  return {
    ...{ id, holds: textsOf(holds), warnings: textsOf(warnings) },
    facts: [
      ['Full cycles', most, '', `Since its inspection; in all ${fixed(numberOf(all.cycles), 1)}`],
      ['Flights', fixed(numberOf(since.flights)), '', `Since its inspection; in all ${fixed(numberOf(all.flights))}`],
      [
        'Lowest cell',
        fixed(numberOf(since.minCellV), 2),
        'V',
        'The lowest that a cell had in flight since its inspection',
      ],
      ['Hottest', fixed(numberOf(since.maxTemperatureC)), '°C', 'Since its inspection'],
      ['Resistance', fixed(numberOf(milliohm)), 'mΩ', 'Of the whole pack with its leads, in its last flight'],
    ],
  };
}

export const NO_BASELINE: Parameters = { words: 'No baseline is set to compare them with.', differences: [] };

export function readParameters(value: unknown): Parameters {
  const { known, words, differences, baseline } = objectOf(value);
  const name = textOf(objectOf(baseline).name);
  const of = name === null ? 'its baseline' : `the baseline of ${name.replace(/^group-/, 'the group ')}`;
  const each = listOf(differences).flatMap((one) => textOf(objectOf(one).words) ?? []);
  if (known !== true)
    return { words: `Not compared: ${textOf(words) ?? 'nothing is known of them yet'}.`, differences: [] };
  if (each.length === 0) return { words: `As ${of}.`, differences: [] };
  const count = each.length === 1 ? 'One differs' : `${each.length} differ`;
  return { words: `${count} from ${of}:`, differences: each };
}
