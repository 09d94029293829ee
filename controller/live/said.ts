/** What a page may say. A type only, as in messages.ts. */

/**
 * `resync` asks for a snapshot; `select` replaces the drones this page looks at closely (their live rate is raised). With
 * `others: 'brief'` all others come in brief: position, velocity, status, home and most fields at once, the rest at most each
 * 5 s; with `moves` the first two as `moved`, a tenth of the bytes.
 */
export type ClientMessage =
  | { readonly type: 'resync' }
  | {
      readonly type: 'select';
      readonly drones: readonly string[];
      readonly others?: 'brief';
      readonly moves?: boolean;
    };
