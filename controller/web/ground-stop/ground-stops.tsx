/** Said on every view while a ground stop is in force: nothing new is armed or started. Here it is lifted, behind one question. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { GroundStopEntry } from '../../live/messages.ts';
import { NameField, useName } from '../commands/name-field.tsx';
import { operator } from '../commands/operator.ts';
import { clockDate, clockMinute, zoneWord } from '../format/face.ts';
import { utcFull } from '../format/times.ts';
import type { Fleet } from '../live/fleet.ts';
import { ask } from '../shell/ask.ts';
import { stopQuestion, whom } from './stop.ts';

export function GroundStops({ fleet }: { readonly fleet: Fleet }) {
  const stops = fleet.board.value?.groundStops ?? [];
  if (stops.length === 0) return null;
  return (
    <div class="ground-stops" role="status">
      {stops.map((stop) => (
        <Stop key={stop.id} stop={stop} />
      ))}
    </div>
  );
}

function Stop({ stop: { id, reach, reason, by, untilUtcUs } }: { readonly stop: GroundStopEntry }) {
  const asked = stopQuestion.value;
  const lifting = asked?.deed === 'lift' && asked.id === id;
  return (
    <div class="ground-stop" data-stop={id}>
      <p>
        <b>Ground stop for {whom(reach)}.</b> {reason} ({by}
        {untilUtcUs !== null && <Until ms={untilUtcUs / 1e3} />}). Nothing new is armed or started; hold, return and
        land go.
      </p>
      {!lifting && (
        <button
          type="button"
          class="second"
          onClick={() => {
            stopQuestion.value = { deed: 'lift', id };
          }}
        >
          Lift…
        </button>
      )}
      {lifting && <Lift id={id} words={whom(reach)} />}
    </div>
  );
}

function Until({ ms }: { readonly ms: number }) {
  return (
    <span title={utcFull(ms)}>
      , until {clockDate(ms)} {clockMinute(ms)} {zoneWord(ms)}
    </span>
  );
}

function Lift({ id, words }: { readonly id: string; readonly words: string }) {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const keep = useRef<HTMLButtonElement>(null);
  const name = useName();
  // What lets drones start is not where Enter is.
  useLayoutEffect(() => keep.current?.focus({ preventScroll: true }), []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy || !name.given()) return;
    setBusy(true);
    const answer = await ask(`/api/v1/ground-stops/${id}/lift`, { body: { issuedBy: operator.peek() } });
    setBusy(false);
    if (!answer.ok) setTrouble(answer.trouble.words);
    else if (stopQuestion.peek()?.deed === 'lift') stopQuestion.value = null;
  };
  return (
    <div role="alertdialog" class="lifting" aria-label={`Lift the ground stop for ${words}?`}>
      <form class="lift" onSubmit={(event) => void submit(event)}>
        <p>Lift it? Drones may be armed and started again; orders that waited are given at once.</p>
        <NameField name={name} />
        {trouble !== null && (
          <p class="missing" role="alert">
            {trouble}
          </p>
        )}
        <button type="submit" class="go" data-tone="attention" disabled={busy}>
          {busy ? 'Being lifted…' : `Lift it for ${words}`}
        </button>
        <button
          ref={keep}
          type="button"
          class="second"
          onClick={() => {
            stopQuestion.value = null;
          }}
        >
          Leave it
        </button>
      </form>
    </div>
  );
}
