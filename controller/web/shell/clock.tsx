/** The time as the controller has it, in the reader's zone and in UTC; pressing it asks for zone and manner. */

import { signal } from '@preact/signals';
import { knowsZone, zoned } from '@skein/protocol/time';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { chooseFace, clockMinute, clockTime, face, zoneWord } from '../format/face.ts';
import { utcClock } from '../format/times.ts';
import type { Fleet } from '../live/fleet.ts';

const open = signal(false);

export function Clock({ fleet }: { readonly fleet: Fleet }) {
  void fleet.second.value;
  const nowMs = fleet.nowMs.peek();
  const isUtc = nowMs !== null && zoneWord(nowMs) === 'UTC';
  return (
    <>
      <button
        type="button"
        class="clock"
        title="Zone and format of the times on this page"
        aria-haspopup="dialog"
        onClick={() => {
          open.value = true;
        }}
      >
        <span data-clock="chosen">
          <i>{nowMs === null ? 'UTC' : zoneWord(nowMs)}</i>
          <b>{nowMs === null ? '--:--:--' : clockTime(nowMs)}</b>
        </span>
        {!isUtc && (
          <span class="local" data-clock="utc">
            <i>UTC</i>
            {nowMs === null ? '--:--' : utcClock(nowMs).slice(0, 5)}
          </span>
        )}
      </button>
      {open.value && <Chooser nowMs={nowMs} />}
    </>
  );
}

const NAMED: readonly (readonly [string, string])[] = [
  ['local', 'Where I am'],
  ['UTC', 'UTC'],
];

function Chooser({ nowMs }: { readonly nowMs: number | null }) {
  const dialog = useRef<HTMLDialogElement>(null);
  // Before it is painted: the next key may come at once, and must not act behind it.
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const { zone, hours } = face.value;
  const [typed, setTyped] = useState(NAMED.some(([name]) => name === zone) ? '' : zone);
  const wrong = typed !== '' && !knowsZone(typed);
  const close = (): void => {
    open.value = false;
  };
  return (
    <dialog ref={dialog} class="shortcuts clock-chooser" aria-label="Times on this page" onClose={close}>
      <section>
        <h3>Times on this page</h3>
        <fieldset aria-label="Zone">
          {NAMED.map(([name, words]) => (
            <label key={name}>
              <input
                type="radio"
                name="zone"
                checked={zone === name}
                onChange={() => {
                  setTyped('');
                  chooseFace({ zone: name, hours });
                }}
              />
              {words} {nowMs !== null && <small>{zoned(nowMs, { zone: name, hours }).offset}</small>}
            </label>
          ))}
          <label>
            Another{' '}
            <input
              type="text"
              list="zones"
              name="zone-name"
              placeholder="Europe/Paris"
              value={typed}
              aria-invalid={wrong}
              onInput={(event) => {
                const name = event.currentTarget.value.trim();
                setTyped(name);
                if (name !== '' && knowsZone(name)) chooseFace({ zone: name, hours });
              }}
            />
          </label>
          {wrong && <small role="alert">No zone of this name is known; choose one of the list.</small>}
          <datalist id="zones">
            {Intl.supportedValuesOf('timeZone').map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </fieldset>
        <fieldset aria-label="Hours">
          {(['24h', '12h'] as const).map((style) => (
            <label key={style}>
              <input
                type="radio"
                name="hours"
                checked={hours === style}
                onChange={() => chooseFace({ zone, hours: style })}
              />
              {style === '24h' ? '24 hours' : '12 hours'}{' '}
              {nowMs !== null && <small>{zoned(nowMs, { zone, hours: style }).minute}</small>}
            </label>
          ))}
        </fieldset>
        {nowMs !== null && (
          <p>
            Now {clockMinute(nowMs)} {zoneWord(nowMs)} = {utcClock(nowMs).slice(0, 5)} UTC. Kept in this browser; the
            title of every time says it in UTC.
          </p>
        )}
      </section>
      <form method="dialog">
        <button type="submit" class="second">
          Close
        </button>
      </form>
    </dialog>
  );
}
