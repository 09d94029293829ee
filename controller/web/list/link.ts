/** The column of the link: how many batches are not here yet. A page that is not live knows neither them nor the link. Pure. */
import { UNKNOWN } from '../format/numbers.ts';
import type { Summary } from './summary.ts';

export interface Link {
  readonly words: string;
  readonly look: 'warn' | 'quiet' | '';
  /** On a phone, where only what matters has room; null: nothing. */
  readonly note: string | null;
}

const LATE_S = 30;
/** So many are on their way on a healthy link. */
const USUAL = 3;

export function linkOf(one: Pick<Summary, 'online' | 'backlog' | 'oldestUnsentS'>, pageLive: boolean): Link {
  if (!pageLive) return { words: UNKNOWN, look: 'quiet', note: 'not live' };
  if (!one.online) return { words: 'off', look: 'warn', note: 'link off' };
  const many = one.backlog > USUAL;
  const look = (one.oldestUnsentS ?? 0) > LATE_S ? 'warn' : many ? '' : 'quiet';
  return { words: String(one.backlog), look, note: many ? `queue ${one.backlog}` : null };
}
