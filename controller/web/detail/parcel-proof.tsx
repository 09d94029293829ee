/** Beside a parcel whose release is over: when and where, and what was measured, so that nobody takes our word for it. */
import { useEffect, useState } from 'preact/hooks';
import type { ParcelEntry } from '../../live/messages.ts';
import { clockTime, zoneWord } from '../format/face.ts';
import { fixed } from '../format/numbers.ts';
import { utcFull } from '../format/times.ts';
import { ask } from '../shell/ask.ts';
import { begunAtMs, evidenceOf, type ParcelAnswer, parcelIn, saidAtMs } from './parcel-evidence.ts';

const OVER: readonly string[] = ['released', 'not-released', 'unproved', 'settled'];

export function ParcelProof({ drone, delivery }: { readonly drone: string; readonly delivery: ParcelEntry }) {
  const { itinerary, version, item, state, at } = delivery;
  const [parcel, setParcel] = useState<ParcelAnswer | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const isOver = OVER.includes(state);

  useEffect(() => {
    setParcel(null);
    setTrouble(null);
    if (!isOver) return;
    let current = true;
    void ask(`/api/v1/itineraries/${itinerary}`, {}).then((asked) => {
      if (!current) return;
      if (asked.ok) setParcel(parcelIn(asked.value, { drone, version, item }));
      else setTrouble(asked.trouble.words);
    });
    return () => {
      current = false;
    };
  }, [drone, itinerary, version, item, state, at]);

  if (!isOver) return null;
  if (trouble !== null) return <p class="note">What was measured cannot be read: {trouble}</p>;
  if (parcel === null) return null;
  const atMs = saidAtMs(parcel);
  const begunMs = begunAtMs(parcel);
  const measured = evidenceOf(parcel.evidence);
  return (
    <ul class="note" aria-label="Evidence" data-evidence={item}>
      {begunMs !== null && (
        <li title={utcFull(begunMs)}>
          release began {clockTime(begunMs)} {zoneWord(begunMs)}
          {parcel.latDeg !== null && parcel.lonDeg !== null && (
            <>
              {' '}
              at {fixed(parcel.latDeg, 6)}, {fixed(parcel.lonDeg, 6)}
            </>
          )}
        </li>
      )}
      <li title={utcFull(atMs)}>
        {parcel.state} said {clockTime(atMs)} {zoneWord(atMs)}
      </li>
      {measured.map(({ label, value }) => (
        <li key={label}>
          {label}: {value}
        </li>
      ))}
      {/* A drone of an earlier version says of a settled one who settled it, and no more what was measured. */}
      {measured.length === 0 && parcel.state !== 'settled' && <li>nothing was measured</li>}
    </ul>
  );
}
