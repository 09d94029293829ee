/** A new order: click the map for the drop-off, choose base and parcel, and read what the controller says of it. */
import { useRef, useState } from 'preact/hooks';
import { NameField, useName } from '../commands/name-field.tsx';
import { clockMinute, zoneWord } from '../format/face.ts';
import { latLon } from '../format/numbers.ts';
import type { Fleet } from '../live/fleet.ts';
import { baseOf, places, weatherAt } from '../places/held.ts';
import { weatherAge, weatherWords } from '../places/words.ts';
import { newKey } from '../shell/ask.ts';
import { go } from '../shell/route.ts';
import { place } from './desk.ts';
import { bodyOf, METHODS, pickingDropOff, stop, type Wish, wish } from './placing.ts';

export function PlaceOrder({ fleet }: { readonly fleet: Fleet }) {
  const name = useName();
  const [busy, setBusy] = useState(false);
  const [words, setWords] = useState<string | null>(null);
  /** What was sent under which key: only the same is sent again under it. */
  const sent = useRef<{ readonly of: Wish; readonly key: string; readonly body: object } | null>(null);
  const now = wish.value;
  if (now === null) return null;
  const bases = places.value.value?.bases ?? null;
  const base = now.base ?? (bases?.length === 1 ? (bases[0]?.id ?? null) : null);
  const weather = base === null ? null : weatherAt(base);
  const nowMs = fleet.nowMs.peek() ?? Date.now();
  const set = (more: Partial<Wish>): void => {
    wish.value = { ...now, ...more };
  };

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const made = bodyOf({ ...now, base }, baseOf(base)?.place ?? null, fleet.nowMs.peek() ?? Date.now());
    if (!made.ok) {
      setWords(made.words);
      return;
    }
    if (!name.given()) return;
    if (sent.current?.of !== now) sent.current = { of: now, key: newKey(), body: made.body };
    setBusy(true);
    setWords(null);
    const answer = await place(sent.current.body, sent.current.key);
    setBusy(false);
    if (!answer.ok) setWords(answer.trouble.words);
    else if (answer.value.state === 'infeasible')
      setWords(`It cannot be flown: ${answer.value.words ?? 'no reason was given'}`);
    else {
      stop();
      go({ view: 'orders', id: answer.value.id });
    }
  };

  return (
    <form class="place-order" data-placing onSubmit={(event) => void submit(event)}>
      <h3>New order</h3>
      <button
        type="button"
        class="pick"
        aria-pressed={pickingDropOff.value}
        onClick={() => {
          pickingDropOff.value = !pickingDropOff.value;
        }}
      >
        {pickingDropOff.value
          ? 'Click the map where it is to go…'
          : now.dropOff === null
            ? 'Choose the drop-off on the map'
            : `Drop-off ${latLon(now.dropOff.latDeg, now.dropOff.lonDeg)}: another?`}
      </button>
      <label class="field">
        <span>Picked up at</span>
        <select name="base" value={base ?? ''} onChange={(event) => set({ base: event.currentTarget.value || null })}>
          <option value="">
            {bases === null ? 'bases are not known yet' : bases.length === 0 ? 'there is no base' : 'choose a base'}
          </option>
          {(bases ?? []).map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </select>
      </label>
      {base !== null && (
        <p class="note">
          {weather === null
            ? 'No weather has been told there.'
            : `There: ${weatherWords(weather)}, ${weatherAge(weather, nowMs)}.`}
        </p>
      )}
      <div class="field-row">
        <Input label="Parcel, kg" name="payloadKg" value={now.payloadKg} onInput={(payloadKg) => set({ payloadKg })} />
        <label class="field">
          <span>Released by</span>
          <select
            name="how"
            value={now.how}
            onChange={(event) => set({ how: METHODS.find((one) => one === event.currentTarget.value) ?? now.how })}
          >
            {METHODS.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="field-row">
        <Input
          label={`Not before${timeWords(now.notBeforeMin, nowMs)}, in min`}
          name="notBeforeMin"
          value={now.notBeforeMin}
          onInput={(notBeforeMin) => set({ notBeforeMin })}
        />
        <Input
          label={`Not after${timeWords(now.notAfterMin, nowMs)}, in min`}
          name="notAfterMin"
          value={now.notAfterMin}
          onInput={(notAfterMin) => set({ notAfterMin })}
        />
      </div>
      <NameField name={name} />
      {words !== null && (
        <p class="missing" role="alert" data-answer>
          {words}
        </p>
      )}
      <div class="in-hand-buttons">
        <button type="submit" class="go" data-tone="plain" disabled={busy}>
          {busy ? 'Asking whether it can be flown…' : 'Place the order'}
        </button>
        <button type="button" class="second" onClick={stop}>
          Cancel <kbd>Esc</kbd>
        </button>
      </div>
    </form>
  );
}

/** ` (20:14 UTC+1)` that many minutes from now. */
function timeWords(minutes: string, nowMs: number): string {
  const ms = nowMs + Number(minutes) * 60_000;
  return minutes.trim() === '' || !Number.isFinite(ms) ? '' : ` (${clockMinute(ms)} ${zoneWord(ms)})`;
}

interface InputProps {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
}

function Input({ label, name, value, onInput }: InputProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="text"
        inputMode="decimal"
        name={name}
        autocomplete="off"
        maxLength={10}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}
