/**
 * At the foot of a drone's panel, always in the same place: Hold, Return, Land; above them the question being asked and
 * what became of the commands given.
 */
import { isFinal, nameOfCommand } from '@skein/protocol/fleet';
import { useEffect } from 'preact/hooks';
import type { View } from '../detail/view.ts';
import { picking } from '../map/picking.ts';
import { Icon } from '../shell/icon.tsx';
import { deliveryTo } from './answers.ts';
import type { Book } from './book.ts';
import { Card } from './card.tsx';
import { Confirm } from './confirm.tsx';
import { type Desk, drafts, inHand } from './desk.ts';
import { DraftCard } from './draft-card.tsx';
import { forecast, SAFE_TYPES, type SafeType } from './forecast.ts';
import { DeliberateForm } from './form.tsx';
import { More } from './more.tsx';
import { type Situation, situationOf } from './situation.ts';
import { markSeen, unseen } from './unseen.ts';

export interface DockProps {
  readonly view: View;
  readonly book: Book;
  readonly desk: Desk;
}

/** Cards shown at once; older ones are in the list of commands. */
const MOST_CARDS = 3;

export function Dock({ view, book, desk }: DockProps) {
  const { id } = view.record.entry;
  const situation = situationOf(view.record, view);

  useEffect(() => {
    const close = book.openDrone(id);
    return () => {
      close();
      if (picking.peek() === null && inHand.peek()?.drone === id) inHand.value = null;
    };
  }, [id]);

  const hand = inHand.value?.drone === id ? inHand.value : null;
  return (
    <section class="dock" aria-label={`Commands to ${id}`}>
      <div class="dock-cards">
        <Sending drone={id} desk={desk} />
        <Shown view={view} book={book} desk={desk} busy={hand !== null} />
      </div>
      {hand?.kind === 'safe' && <Confirm key={hand.type} type={hand.type} situation={situation} desk={desk} />}
      {hand?.kind === 'more' && <More situation={situation} />}
      {hand?.kind === 'form' && (
        <DeliberateForm
          key={`${hand.type} ${hand.params.undo ?? ''}`}
          type={hand.type}
          given={hand.params}
          situation={situation}
          desk={desk}
        />
      )}
      <Buttons situation={situation} open={hand?.kind === 'safe' ? hand.type : hand === null ? null : 'more'} />
    </section>
  );
}

const ICONS: Readonly<Record<SafeType, string>> = {
  hold: 'M6 3.5v11M12 3.5v11',
  return: 'M3 9.5 9 4l6 5.5M5 8v6.5h8V8',
  land: 'M9 2.5v8M5.5 7.5 9 11l3.5-3.5M3.5 15h11',
};
const KEYS: Readonly<Record<SafeType, string>> = { hold: 'H', return: 'R', land: 'L' };

function Buttons({ situation, open }: { readonly situation: Situation; readonly open: SafeType | 'more' | null }) {
  const drone = situation.id;
  return (
    <div class="dock-buttons">
      {SAFE_TYPES.map((type) => {
        const { short, outcome } = forecast(type, situation);
        return (
          <button
            key={type}
            type="button"
            class="safe"
            data-safe={type}
            data-outcome={outcome}
            aria-expanded={open === type}
            aria-keyshortcuts={KEYS[type]}
            title={`${nameOfCommand(type)} ${drone} (${KEYS[type]}): asks first`}
            onClick={() => {
              inHand.value = open === type ? null : { kind: 'safe', drone, type };
            }}
          >
            <Icon box={18} width={1.8} path={ICONS[type]} />
            <b>{nameOfCommand(type)}</b>
            <i>{short}</i>
          </button>
        );
      })}
      <button
        type="button"
        class="safe more"
        aria-expanded={open === 'more'}
        aria-keyshortcuts="M"
        title="More commands (M)"
        onClick={() => {
          inHand.value = open === 'more' ? null : { kind: 'more', drone };
        }}
      >
        more <span aria-hidden="true">▾</span>
      </button>
    </div>
  );
}

/** What is on its way to the controller, or was refused there. */
function Sending({ drone, desk }: { readonly drone: string; readonly desk: Desk }) {
  const mine = drafts.value.filter((one) => one.drone === drone);
  return (
    <>
      {mine.map((draft) => (
        <DraftCard key={draft.key} draft={draft} desk={desk} />
      ))}
    </>
  );
}

/**
 * Open commands of anybody, and those sent from here whose end has not been looked at; while a question is asked only the
 * open ones, so that it has room.
 */
function Shown({ view, book, desk, busy }: DockProps & { readonly busy: boolean }) {
  const drone = view.record.entry.id;
  void book.version.value;
  const waiting = new Set(unseen.value.filter((one) => one.drone === drone).map((one) => one.id));
  const shown = book.ofDrone(drone).flatMap((id) => {
    const command = book.command(id).value;
    const delivery = command && deliveryTo(command, drone);
    if (!command || !delivery) return [];
    return !isFinal(delivery.state) || (waiting.has(id) && !busy) ? [{ command, final: isFinal(delivery.state) }] : [];
  });
  const key = shown.map(({ command }) => command.id).join(' ');
  useEffect(() => {
    const releases = shown.map(({ command }) => book.follow(command.id));
    return () => {
      for (const release of releases) release();
    };
  }, [key]);
  const rest = shown.slice(MOST_CARDS);
  return (
    <>
      {rest.length > 0 && <p class="dock-rest">{rest.length} more in the list of commands below</p>}
      {shown.slice(0, MOST_CARDS).map(({ command }) => (
        <Card
          key={command.id}
          command={command}
          drone={drone}
          desk={desk}
          view={view}
          onSeen={() => markSeen([command.id])}
        />
      ))}
    </>
  );
}
