/** The itinerary of this drone: how far it is, where its parcel is, and what it must be doing while nobody hears it. */

import { shortIds } from '@skein/protocol/fleet';
import { useState } from 'preact/hooks';
import { operator } from '../commands/operator.ts';
import { utcFull } from '../format/times.ts';
import { ask, newKey } from '../shell/ask.ts';
import { Block } from './block.tsx';
import {
  expectationWords,
  isToSettle,
  itineraryTone,
  parcelWords,
  progressWords,
  sinceWords,
} from './itinerary-words.ts';
import { ParcelProof } from './parcel-proof.tsx';
import type { View } from './view.ts';

export function ItineraryBlock({ view }: { readonly view: View }) {
  const { itinerary, delivery, ladder } = view.record.entry;
  const expected = expectationWords(view.record.entry.expectation ?? null, view);
  if (!itinerary && !delivery && expected === null && (ladder?.rung ?? 'none') === 'none') return null;
  return (
    <Block title="Itinerary" view={view}>
      {expected !== null && (
        <p class="expectation" role="status" data-expectation>
          <b>{expected.must}</b> {expected.rest}
        </p>
      )}
      {expected === null && ladder && ladder.rung !== 'none' && (
        <p class="expectation">
          <b>Controller lost:</b> {ladder.words ?? ladder.rung}
        </p>
      )}
      {itinerary && (
        <p
          class="itinerary"
          data-itinerary={itinerary.id}
          data-state={itinerary.state}
          data-tone={itineraryTone(itinerary.state)}
        >
          <a href={`#/plan/${itinerary.id}`} title={itinerary.id}>
            {shortIds(itinerary.id)}
          </a>{' '}
          <small>version {itinerary.version}</small>
          <b>{itinerary.state}</b>
          <span>{progressWords(itinerary)}</span>
          {itinerary.words !== null && <em>{itinerary.words}</em>}
          <i title={utcFull(Date.parse(itinerary.at))}>{sinceWords(itinerary.at, view)}</i>
        </p>
      )}
      {delivery && (
        <p class="parcel" data-parcel={delivery.item} data-state={delivery.state}>
          <b title={delivery.parcel ?? ''}>{shortIds(delivery.parcel ?? 'Parcel')}</b> {parcelWords(delivery)}
        </p>
      )}
      {delivery && <ParcelProof drone={view.record.entry.id} delivery={delivery} />}
      {delivery && isToSettle(delivery, itinerary ?? null) && (
        <Settle drone={view.record.entry.id} itinerary={delivery.itinerary} item={delivery.item} />
      )}
    </Block>
  );
}

interface SettleProps {
  readonly drone: string;
  readonly itinerary: string;
  readonly item: number;
}

/** An operator's word on a parcel that nothing proves, or that came home: asked for plainly, said once. */
function Settle({ drone, itinerary, item }: SettleProps) {
  const [said, setSaid] = useState<string | null>(null);
  const say = async (word: 'released' | 'aboard'): Promise<void> => {
    const body = { word, ...(operator.peek() === null ? {} : { issuedBy: operator.peek() }) };
    const asked = await ask(`/api/v1/itineraries/${itinerary}/deliveries/${drone}/${item}/settle`, {
      body,
      key: newKey(),
    });
    setSaid(asked.ok ? 'Said. The drone is told.' : asked.trouble.words);
  };
  return (
    <div class="settle">
      <p class="note">Somebody has looked, and says:</p>
      <button type="button" class="second" data-settle="released" onClick={() => void say('released')}>
        It was delivered
      </button>
      <button type="button" class="second" data-settle="aboard" onClick={() => void say('aboard')}>
        It is still aboard
      </button>
      {said !== null && <p role="status">{said}</p>}
    </div>
  );
}
