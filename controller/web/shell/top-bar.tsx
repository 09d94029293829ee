/** The bar above everything: whose it is, how many are well, whether the page is live, what time it is. */
import { AlertButton } from '../alerts/alert-button.tsx';
import type { Book } from '../commands/book.ts';
import { Waiting } from '../commands/waiting.tsx';
import { StopButton } from '../ground-stop/stop-form.tsx';
import { stateFilter, toggleState } from '../list/list-state.ts';
import type { Fleet } from '../live/fleet.ts';
import { OrdersLink } from '../orders/orders-link.tsx';
import { PaletteButton } from '../palette/button.tsx';
import { Clock } from './clock.tsx';
import { Dot } from './glyph.tsx';
import { Icon } from './icon.tsx';
import { OperatorButton } from './operator-button.tsx';
import { shortcutsOpen } from './shortcuts.tsx';
import { chooseTheme, THEMES, type Theme, theme } from './theme.ts';

export function TopBar({ fleet, book }: { readonly fleet: Fleet; readonly book: Book }) {
  return (
    <header class="topbar">
      <h1 class="brand">
        <svg
          width="20"
          height="20"
          viewBox="0 0 32 32"
          fill="none"
          stroke-linecap="round"
          stroke-linejoin="round"
          aria-hidden="true"
        >
          <path d="M4 25 16 7l12 18" stroke="var(--skein)" stroke-width="3" />
          <path d="m11 25 5-7.5L21 25" stroke="currentColor" stroke-width="2.6" />
        </svg>
        Skein
      </h1>
      <Tally fleet={fleet} />
      <AlertButton fleet={fleet} />
      <a class="plan-link" href="#/plan" title="Draw an itinerary">
        Plan
      </a>
      <OrdersLink />
      <a class="events-link" href="#/events" title="What happened, and who did it (e)">
        Events
      </a>
      <span class="spacer" />
      <PaletteButton />
      <Waiting book={book} />
      <StopButton fleet={fleet} />
      <LiveState fleet={fleet} />
      <Clock fleet={fleet} />
      <OperatorButton />
      <NextTheme />
      <button
        type="button"
        class="help"
        aria-label="Keys (?)"
        title="Keys (?)"
        onClick={() => {
          shortcutsOpen.value = true;
        }}
      >
        ?
      </button>
    </header>
  );
}

function Tally({ fleet }: { readonly fleet: Fleet }) {
  const counts = fleet.counts.value;
  return (
    <nav class="counts" aria-label="Show drones that are">
      {(['fresh', 'stale', 'lost'] as const).map((state) => (
        <button
          key={state}
          type="button"
          class="count"
          data-state={state}
          data-count={counts[state]}
          data-none={counts[state] === 0}
          aria-pressed={stateFilter.value === state}
          title={`Show only ${state} drones`}
          onClick={() => toggleState(state)}
        >
          <Dot state={state} />
          <b>{counts[state]}</b> <span>{state}</span>
        </button>
      ))}
    </nav>
  );
}

function LiveState({ fleet }: { readonly fleet: Fleet }) {
  const { state } = fleet.connection.value;
  const words = state === 'open' ? 'Live' : state === 'connecting' ? 'Connecting' : 'Not live';
  return (
    <span
      class="live-state"
      role="status"
      data-state={state}
      title={
        fleet.controller.value
          ? `Controller ${fleet.controller.value.name}, version ${fleet.controller.value.version}`
          : ''
      }
    >
      <Dot state={state === 'open' ? 'fresh' : 'waiting'} />
      {words}
    </span>
  );
}

const ICONS: Record<Theme, string> = {
  dark: 'M10.8 8.9A4.6 4.6 0 0 1 5.1 3.2a4.9 4.9 0 1 0 5.7 5.7Z',
  light:
    'M7 4.4a2.6 2.6 0 1 1 0 5.2 2.6 2.6 0 0 1 0-5.2ZM7 .8v1.6M7 11.6v1.6M.8 7h1.6M11.6 7h1.6M2.6 2.6l1.1 1.1M10.3 10.3l1.1 1.1M11.4 2.6l-1.1 1.1M3.7 10.3l-1.1 1.1',
  outdoors: 'M7 1.4a5.6 5.6 0 1 0 0 11.2A5.6 5.6 0 1 0 7 1.4ZM7 1.4v11.2M7 3.2h4.2M7 5.7h5.4M7 8.3h5.4M7 10.8h4.2',
};
const NAMES: Record<Theme, string> = { dark: 'Dark', light: 'Light', outdoors: 'Outdoors, highest contrast' };

/** One press to the next: on a phone in the sun nobody aims at three. */
function NextTheme() {
  const now = theme.value;
  const next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length] ?? 'dark';
  const words = `${NAMES[now]}. Press for ${NAMES[next].toLowerCase()}`;
  return (
    <button type="button" class="theme" title={words} aria-label={words} onClick={() => chooseTheme(next)}>
      <Icon box={14} width={1.3} path={ICONS[now]} />
    </button>
  );
}
