export type { EpochState } from './entry.ts';
export { Outbox, type OutboxCounter, type OutboxOptions, type OutboxStatus, type Readable } from './outbox.ts';
export type { OutboxProblem } from './problems.ts';
export { Sealer } from './sealer.ts';
export type { EarlierEnd, PageRow } from './store.ts';
