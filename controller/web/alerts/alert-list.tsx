/** The open alerts, newest first, and what can be done with each; a command that is proposed is asked for twice. */
import { useEffect, useState } from 'preact/hooks';
import { askingName, operator } from '../commands/operator.ts';
import { ageExact } from '../format/times.ts';
import type { Fleet } from '../live/fleet.ts';
import { ask, newKey } from '../shell/ask.ts';
import { alertsOpen } from './alert-button.tsx';
import { type AlertShown, readAlerts } from './alerts.ts';
import { SeverityMark } from './mark.tsx';

const SILENCE_S = 600;
const SHOWN = 100;

export function AlertList({ fleet }: { readonly fleet: Fleet }) {
  return alertsOpen.value ? <Opened fleet={fleet} /> : null;
}

function Opened({ fleet }: { readonly fleet: Fleet }) {
  const [alerts, setAlerts] = useState<readonly AlertShown[] | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [asked, setAsked] = useState(0);
  const changes = fleet.board.value?.alerts.changes ?? 0;
  useEffect(() => {
    let current = true;
    void ask(`/api/v1/alerts?open=true&limit=${SHOWN}`, {}).then((answer) => {
      if (!current) return;
      if (answer.ok) setAlerts(readAlerts(answer.value));
      setTrouble(answer.ok ? null : answer.trouble.words);
    });
    return () => {
      current = false;
    };
  }, [changes, asked]);
  const isLive = fleet.connection.value.state === 'open';

  const tell = (id: string, deed: string, more: object = {}): void => {
    const issuedBy = operator.peek();
    if (issuedBy === null) {
      askingName.value = true;
      setTrouble('Say your name first: it goes with what you do.');
      return;
    }
    void ask(`/api/v1/alerts/${id}/${deed}`, { body: { issuedBy, ...more }, key: newKey() }).then((answer) => {
      setTrouble(answer.ok ? null : answer.trouble.words);
      setAsked((before) => before + 1);
    });
  };

  return (
    <section class="alert-list" aria-label="Open alerts">
      <header>
        <h2>Alerts</h2>
        <button
          type="button"
          class="second"
          onClick={() => {
            alertsOpen.value = false;
          }}
        >
          Close
        </button>
      </header>
      {!isLive && <p class="trouble">This page is not live: these are as they were heard last.</p>}
      {trouble !== null && (
        <p class="trouble" role="alert">
          {trouble}
        </p>
      )}
      {alerts?.length === 0 && <p>None is open.</p>}
      <ul>
        {alerts?.map((alert) => (
          <Row key={alert.id} alert={alert} nowMs={fleet.second.value * 1000} tell={tell} />
        ))}
      </ul>
      {alerts?.length === SHOWN && <p>The newest {SHOWN}; the others are at /api/v1/alerts.</p>}
    </section>
  );
}

interface RowProps {
  readonly alert: AlertShown;
  readonly nowMs: number;
  readonly tell: (id: string, deed: string, more?: object) => void;
}

function Row({ alert, nowMs, tell }: RowProps) {
  const [sure, setSure] = useState(false);
  const { id, severity, state, drone, order, words, whatToDo, raisedAt, acknowledgedBy, proposal } = alert;
  const mayAccept = proposal?.state === 'open';
  return (
    <li data-alert={alert.class} data-severity={severity} data-state={state}>
      <p>
        <SeverityMark severity={severity} /> <b>{severity}</b>{' '}
        {drone !== null && <a href={`#/drone/${drone}`}>{drone}</a>} {order !== null && `order ${order}`}{' '}
        <time dateTime={raisedAt} title={raisedAt}>
          for {ageExact(Math.max(0, nowMs - Date.parse(raisedAt)))}
        </time>
      </p>
      <p>{words}</p>
      <p class="what-to-do">{whatToDo}.</p>
      <div class="deeds">
        {mayAccept && !sure && (
          <button type="button" onClick={() => setSure(true)}>
            {proposal.words} …
          </button>
        )}
        {mayAccept && sure && (
          <span role="alertdialog" aria-label={`Send ${proposal.type} to ${drone}?`} class="sure">
            Send <b>{proposal.type}</b> to <b>{drone}</b>?{' '}
            <button type="button" class="go" onClick={() => tell(id, 'accept')}>
              Send
            </button>{' '}
            <button type="button" class="second" onClick={() => setSure(false)}>
              No
            </button>
          </span>
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
      </div>
    </li>
  );
}
