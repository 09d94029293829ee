import type { CommandEntry } from './entry.ts';

export type ToJournal =
  | { readonly type: 'open'; readonly path: string; readonly newId: string }
  | { readonly type: 'append'; readonly number: number; readonly text: string }
  | { readonly type: 'close' };

export type FromJournal =
  | {
      readonly type: 'opened';
      readonly id: string;
      readonly commands: readonly CommandEntry[];
      readonly lasting: readonly (readonly [string, unknown])[];
      readonly damagedLines: number;
      readonly setAside: boolean;
    }
  | { readonly type: 'open-failed'; readonly code: string; readonly detail: string }
  | { readonly type: 'appended'; readonly number: number }
  | { readonly type: 'append-failed'; readonly number: number; readonly code: string; readonly detail: string }
  | { readonly type: 'closed' };
