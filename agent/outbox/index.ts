export type { EpochState } from './entry.ts';
export type { EarlierEnd } from './epochs.ts';
export type { Readable } from './mirror.ts';
export type { OutboxOptions } from './options.ts';
export { Outbox } from './outbox.ts';
export type { OutboxProblem } from './problems.ts';
export type { PageRow } from './reader.ts';
export { Sealer } from './sealer.ts';
export type { OutboxCounter, OutboxStatus } from './status.ts';
