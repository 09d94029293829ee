/** Search or command: one field and a list, by the keyboard alone. What it does is said in entries.ts. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { alertsOpen } from '../alerts/alert-button.tsx';
import { inHand } from '../commands/desk.ts';
import { askingName } from '../commands/operator.ts';
import { stateFilter } from '../list/list-state.ts';
import type { Fleet } from '../live/fleet.ts';
import { orders } from '../orders/desk.ts';
import { stateWords } from '../orders/order-words.ts';
import { places, pressed } from '../places/held.ts';
import { go, selectedId } from '../shell/route.ts';
import { phone } from '../shell/screen.ts';
import { shortcutsOpen } from '../shell/shortcuts.tsx';
import { chooseTheme } from '../shell/theme.ts';
import { type Deed, type Entry, entriesFor, keptId, type World } from './entries.ts';
import { paletteOpen } from './open.ts';
import { recent, remember } from './recent.ts';

export interface PaletteProps {
  readonly fleet: Fleet;
  readonly fitFleet: () => void;
}

export function Palette(props: PaletteProps) {
  return paletteOpen.value ? <Opened {...props} /> : null;
}

function worldOf(fleet: Fleet): World {
  return {
    drones: fleet.ids.peek(),
    orders: (orders.value.peek()?.orders ?? []).map((one) => ({
      id: one.id,
      words: stateWords(one),
      drone: one.drone,
    })),
    bases: places.value.peek()?.bases ?? [],
    selected: selectedId(),
    recent: recent.peek(),
  };
}

function Opened({ fleet, fitFleet }: PaletteProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  // The list stands still while it is read: as it was when the palette was opened.
  const [world] = useState(() => worldOf(fleet));
  const entries = entriesFor(query, world);
  const active = Math.min(at, entries.length - 1);

  // Before it is painted: the next key may come at once, and must go here.
  useLayoutEffect(() => dialog.current?.showModal(), []);
  useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active, query]);

  const close = (): void => {
    paletteOpen.value = false;
  };
  const type = (text: string): void => {
    setQuery(text);
    setAt(0);
  };
  const choose = (entry: Entry | undefined, byKey: boolean): void => {
    if (entry === undefined) return;
    const id = keptId(entry);
    if (id !== null) remember(id);
    if (entry.deed.do === 'type') {
      type(entry.deed.text);
      input.current?.focus();
      return;
    }
    dialog.current?.close();
    close();
    act(entry.deed, { fitFleet, byKey });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const last = entries.length - 1;
    const isClosing = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k';
    if (isClosing) close();
    else if (event.isComposing) return;
    else if (event.key === 'ArrowDown') setAt(active >= last ? 0 : active + 1);
    else if (event.key === 'ArrowUp') setAt(active <= 0 ? last : active - 1);
    else if (event.key === 'PageDown') setAt(Math.min(last, active + 8));
    else if (event.key === 'PageUp') setAt(Math.max(0, active - 8));
    else if (event.key === 'Enter') {
      if (!event.repeat) choose(entries[active], true);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onClick = ({ target }: MouseEvent): void => {
    if (target === dialog.current) close();
    const option = target instanceof Element ? target.closest<HTMLElement>('[data-entry]') : null;
    if (option !== null)
      choose(
        entries.find(({ id }) => id === option.dataset.entry),
        false,
      );
  };

  return (
    <dialog
      ref={dialog}
      class="palette"
      aria-label="Search or command"
      onClose={close}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      <div class="palette-box">
        <input
          ref={input}
          type="text"
          role="combobox"
          aria-label="Search or command"
          aria-expanded={entries.length > 0}
          aria-controls="palette-list"
          aria-autocomplete="list"
          aria-activedescendant={entries.length > 0 ? `palette-${active}` : undefined}
          autocomplete="off"
          spellcheck={false}
          placeholder="A drone, an order, a base, a page, “hold heron-01” …"
          maxLength={80}
          value={query}
          onInput={(event) => type(event.currentTarget.value)}
        />
        <div
          ref={list}
          id="palette-list"
          role="listbox"
          tabIndex={-1}
          aria-label="What fits"
          data-count={entries.length}
        >
          {entries.map((entry, i) => (
            <div
              key={entry.id}
              id={`palette-${i}`}
              role="option"
              tabIndex={-1}
              aria-selected={i === active}
              data-entry={entry.id}
              onPointerMove={() => i !== active && setAt(i)}
            >
              <small>{entry.group}</small>
              <b>{entry.words}</b>
              <i>{entry.note}</i>
            </div>
          ))}
        </div>
        <p class="palette-foot" role="status">
          {!fleet.loaded.value
            ? 'The drones are not known yet: the controller has not answered.'
            : entries.length === 0
              ? 'Nothing fits. Drones, orders, bases and pages are found by a part of their name.'
              : `${entries.length} ${entries.length === 1 ? 'fits' : 'shown'}. ↑ ↓ choose, Enter opens, Esc closes. Nothing here moves an aircraft.`}
        </p>
      </div>
    </dialog>
  );
}

interface Acting {
  readonly fitFleet: () => void;
  readonly byKey: boolean;
}

function act(deed: Deed, { fitFleet, byKey }: Acting): void {
  switch (deed.do) {
    case 'go':
      location.hash = deed.hash;
      return;
    case 'base':
      go({ view: phone.peek() ? 'map' : 'list' });
      pressed.value = { kind: 'base', id: deed.id };
      return;
    case 'question': {
      const { drone, type } = deed;
      go({ view: 'drone', id: drone });
      const ask = (): void => {
        inHand.value = { kind: 'safe', drone, type };
      };
      // A key held down repeats: the Enter that opens the question must not answer it as well.
      if (byKey) window.addEventListener('keyup', ask, { once: true });
      else ask();
      return;
    }
    case 'theme':
      chooseTheme(deed.theme);
      return;
    case 'filter':
      stateFilter.value = deed.state;
      go({ view: 'list' });
      return;
    case 'fit':
      go({ view: phone.peek() ? 'map' : 'list' });
      fitFleet();
      return;
    case 'alerts':
      alertsOpen.value = true;
      return;
    case 'keys':
      shortcutsOpen.value = true;
      return;
    case 'name':
      askingName.value = true;
      return;
    case 'type':
      return;
  }
}
