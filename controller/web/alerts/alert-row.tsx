/** One open alert in the list: what is seen, what to do, and what can be said of it. What cannot be taken back is asked once more. */

import { shortIds } from '@skein/protocol/fleet';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { ageExact } from '../format/times.ts';
import { type AlertShown, dismissalWords } from './alerts.ts';
import { SeverityMark } from './mark.tsx';

const SILENCE_S = 600;

export type Tell = (id: string, deed: string, more?: object) => void;

export interface RowProps {
  readonly alert: AlertShown;
  readonly nowMs: number;
  readonly tell: Tell;
}

export function AlertRow({ alert, nowMs, tell }: RowProps) {
  const [asked, setAsked] = useState<'accept' | 'dismiss' | null>(null);
  const row = useRef<HTMLLIElement>(null);
  const { id, severity, state, drone, drones, order, words, whatToDo, raisedAt, acknowledgedBy, proposal } = alert;
  const mayAccept = proposal?.state === 'open';
  const no = (): void => {
    setAsked(null);
    row.current?.querySelector<HTMLElement>('button')?.focus({ preventScroll: true });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape' && asked !== null) no();
    else if (event.key.toLowerCase() === 'd' && asked === null) setAsked('dismiss');
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <li
      ref={row}
      data-alert={alert.class}
      data-id={id}
      data-severity={severity}
      data-state={state}
      onKeyDown={onKeyDown}
    >
      <p>
        <SeverityMark severity={severity} /> <b>{severity}</b>{' '}
        {drone !== null && <a href={`#/drone/${drone}`}>{drone}</a>} {order !== null && `order ${shortIds(order)}`}{' '}
        <time dateTime={raisedAt} title={raisedAt}>
          for {ageExact(Math.max(0, nowMs - Date.parse(raisedAt)))}
        </time>
      </p>
      <p>{words}</p>
      {drones.length > 0 && <Names drones={drones} />}
      <p class="what-to-do">{whatToDo}.</p>
      <div class="deeds">
        {mayAccept && asked === null && (
          <button type="button" onClick={() => setAsked('accept')}>
            {proposal.words} …
          </button>
        )}
        {mayAccept && asked === 'accept' && (
          <Sure
            tone="plain"
            label={`Send ${proposal.type} to ${drone}?`}
            yes="Send"
            onYes={() => tell(id, 'accept')}
            onNo={no}
          >
            Send <b>{proposal.type}</b> to <b>{drone}</b>?
          </Sure>
        )}
        {proposal !== null && !mayAccept && (
          <span>
            {proposal.type}: {proposal.state}
          </span>
        )}
        {state === 'acknowledged' ? (
          <span>{acknowledgedBy} looks after it</span>
        ) : (
          <button type="button" onClick={() => tell(id, 'acknowledge')}>
            Acknowledge
          </button>
        )}
        {state === 'silenced' ? (
          <span>silenced</span>
        ) : (
          <button type="button" onClick={() => tell(id, 'silence', { forS: SILENCE_S })}>
            Silence 10 min
          </button>
        )}
        {asked !== 'dismiss' && (
          <button type="button" data-deed="dismiss" title="Dismiss (D)" onClick={() => setAsked('dismiss')}>
            Dismiss …
          </button>
        )}
        {asked === 'dismiss' && (
          <Sure
            tone="attention"
            label={`Dismiss ${alert.class}?`}
            yes="Dismiss"
            onYes={() => tell(id, 'dismiss')}
            onNo={no}
          >
            {dismissalWords(alert)}
          </Sure>
        )}
      </div>
    </li>
  );
}

interface SureProps {
  /** `attention`: nothing that makes safe. */
  readonly tone: 'plain' | 'attention';
  readonly label: string;
  readonly yes: string;
  readonly onYes: () => void;
  readonly onNo: () => void;
  readonly children: preact.ComponentChildren;
}

/** Enter says yes, Esc no. */
function Sure({ tone, label, yes, onYes, onNo, children }: SureProps) {
  const go = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    go.current?.focus({ preventScroll: true });
  }, []);
  return (
    <span role="alertdialog" aria-label={label} class="sure" data-tone={tone}>
      <span>{children}</span>
      <span class="answers">
        <button ref={go} type="button" class="go" data-tone={tone} onClick={onYes}>
          {yes} <kbd>⏎</kbd>
        </button>
        <button type="button" class="second" onClick={onNo}>
          No <kbd>Esc</kbd>
        </button>
      </span>
    </span>
  );
}

/** Of all of them more than these are not read. */
const NAMED = 50;

function Names({ drones }: { readonly drones: readonly string[] }) {
  return (
    <details>
      <summary>{drones.length === 1 ? 'Which one' : `Which ${drones.length}`}</summary>
      {drones.slice(0, NAMED).map((one) => (
        <a key={one} href={`#/drone/${one}`}>
          {one}
        </a>
      ))}
      {drones.length > NAMED && <span>and {drones.length - NAMED} more</span>}
    </details>
  );
}
