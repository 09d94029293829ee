/** What the upkeep of the fleet needs of the rest. */
export interface Clock {
  /** UTC, µs since 1970. */
  utcUs(): number;
}

/** What it returns calls it off. */
export interface Timers {
  every(ms: number, run: () => void): () => void;
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
  readonly version: number;
  readonly open: boolean;
  readonly createdUtcUs: number;
  readonly atUtcUs: number;
  readonly doc: T;
}

export interface Change {
  readonly id: string;
  readonly type: string;
  /** RFC 7396: null removes a field. */
  readonly set: object;
  readonly open?: boolean;
  readonly by: Actor;
  readonly cause?: string;
  readonly key?: KeyUse;
}

export type Once<A> =
  | { readonly kind: 'run'; readonly answer: A }
  | { readonly kind: 'same'; readonly id: string }
  | { readonly kind: 'reused' };

/** Documents of one kind (controller/records). */
export interface Kept<T extends object> {
  get(id: string): Held<T> | null;
  find(id: string): Promise<Held<T> | null>;
  open(): Iterable<Held<T>>;
  list(q: { readonly before?: string; readonly limit: number }): Promise<readonly Held<T>[]>;
  write(changes: readonly Change[]): Promise<boolean>;
  /** Nothing of it waits for the store: what it says may be acted on. */
  isDurable(id: string): boolean;
  once<A>(key: KeyUse | null, run: () => Promise<A>): Promise<Once<A>>;
}

export interface Refused {
  readonly ok: false;
  readonly code:
    | 'unknown-drone'
    | 'unknown-group'
    | 'unknown-rollout'
    | 'unknown-pack'
    | 'no-baseline'
    | 'pack-retired'
    | 'no-targets'
    | 'not-granted'
    | 'bad-settings'
    | 'settings-changed'
    | 'key-reused'
    | 'store-unavailable';
  readonly detail: string;
}
export type Answer<T> = { readonly ok: true; readonly fresh?: boolean; readonly value: T } | Refused;

export const NOT_STORED: Refused = {
  ...{ ok: false, code: 'store-unavailable' },
  detail: 'not certain: it could not be written down in time, and is still being tried; ask for it again',
};

export function refuse(code: Refused['code'], detail: string): Refused {
  return { ok: false, code, detail };
}

/** A merge patch that leaves of `before` only what `after` says. */
export function wholePatch(before: object | undefined, after: object): Readonly<Record<string, unknown>> {
  const patch: Record<string, unknown> = {};
  for (const name of Object.keys(before ?? {})) if (!Object.hasOwn(after, name)) patch[name] = null;
  for (const [name, value] of Object.entries(after)) {
    const old = (before as Readonly<Record<string, unknown>> | undefined)?.[name];
    patch[name] = isObject(value) && isObject(old) ? wholePatch(old, value) : value;
  }
  return patch;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
