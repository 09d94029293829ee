/** A roll-out of parameters as it is kept, and how it looks to people. */
import type { Parameters } from '@skein/protocol/fleet/configuration';
import { formatUtc } from '@skein/protocol/time';
import type { Held } from './ports.ts';

/** One parameter of one drone: asked for once more only after an answer that says that nothing was done. */
export interface Setting {
  /** How often it was asked for. */
  readonly n: number;
  readonly atUtcUs: number;
  /** `asking`: written down, perhaps posted; `away`: nothing was done, it may be asked for again. */
  readonly state: 'asking' | 'away' | 'set' | 'failed' | 'unknown';
  readonly command?: string;
  readonly words?: string;
  readonly before?: number;
  readonly after?: number;
}

export type JobState = 'waiting' | 'setting' | 'done' | 'skipped' | 'failed' | 'unknown' | 'cancelled';

/** What is done on one drone. */
export interface Job {
  /** From 0. */
  readonly stage: number;
  readonly state: JobState;
  readonly words?: string;
  /** In the order in which they are set. */
  readonly todo: Parameters;
  /** When its turn came. */
  readonly sinceUtcUs?: number;
  readonly settings?: Readonly<Record<string, Setting>>;
}

export interface RolloutDoc {
  readonly targets: readonly string[] | { readonly group: string };
  readonly stageSize: number;
  readonly stopAfterFailures: number;
  readonly waitS: number;
  readonly by: string;
  readonly role: 'operator' | 'admin';
  /** `stopped`: too many failed. */
  readonly state: 'running' | 'stopped' | 'cancelled' | 'done';
  readonly words?: string;
  readonly drones: Readonly<Record<string, Job>>;
}

export function isOver(state: JobState): boolean {
  return state !== 'waiting' && state !== 'setting';
}

export function rolloutView({ id, open, createdUtcUs, atUtcUs, doc }: Held<RolloutDoc>, whole = true): object {
  const { role: _, drones, by, ...rest } = doc;
  const counts: Record<string, number> = {};
  for (const { state } of Object.values(drones)) counts[state] = (counts[state] ?? 0) + 1;
  const about = { ...rest, id, issuedBy: by, open, at: formatUtc(createdUtcUs), changedAt: formatUtc(atUtcUs), counts };
  if (!whole) return about;
  const jobs = Object.entries(drones).map(([drone, { todo, settings = {}, sinceUtcUs, words = null, ...job }]) => ({
    ...{ drone, ...job, words, since: sinceUtcUs === undefined ? null : formatUtc(sinceUtcUs) },
    parameters: Object.entries(todo).map(([name, value]) => ({ name, value, ...settingView(settings[name]) })),
  }));
  return { ...about, drones: jobs };
}

function settingView(setting: Setting | undefined): object {
  if (setting === undefined) return { state: 'waiting' };
  const { atUtcUs, n, ...rest } = setting;
  return { ...rest, asked: n, at: formatUtc(atUtcUs) };
}
