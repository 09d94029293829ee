/** Why some sequence numbers of a lane will never come as batches. Wire values are places in this list: append only. */
export const GAP_REASONS = [
  'unknown',
  'budget',
  'thinned',
  'queue-full',
  'not-durable',
  'corrupt',
  'evicted',
  'restart',
  'stopped',
] as const;
export type GapReason = (typeof GAP_REASONS)[number];

/**
 * Seqs `from`…`to` of one lane, both inclusive, replaced by nothing. `samples` is how many samples went with them,
 * 0 when nobody can know (the process was killed before they were durable).
 */
export interface GapRecord {
  readonly from: number;
  readonly to: number;
  readonly reason: GapReason;
  readonly samples: number;
  readonly boot: string;
  readonly monoFromUs: number;
  readonly monoToUs: number;
}
