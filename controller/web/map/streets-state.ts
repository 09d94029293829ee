/** What became of the streets that a controller may be configured with: read by the map's frame, set by what draws them. */
import { signal } from '@preact/signals';

export interface StreetsState {
  /** `none`: not configured; `shown`; `trouble`: the map is drawn without them, or with a part of them. */
  readonly state: 'none' | 'shown' | 'trouble';
  /** What is wrong and what to do; null: nothing. */
  readonly words: string | null;
  /** Who is to be named for them, as the file says; null: nobody. */
  readonly credit: string | null;
}

export const NO_STREETS: StreetsState = { state: 'none', words: null, credit: null };

export const streets = signal<StreetsState>(NO_STREETS);
