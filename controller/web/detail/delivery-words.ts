/**
 * What is known of a drone's connection and of what still lies on it, as of when it is known. The controller counts what the
 * drone told it, so a drone that is not heard may have gathered any amount since; a page that is not live knows of neither.
 */
import { count } from '../format/numbers.ts';
import { ageExact, span } from '../format/times.ts';
import { classify } from '../live/freshness.ts';
import { asOf, type View } from './view.ts';

/** Batches older than this wait for something. */
const LATE_S = 30;

export interface DeliveryWords {
  readonly agent: string;
  /** False: as of the instant the page was live last. */
  readonly agentKnown: boolean;
  readonly behind: string;
  /** False: as of the drone's last word; so is all else it says of its link. */
  readonly known: boolean;
  readonly late: boolean;
  /** Age of the drone's last word, ms; null: none. */
  readonly heardMs: number | null;
}

export function deliveryWords({ record, nowMs, asOfMs, pageLive, limits }: View): DeliveryWords {
  const { online, link, backlog, freshness } = record.entry;
  const agoMs = (utcUs: number | null): number | null =>
    utcUs === null || nowMs === null ? null : nowMs - utcUs / 1000;
  const sinceMs = agoMs(link.sinceUtcUs);
  const heardMs = agoMs(freshness.lastHeardUtcUs);
  const heard = classify(heardMs, limits);
  const known = pageLive && online && (heard === 'fresh' || heard === 'stale');
  const agent = online ? 'connected' : 'not connected';
  const batches = backlog.urgent.batches + backlog.history.batches;
  const oldestS = Math.max(backlog.urgent.oldestS ?? 0, backlog.history.oldestS ?? 0);
  const oldest = oldestS > 0 ? `, oldest ${span(oldestS)}` : '';
  const waiting = `${count(batches)} ${batches === 1 ? 'batch' : 'batches'}${oldest}`;
  return {
    agent: pageLive
      ? `${agent}${sinceMs === null ? '' : ` for ${ageExact(sinceMs)}`}`
      : `${agent}${asOf(nowMs, asOfMs)}`,
    agentKnown: pageLive,
    behind: known
      ? batches === 0
        ? 'nothing held back'
        : waiting
      : heardMs === null
        ? 'not known'
        : `${batches === 0 ? 'nothing' : waiting} when last heard; not known for ${ageExact(heardMs)}`,
    known,
    late: oldestS > LATE_S,
    heardMs,
  };
}
