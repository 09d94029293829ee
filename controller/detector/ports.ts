/** What the detector needs of the rest. */
export interface Clock {
  utcUs(): number;
}

export interface Actor {
  readonly kind: 'operator' | 'integrator' | 'drone' | 'controller';
  readonly name: string;
}

export interface KeyUse {
  readonly key: string;
  readonly hash: string;
}

export interface Held<T> {
  readonly id: string;
  readonly open: boolean;
  readonly createdUtcUs: number;
  readonly atUtcUs: number;
  readonly doc: T;
}

/** Documents of one kind (controller/records). */
export interface Kept<T extends object> {
  get(id: string): Held<T> | null;
  find(id: string): Promise<Held<T> | null>;
  open(): Iterable<Held<T>>;
  list(q: { before?: string; limit: number }): Promise<readonly Held<T>[]>;
  write(
    changes: readonly {
      readonly id: string;
      readonly type: string;
      readonly set: object;
      readonly open?: boolean;
      readonly by: Actor;
      readonly cause?: string;
    }[],
  ): Promise<boolean>;
}

/** A command to one drone, posted as everybody's are. The same key is the same command. */
export type Send = (o: {
  readonly drone: string;
  readonly type: 'hold' | 'return' | 'land';
  readonly params: Readonly<Record<string, unknown>>;
  readonly by: string;
  readonly key: string;
}) => Promise<{ readonly ok: true; readonly command: string } | { readonly ok: false; readonly words: string }>;

export const DETECTOR_COUNTERS = {
  raised: 'alerts raised',
  worsened: 'open alerts that became more severe',
  retold: 'open alerts of which other words are said, or other drones',
  gathered: 'alerts that became part of one that tells of many drones',
  cleared: 'alerts that were over by themselves',
  dismissed: 'alerts that an operator called over',
  acknowledged: 'alerts that an operator acknowledged',
  silenced: 'alerts that an operator silenced',
  accepted: 'proposals that an operator accepted',
  acted: 'proposals carried out without being asked for, where the configuration says so',
  refused: 'commands of proposals that were refused',
  dropped: 'alerts not raised: as many are open as may be',
  late: 'changes of alerts that were not durable in time; they are still tried',
} as const;
export type DetectorCounter = keyof typeof DETECTOR_COUNTERS;
export type Count = (name: DetectorCounter, by?: number) => void;
