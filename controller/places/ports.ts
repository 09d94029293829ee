/** What places need of the rest. */
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
  open(): Iterable<Held<T>>;
  write(
    changes: readonly {
      readonly id: string;
      readonly type: string;
      readonly set: object;
      readonly open?: boolean;
      readonly by: Actor;
      readonly key?: KeyUse;
    }[],
  ): Promise<boolean>;
  once<A>(key: KeyUse | null, run: () => Promise<A>): Promise<Once<A>>;
}
export type Once<A> =
  | { readonly kind: 'run'; readonly answer: A }
  | { readonly kind: 'same'; readonly id: string }
  | { readonly kind: 'reused' };
