/** The newest sample of a kind that an outbox file holds, read as survey.ts reads it: for when no agent can be asked. */
import { expandBatch, type KindName, type Sample } from '@skein/protocol/telemetry';
import { DamagedFile, type Place } from './damaged-file.ts';

/** Of each start of the agent: some four minutes. */
const NEWEST = 256;

interface Near extends Place {
  readonly seq: number;
}

export interface LastSample {
  readonly sample: Sample;
  readonly epoch: string;
  readonly boot: string;
}

/** Null: none was found. Throws what the system says of the file. */
export function lastSample(path: string, kind: KindName): LastSample | null {
  const epochs = new Map<string, Near[]>();
  const file = new DamagedFile(path, 'in-place');
  try {
    for (let page = 1; page <= file.pages; page++) {
      file.look(page, {
        row: ({ envelope: { header, gap } }, place) => {
          if (gap !== null || header.lane !== 'history') return;
          const near = epochs.get(header.epoch) ?? [];
          epochs.set(header.epoch, near);
          near.push({ ...place, seq: header.seq });
          if (near.length >= 2 * NEWEST) near.sort((a, b) => b.seq - a.seq).splice(NEWEST);
        },
        epoch: () => {},
      });
    }
    // They are found in about the order of the starts.
    for (const near of [...epochs.values()].reverse()) {
      for (const place of near.sort((a, b) => b.seq - a.seq)) {
        const found = file.again(place);
        const expanded = found === null ? null : expandBatch(found.envelope.bytes, [kind]);
        const sample = expanded?.ok === true ? expanded.samples.findLast((each) => each.kind === kind) : undefined;
        if (found === null || sample === undefined) continue;
        const { epoch, boot } = found.envelope.header;
        return { sample, epoch, boot };
      }
    }
    return null;
  } finally {
    file.close();
  }
}
