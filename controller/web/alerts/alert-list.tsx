/** The open alerts, newest first, and what can be done with each. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { askingName, operator } from '../commands/operator.ts';
import type { Fleet } from '../live/fleet.ts';
import { ask, newKey } from '../shell/ask.ts';
import { alertsOpen } from './alert-button.tsx';
import { AlertRow } from './alert-row.tsx';
import { type AlertShown, readAlerts } from './alerts.ts';

const SHOWN = 100;
const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };

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

  // The keys lead to a row; where that one is gone, or the list was made anew, to the newest.
  const list = useRef<HTMLUListElement>(null);
  const reached = useRef<string | null>(null);
  // Opened from a button or a row of the fleet, it takes the keys from there.
  useLayoutEffect(() => {
    (document.activeElement as HTMLElement | null)?.blur();
  }, []);
  useLayoutEffect(() => {
    if (alerts === null || list.current === null || document.activeElement !== document.body) return;
    const rows = rowsOf(list.current);
    reach(rows.find((row) => row.dataset.id === reached.current) ?? rows[0]);
  }, [alerts]);
  const walk = (event: KeyboardEvent): void => {
    const by = STEPS[event.key];
    if (by === undefined || list.current === null) return;
    const rows = rowsOf(list.current);
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    reach(rows[Math.max(0, Math.min(rows.length - 1, at + by))]);
    event.preventDefault();
    event.stopPropagation();
  };
  const remember = (event: FocusEvent): void => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('li') : null;
    if (row !== null) reached.current = row.dataset.id ?? null;
  };

  return (
    <section class="alert-list" aria-label="Open alerts" onKeyDown={walk} onFocusIn={remember}>
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
      {alerts === null && trouble === null && <p role="status">Asking the controller…</p>}
      {alerts?.length === 0 && <p>None is open.</p>}
      <ul ref={list}>
        {alerts?.map((alert) => (
          <AlertRow key={alert.id} alert={alert} nowMs={fleet.second.value * 1000} tell={tell} />
        ))}
      </ul>
      {alerts?.length === SHOWN && <p>The newest {SHOWN}; the others are at /api/v1/alerts.</p>}
    </section>
  );
}

const rowsOf = (list: HTMLElement): readonly HTMLElement[] => [...list.querySelectorAll<HTMLElement>('li')];

function reach(row: HTMLElement | undefined): void {
  row?.querySelector<HTMLElement>('button')?.focus();
}
