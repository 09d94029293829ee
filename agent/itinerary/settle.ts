/** An operator's word on a parcel in the drone's custody. */
import { isUnderWay, reason } from '@skein/protocol/fleet';
import { done, failed, rejected } from './outcomes.ts';
import type { Records } from './records.ts';
import type { Outcome } from './types.ts';

export interface SettleOrder {
  readonly itinerary: string;
  readonly item: number;
  readonly released: boolean;
  readonly by: string;
}

export function settle(records: Records, o: SettleOrder): Outcome {
  if (records.book.custodyLost !== null) {
    records.custodyFound();
    return done({ custody: 'known again' });
  }
  const active = records.current?.stand;
  if (active?.id === o.itinerary && isUnderWay(active.state)) return rejected(reason('active-leg', o.itinerary));
  const was = records.settle(o);
  if (was === null) return failed(reason('not-found', `no such parcel in custody: item ${o.item} of ${o.itinerary}`));
  return done({ was: was.state, released: o.released });
}
