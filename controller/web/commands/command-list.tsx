/** The commands a drone was given, newest first; one opened shows its whole timeline. */
import { isFinal, nameOfCommand } from '@skein/protocol/fleet';
import { useState } from 'preact/hooks';
import type { View } from '../detail/view.ts';
import { clockTime, zoneWord } from '../format/face.ts';
import { ageExact, utcFull } from '../format/times.ts';
import { type Command, type Delivery, deliveryTo } from './answers.ts';
import type { Book } from './book.ts';
import { Card, StepMark } from './card.tsx';
import type { Desk } from './desk.ts';
import { toneOf, tookMs } from './timeline.ts';

const FIRST = 6;

export interface CommandListProps {
  readonly view: View;
  readonly book: Book;
  readonly desk: Desk;
}

export function CommandList({ view, book, desk }: CommandListProps) {
  const drone = view.record.entry.id;
  const [open, setOpen] = useState<string | null>(null);
  const [all, setAll] = useState(false);
  void book.version.value;
  const ids = book.ofDrone(drone);
  const history = book.history(drone).value;
  return (
    <section class="block command-list" aria-label="Commands">
      <h3>
        Commands <span class="when">{zoneWord(view.nowMs ?? 0)}</span>
      </h3>
      {ids.length === 0 && (
        <p class="nothing">
          {history.state === 'loading' && 'Asking the controller…'}
          {history.state === 'ready' && 'None yet.'}
          {history.state === 'failed' && (
            <>
              Earlier commands cannot be read: {history.words}{' '}
              <button type="button" class="link" onClick={() => book.loadHistory(drone)}>
                Try again
              </button>
            </>
          )}
        </p>
      )}
      <ol>
        {ids.slice(0, all ? ids.length : FIRST).map((id) => (
          <Row
            key={id}
            id={id}
            drone={drone}
            book={book}
            desk={desk}
            view={view}
            open={open === id}
            toggle={() => setOpen(open === id ? null : id)}
          />
        ))}
      </ol>
      {!all && ids.length > FIRST && (
        <button type="button" class="link" onClick={() => setAll(true)}>
          {ids.length - FIRST} earlier
        </button>
      )}
    </section>
  );
}

interface RowProps {
  readonly id: string;
  readonly drone: string;
  readonly book: Book;
  readonly desk: Desk;
  readonly view: View;
  readonly open: boolean;
  readonly toggle: () => void;
}

function Row({ id, drone, book, desk, view, open, toggle }: RowProps) {
  const command = book.command(id).value;
  const delivery = command && deliveryTo(command, drone);
  if (!command || !delivery) return null;
  return (
    <li data-command-row={id}>
      <button type="button" class="command-row" aria-expanded={open} onClick={toggle} title={titleOf(command)}>
        <time>{command.issuedAtMs === null ? '' : clockTime(command.issuedAtMs)}</time>
        <b>{nameOfCommand(command.type, command.params)}</b>
        <StateWord delivery={delivery} />
        <span class="num">{isFinal(delivery.state) ? ageExact(tookMs(delivery, view.nowMs)) : ''}</span>
      </button>
      {open && <Card command={command} drone={drone} desk={desk} view={view} />}
    </li>
  );
}

export function StateWord({ delivery }: { readonly delivery: Delivery }) {
  return (
    <span class="state-word" data-tone={toneOf(delivery.state)}>
      <StepMark node={{ place: 'now', tone: toneOf(delivery.state) }} />
      {delivery.state}
    </span>
  );
}

function titleOf(command: Command): string {
  const at = command.issuedAtMs === null ? '' : utcFull(command.issuedAtMs);
  return `${at}, by ${command.issuedBy}\n${command.id}`;
}
