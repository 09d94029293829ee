/** Why a flight of an order must not start now, for what may have changed since it was planned; the drone looks at the rest itself. */
export interface StartFacts {
  readonly stop: { readonly reason: string; readonly by: string } | null;
  /** Wind, gusts or temperature beyond the limit where it starts, in words; null: none is. */
  readonly badWeather: string | null;
  /** What holds the drone on the ground, in words. */
  readonly holds: readonly string[];
  /** The zones as they are. */
  readonly zones: readonly { readonly id: string; readonly atUtcUs: number }[];
  readonly plannedUtcUs: number;
  /** The pads that are kept for it to land on. */
  readonly pads: readonly { readonly id: string; readonly closed: boolean; readonly occupiedBy: string | null }[];
}

export function againstStart({ stop, badWeather, holds, zones, plannedUtcUs, pads }: StartFacts): string | null {
  if (stop !== null) return `ground stop by ${stop.by}: ${stop.reason}`;
  if (holds.length > 0) return `it is kept on the ground: ${holds.join('; ')}`;
  if (badWeather !== null) return badWeather;
  const closed = pads.find((pad) => pad.closed);
  if (closed !== undefined) return `the pad ${closed.id} is closed since it was planned: it is planned anew`;
  const taken = pads.find(({ occupiedBy }) => occupiedBy !== null);
  if (taken !== undefined) return `${taken.occupiedBy} stands on the pad ${taken.id}, which it is to land on`;
  // It is planned anew once its time to start is over.
  const changed = zones.find(({ atUtcUs }) => atUtcUs > plannedUtcUs);
  return changed === undefined ? null : `the zone ${changed.id} was changed since it was planned: it is planned anew`;
}
