/** How good a drone's time is, in words: who tells it, to what error, who contradicts, how far its board's own clock is off. */
import type { DroneEntry } from '../../live/messages.ts';
import { plusMinus, span } from '../format/times.ts';

const SOURCES: Readonly<Record<string, string>> = {
  gps: 'GPS',
  ntp: 'network time',
  controller: 'controller',
  restored: 'kept from before',
  unset: 'not set',
};
const LOOSE_US = 1_000_000;

export function sourceName(source: string): string {
  return SOURCES[source] ?? source;
}

export interface ClockWords {
  readonly words: string;
  readonly title: string;
  readonly level: 'attention' | undefined;
  /** Null: it is not known, or it is right. */
  readonly board: string | null;
}

export function clockWords({ source, errUs, standing, outvoted = [], boardUs }: DroneEntry['clock']): ClockWords {
  if (source === 'unset')
    return { words: 'not set', title: 'Nobody has told it the time', level: 'attention', board: null };
  const liars = outvoted.map(sourceName).join(', ');
  const doubt = standing === 'split' ? ', sources disagree' : liars === '' ? '' : `; not believed: ${liars}`;
  const titles: Readonly<Record<string, string>> = {
    single: 'One source alone tells it',
    agreed: 'Two sources or more agree',
    split: 'Its sources contradict each other: the error reaches over all of them',
  };
  const right = boardUs == null || Math.abs(boardUs) <= Math.max(errUs ?? 0, LOOSE_US);
  return {
    words: `${sourceName(source)} ${plusMinus(errUs)}${doubt}`,
    title: titles[standing ?? ''] ?? 'Who tells it the time',
    level: doubt !== '' || (errUs ?? 0) > LOOSE_US ? 'attention' : undefined,
    board: right ? null : `${span(Math.abs(boardUs) / 1e6)} ${boardUs > 0 ? 'ahead' : 'behind'}`,
  };
}
