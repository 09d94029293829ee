/** What the routes of alerts need. */
import type { ProblemCode } from './errors.ts';

export interface AlertView {
  readonly id: string;
  readonly raisedUtcUs: number;
  readonly changedUtcUs: number;
  readonly drones: readonly string[];
  readonly staysDown: boolean;
  readonly acknowledged?: { readonly by: string; readonly atUtcUs: number };
  readonly silenced?: { readonly by: string; readonly untilUtcUs: number };
  readonly cleared?: { readonly by: string; readonly atUtcUs: number };
}
export type AlertDeed =
  | { readonly do: 'acknowledge' | 'accept' | 'dismiss' }
  | { readonly do: 'silence'; readonly forS: number };
export interface AlertPort {
  list(q: { open: boolean; before?: string; limit: number }): Promise<readonly AlertView[]>;
  /** null: there is no such alert. */
  get(id: string): Promise<AlertView | null>;
  deed(
    id: string,
    deed: AlertDeed,
    by: string,
  ): Promise<
    | { readonly ok: true; readonly alert: AlertView }
    | { readonly ok: false; readonly code: ProblemCode; readonly detail: string }
  >;
}
