/** What became of a command at each drone: one row a drone, counts above, those that need somebody first. */
import { isFinal, nameOfCommand } from '@skein/protocol/fleet';
import { useEffect } from 'preact/hooks';
import { clockTime, zoneWord } from '../format/face.ts';
import { ageExact, utcFull } from '../format/times.ts';
import type { Fleet } from '../live/fleet.ts';
import { Back } from '../shell/back.tsx';
import { Close } from '../shell/close.tsx';
import { leave, routeHash } from '../shell/route.ts';
import { type Command, countStates, type Delivery, isOpen } from './answers.ts';
import type { Book } from './book.ts';
import { StateWord } from './command-list.tsx';
import { cancels, type Desk } from './desk.ts';
import { proofOf } from './proof.ts';
import { toneOf, tookMs } from './timeline.ts';
import { markSeen, unseen } from './unseen.ts';

export interface ResultsProps {
  readonly id: string;
  readonly fleet: Fleet;
  readonly book: Book;
  readonly desk: Desk;
}

export function Results({ id, fleet, book, desk }: ResultsProps) {
  useEffect(() => book.follow(id), [id]);
  void book.version.value;
  const command = book.command(id).value;
  const nowMs = fleet.nowMs.value;
  if (command === null)
    return (
      <aside class="pane pane-detail" aria-label="Command">
        <div class="empty">
          <h2>{book.trouble(id) === null ? 'Asking the controller…' : 'This command cannot be shown'}</h2>
          <p>{book.trouble(id)?.words}</p>
          <p>
            <button type="button" class="link" onClick={leave}>
              Back to the fleet
            </button>
          </p>
        </div>
      </aside>
    );
  const waiting = unseen.value.some((one) => one.id === id);
  return (
    <aside
      class="pane pane-detail results"
      aria-label={`${nameOfCommand(command.type, command.params)}, results`}
      data-results={id}
    >
      <header class="drone-head">
        <Back label="Back to the list" onClick={leave} />
        <h2>
          {nameOfCommand(command.type, command.params)} <small>{command.deliveries.length} drones</small>
        </h2>
        <Close onClick={leave} />
        <p class="drone-line">
          {command.issuedAtMs !== null && (
            <span title={utcFull(command.issuedAtMs)}>
              {clockTime(command.issuedAtMs)} {zoneWord(command.issuedAtMs)}
            </span>
          )}
          <span>{command.issuedBy}</span>
        </p>
      </header>
      <div class="detail-scroll">
        <Counts command={command} />
        <Stopped command={command} />
        <table class="result-rows">
          <thead>
            <tr>
              <th scope="col">drone</th>
              <th scope="col">state</th>
              <th scope="col" class="num">
                took
              </th>
            </tr>
          </thead>
          {inNeed(command.deliveries).map((one) => (
            <ResultRow key={one.drone} delivery={one} nowMs={nowMs} />
          ))}
        </table>
      </div>
      <div class="dock results-foot">
        {isOpen(command) && <CancelRest id={id} desk={desk} />}
        {!isOpen(command) && waiting && (
          <button type="button" class="go" data-tone="plain" onClick={() => markSeen([id])}>
            Seen
          </button>
        )}
        {!isOpen(command) && !waiting && <p class="nothing">All answered.</p>}
      </div>
    </aside>
  );
}

const NEED = ['bad', 'doubt', 'open', 'void', 'good'] as const;

/** Those that need somebody first, then by name. */
export function inNeed(all: readonly Delivery[]): readonly Delivery[] {
  return [...all].sort(
    (a, b) => NEED.indexOf(toneOf(a.state)) - NEED.indexOf(toneOf(b.state)) || (a.drone < b.drone ? -1 : 1),
  );
}

function Counts({ command }: { readonly command: Command }) {
  const counts = [...countStates(command)].sort(([a], [b]) => NEED.indexOf(toneOf(a)) - NEED.indexOf(toneOf(b)));
  return (
    <ul class="result-counts" role="status" aria-label="Counts">
      {counts.map(([state, count]) => (
        <li key={state} data-tone={toneOf(state)} data-count-state={state}>
          <b>{count}</b> {state}
        </li>
      ))}
    </ul>
  );
}

function Stopped({ command }: { readonly command: Command }) {
  const kept = command.deliveries.filter((one) => one.reason?.startsWith('max-failures')).length;
  if (kept === 0) return null;
  return (
    <p class="stopped" role="alert">
      Stopped after a failure: {kept} {kept === 1 ? 'drone was' : 'drones were'} not asked.
    </p>
  );
}

function ResultRow({ delivery, nowMs }: { readonly delivery: Delivery; readonly nowMs: number | null }) {
  const words = delivery.words ?? delivery.reason;
  const proof = proofOf(delivery.detail);
  return (
    <tbody data-drone-result={delivery.drone} data-state={delivery.state}>
      <tr>
        <td>
          <a href={routeHash({ view: 'drone', id: delivery.drone })}>{delivery.drone}</a>
        </td>
        <td>
          <StateWord delivery={delivery} />
        </td>
        <td class="num">{isFinal(delivery.state) ? ageExact(tookMs(delivery, nowMs)) : ''}</td>
      </tr>
      {(words !== null && delivery.state !== 'succeeded') || proof.length > 0 ? (
        <tr class="result-words">
          <td colSpan={3}>
            {words !== null && delivery.state !== 'succeeded' && <p>{words}</p>}
            {proof.length > 0 && (
              <p class="result-proof">
                {proof.map(({ label, value }) => (
                  <span key={label}>
                    {label} <b>{value}</b>
                  </span>
                ))}
              </p>
            )}
          </td>
        </tr>
      ) : null}
    </tbody>
  );
}

function CancelRest({ id, desk }: { readonly id: string; readonly desk: Desk }) {
  const trouble = cancels.value.get(id);
  return (
    <>
      {trouble && (
        <p class="trouble" role="alert">
          {trouble.words}
        </p>
      )}
      <button
        type="button"
        class="go"
        data-tone="attention"
        disabled={trouble === null}
        onClick={() => desk.cancel(id)}
      >
        {trouble === null ? 'Cancelling…' : 'Stop: cancel what has not begun'}
      </button>
    </>
  );
}
