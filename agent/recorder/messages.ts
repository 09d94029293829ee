import type { SegmentsOptions } from './segments.ts';

export type ToRecorder =
  | { readonly type: 'open'; readonly options: SegmentsOptions }
  | { readonly type: 'write'; readonly records: Uint8Array }
  /** Somebody else needs room on the disk. */
  | { readonly type: 'give-back' }
  | { readonly type: 'close' };

export type FromRecorder =
  | { readonly type: 'written'; readonly bytes: number; readonly files: number; readonly removed: number }
  | { readonly type: 'failed'; readonly code: string; readonly detail: string }
  | { readonly type: 'gave-back'; readonly removed: number }
  | { readonly type: 'closed' };
