/** How the one budget of the disk is split between the outbox and the recorder. */
import type { AgentConfig } from './config.ts';

const LEAST_OUTBOX_MB = 4;
/** By default: 256 MB of 2304, three days offline at 1 kB/s. */
const OUTBOX_PART = 9;
const MB = 1e6;

type DiskConfig = Pick<AgentConfig, 'disk' | 'outbox' | 'recorder'>;

export interface DiskBudget {
  readonly outboxBytes: number;
  readonly recorderBytes: number;
}

function partsOf({ disk, outbox, recorder }: DiskConfig): { readonly outboxMB: number; readonly recorderMB: number } {
  const outboxMB =
    outbox.budgetMB === 0 ? Math.max(LEAST_OUTBOX_MB, Math.floor(disk.budgetMB / OUTBOX_PART)) : outbox.budgetMB;
  return { outboxMB, recorderMB: recorder.budgetMB === 0 ? disk.budgetMB - outboxMB : recorder.budgetMB };
}

export function splitDisk(config: DiskConfig): DiskBudget {
  const { outboxMB, recorderMB } = partsOf(config);
  return { outboxBytes: outboxMB * MB, recorderBytes: recorderMB * MB };
}

/** What is wrong with the settings together, in plain words. */
export function diskProblems(config: DiskConfig): string[] {
  const { disk, outbox, recorder } = config;
  const { outboxMB, recorderMB } = partsOf(config);
  if (outboxMB < LEAST_OUTBOX_MB) return [`outbox.budgetMB = ${outbox.budgetMB}: at least ${LEAST_OUTBOX_MB}, or 0`];
  const wanted = outboxMB + (recorder.enabled ? Math.max(1, recorderMB) : 0);
  if (wanted <= disk.budgetMB) return [];
  return [
    `outbox.budgetMB and recorder.budgetMB want ${wanted} MB, disk.budgetMB allows ${disk.budgetMB}: raise it, or lower them (0 takes what is left)`,
  ];
}
