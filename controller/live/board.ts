/** The part of the live stream that everybody must see. Types only, as in messages.ts. */
/** Open alerts that are not silenced, by severity; `changes` rises with each change of any alert: ask for the list anew. */
export interface AlertTally {
  readonly critical: number;
  readonly warning: number;
  readonly info: number;
  readonly silenced: number;
  readonly changes: number;
}

/** In force. */
export interface GroundStopEntry {
  readonly id: string;
  readonly reach: 'fleet' | { readonly group: string } | { readonly base: string };
  readonly reason: string;
  readonly by: string;
  readonly fromUtcUs: number;
  readonly untilUtcUs: number | null;
}

/** What everybody must see, whatever they look at. */
export interface Board {
  readonly alerts: AlertTally;
  readonly groundStops: readonly GroundStopEntry[];
}
