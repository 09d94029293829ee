import type { Controller } from './controller.ts';

export interface HistoryGap {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  readonly lane: string;
  readonly samples: number;
}

export interface History {
  readonly rows: number;
  readonly gaps: readonly HistoryGap[];
}

const BEFORE_EVERYTHING = '2000-01-01T00:00:00Z';

/** What the API knows of one kind of a drone up to an instant (epoch ms). */
export function history(controller: Controller, drone: string, kind: string, toUtcMs: number): Promise<History> {
  const query = new URLSearchParams({ kind, from: BEFORE_EVERYTHING, to: String(toUtcMs), maxPoints: '2000' });
  return controller.get<History>(`/api/v1/drones/${drone}/telemetry?${query}`);
}

export async function historyRows(
  controller: Controller,
  drone: string,
  kind: string,
  toUtcMs: number,
): Promise<number> {
  return (await history(controller, drone, kind, toUtcMs)).rows;
}
