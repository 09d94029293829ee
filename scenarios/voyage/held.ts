/** What the files of the controller hold, by stream and number. */
import { type MemoryDays, streamName } from './memory-days.ts';

/** Other content under a number that was given. */
export interface Forged {
  readonly stream: string;
  readonly seq: number;
  readonly crc: number;
  readonly bytes: Uint8Array;
}

/** In quarantine, or in the store if it came first; a gap may have taken the place of both. */
export function isSeen({ stream, seq, crc }: Forged, held: Held): boolean {
  const key = `${stream}/${seq}`;
  return held.quarantined.has(`${key}/${crc}`) || held.batches.get(key) === crc;
}

/** Something stands under its number; with what is gone for good nobody can compare. */
export function isComparable({ stream, seq }: Forged, held: Held): boolean {
  const inGap = held.gaps.get(stream)?.some(({ from, to }) => from <= seq && seq <= to);
  return inGap === true || held.batches.has(`${stream}/${seq}`);
}

export interface Held {
  readonly batches: Map<string, number>;
  readonly quarantined: Set<string>;
  readonly gaps: Map<string, { readonly from: number; readonly to: number; readonly reason: string }[]>;
  readonly twice: string[];
}

export function collect(days: MemoryDays): Held {
  const held: Held = { batches: new Map(), quarantined: new Set(), gaps: new Map(), twice: [] };
  for (const { key, batches, gaps, quarantine } of days.streams()) {
    const name = streamName(key);
    for (const [seq, { crc }] of batches) {
      if (held.batches.has(`${name}/${seq}`)) held.twice.push(`${name}/${seq}`);
      held.batches.set(`${name}/${seq}`, crc);
    }
    for (const one of quarantine.keys()) held.quarantined.add(`${name}/${one}`);
    held.gaps.set(name, [...(held.gaps.get(name) ?? []), ...gaps]);
  }
  for (const [name, gaps] of held.gaps) {
    for (const { from, to } of gaps) {
      for (let seq = from; seq <= to; seq++) if (held.batches.has(`${name}/${seq}`)) held.twice.push(`${name}/${seq}`);
    }
  }
  return held;
}
