/** The one question before hold, return or land: what it will do to this drone now. Enter says yes, Esc no. */
import { nameOfCommand } from '@skein/protocol/fleet';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../shell/icon.tsx';
import { type Desk, inHand } from './desk.ts';
import { type Forecast, forecast, type SafeType } from './forecast.ts';
import type { Situation } from './situation.ts';

/** After the meaning of the answer has changed, it can be given again only after this long. */
const READ_AGAIN_MS = 900;

export interface ConfirmProps {
  readonly type: SafeType;
  readonly situation: Situation;
  readonly desk: Desk;
}

export function Confirm({ type, situation, desk }: ConfirmProps) {
  const what = forecast(type, situation);
  const changed = useChanged(what.outcome === 'waits' ? 'now' : what.outcome);
  const [session, setSession] = useState<string | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const undecided = situation.rivals.length > 1 && (session === null || !situation.rivals.includes(session));

  // Before it is painted: the next key may come at once, and must go here.
  useLayoutEffect(() => {
    form.current?.querySelector<HTMLElement>('.go')?.focus({ preventScroll: true });
  }, [type]);

  const submit = (event: Event): void => {
    event.preventDefault();
    if (changed || undecided) return;
    inHand.value = null;
    desk.send({ targets: [situation.id], type, ...(session === null ? {} : { session }) });
  };

  return (
    <div
      role="alertdialog"
      aria-label={`${nameOfCommand(type)} ${situation.id}?`}
      aria-describedby="in-hand-words"
      data-confirm={type}
      data-outcome={what.outcome}
    >
      <form ref={form} class="in-hand" onSubmit={submit}>
        <div id="in-hand-words" class="in-hand-words">
          <p class="headline">
            <OutcomeMark outcome={what.outcome} />
            <span>
              {nameOfCommand(type)} <b>{situation.id}</b>: {lower(what.headline)}
            </span>
          </p>
          <ul class="notes">
            {what.notes.map((note) => (
              <li key={note.replace(/[\d.]+/g, '#')}>{note}</li>
            ))}
          </ul>
          {changed && (
            <p class="changed" role="alert">
              This changed just now: read it again.
            </p>
          )}
        </div>
        <Rivals situation={situation} session={session} setSession={setSession} />
        <div class="in-hand-buttons">
          <button
            type="submit"
            class="go"
            data-tone={what.outcome === 'now' || what.outcome === 'waits' ? 'plain' : 'attention'}
            disabled={changed || undecided}
          >
            {what.confirm} <kbd>⏎</kbd>
          </button>
          <button
            type="button"
            class="second"
            onClick={() => {
              inHand.value = null;
            }}
          >
            Cancel <kbd>Esc</kbd>
          </button>
        </div>
      </form>
    </div>
  );
}

interface RivalsProps {
  readonly situation: Situation;
  readonly session: string | null;
  readonly setSession: (session: string) => void;
}

/** Two boards claim to be this drone: which one is meant? */
function Rivals({ situation, session, setSession }: RivalsProps) {
  if (situation.rivals.length < 2) return null;
  return (
    <fieldset class="fields choices">
      <legend>Two boards claim to be {situation.id}. Which one is meant?</legend>
      {situation.rivals.map((one) => (
        <label key={one}>
          <input type="radio" name="session" checked={one === session} onChange={() => setSession(one)} />
          <span>
            session <b class="mono">{one.slice(0, 8)}</b> {one === situation.session && <i>the newer one</i>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** True for a moment after the value has changed. */
function useChanged(value: string): boolean {
  const before = useRef(value);
  const [changed, setChanged] = useState(false);
  useEffect(() => {
    if (before.current === value) return;
    before.current = value;
    setChanged(true);
    const timer = setTimeout(() => setChanged(false), READ_AGAIN_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return changed || before.current !== value;
}

function OutcomeMark({ outcome }: { readonly outcome: Forecast['outcome'] }) {
  const path =
    outcome === 'now'
      ? 'M3 8h9M8.5 4.5 12 8l-3.5 3.5'
      : outcome === 'waits'
        ? 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11ZM8 5v3.2l2.2 1.4'
        : 'M8 2.5 14 13H2ZM8 6.5v3M8 11.3v.2';
  return <Icon box={16} width={1.6} path={path} />;
}

/** A drone's name keeps its letters; only the first of the sentence is lowered. */
function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
