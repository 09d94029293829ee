/** The fleet as a table: filter, sort, keyboard; only rows in sight are in the page. */

import { useComputed } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Broadcast } from '../commands/broadcast.tsx';
import type { Desk } from '../commands/desk.ts';
import type { Fleet } from '../live/fleet.ts';
import { ask } from '../shell/ask.ts';
import { Icon, SEARCH } from '../shell/icon.tsx';
import { selectedId } from '../shell/route.ts';
import { phone } from '../shell/screen.ts';
import { choosing, stopChoosing } from './chosen.ts';
import { rowHeightPx, windowOf } from './density.ts';
import { FleetEmpty, FleetLoading, NothingMatches } from './empty.tsx';
import { FleetRow, placeOf } from './fleet-row.tsx';
import { GROUPINGS, HEAD, linesOf } from './groups.ts';
import { cursorId, filterText, groupBy, groups, readGroups, sortBy, sortOrder, stateFilter } from './list-state.ts';
import { partsOf } from './listed.ts';
import type { SortKey } from './order.ts';

const COLUMNS: readonly {
  readonly key: SortKey;
  readonly label: string;
  readonly title: string;
  readonly number: boolean;
}[] = [
  { key: 'id', label: 'drone', title: 'Sort by name', number: false },
  { key: 'mode', label: 'mode', title: 'Flight mode; grey while disarmed', number: false },
  { key: 'battery', label: 'battery', title: 'Charge left', number: false },
  { key: 'speed', label: 'm/s', title: 'Speed over ground', number: true },
  { key: 'height', label: 'm', title: 'Height above home', number: true },
  {
    key: 'backlog',
    label: 'queue',
    title: 'Batches the drone holds that are not yet here; off: agent not connected',
    number: true,
  },
  { key: 'age', label: 'age', title: 'Age of the newest sample', number: true },
];
const PHONE_ROW_PX = 60;

export function FleetList({ fleet, desk }: { readonly fleet: Fleet; readonly desk: Desk }) {
  const rows = useRef<HTMLDivElement>(null);
  const [box, setBox] = useState({ heightPx: 720, scrollPx: 0 });
  const listed = useComputed(() => linesOf(partsOf(fleet)));
  const lines = listed.value;
  const total = fleet.ids.value.length;
  const small = phone.value;
  const rowPx = small ? PHONE_ROW_PX : rowHeightPx(box.heightPx, Math.max(total, lines.length));
  const seen = windowOf(box.scrollPx, box.heightPx, rowPx, lines.length);
  const ids = lines.filter((one) => !one.startsWith(HEAD));
  const selected = selectedId();

  useEffect(() => {
    const element = rows.current;
    if (!element) return;
    const measure = (): void => setBox({ heightPx: element.clientHeight, scrollPx: element.scrollTop });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, []);

  // However a drone was opened, the keyboard goes on from there.
  useEffect(() => {
    if (selected !== null) cursorId.value = selected;
  }, [selected]);

  // Keeps the row the keyboard is on in sight.
  const cursor = cursorId.value;
  useEffect(() => {
    const element = rows.current;
    const index = cursor === null ? -1 : lines.indexOf(cursor);
    if (!element || index < 0) return;
    const top = index * rowPx;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowPx > element.scrollTop + element.clientHeight)
      element.scrollTop = top + rowPx - element.clientHeight;
  }, [cursor, rowPx]);

  return (
    <section class="pane pane-list" aria-label="Fleet">
      <ListTools shown={ids.length} total={total} />
      <ColumnHeads />
      <div ref={rows} class="rows" data-density={rowPx} data-rows={ids.length}>
        {!fleet.loaded.value ? (
          <FleetLoading />
        ) : total === 0 ? (
          <FleetEmpty />
        ) : ids.length === 0 ? (
          <NothingMatches />
        ) : (
          <ul class="rows-space" aria-label="Drones" style={{ height: `${lines.length * rowPx}px` }}>
            {lines.slice(seen.first, seen.end).map((id, i) => {
              const at = { index: seen.first + i, heightPx: rowPx };
              if (id.startsWith(HEAD))
                return (
                  <li key={id} class="part" style={placeOf(at)}>
                    {id}
                  </li>
                );
              return (
                <FleetRow
                  key={id}
                  fleet={fleet}
                  id={id}
                  {...at}
                  selected={id === selected}
                  cursor={id === (cursor ?? ids[0])}
                  phone={small}
                />
              );
            })}
          </ul>
        )}
      </div>
      <Broadcast fleet={fleet} desk={desk} />
    </section>
  );
}

function ListTools({ shown, total }: { readonly shown: number; readonly total: number }) {
  const filtered = filterText.value.trim() !== '' || stateFilter.value !== 'all';
  return (
    <div class="list-tools">
      <Icon {...SEARCH} />
      <input
        id="filter"
        type="text"
        autocomplete="off"
        spellcheck={false}
        placeholder="Filter by name, mode, control"
        aria-label="Filter drones"
        value={filterText.value}
        onInput={(event) => {
          filterText.value = event.currentTarget.value;
        }}
      />
      {filtered ? (
        <>
          <span class="shown" role="status">
            {shown} of {total}
          </span>
          <button
            type="button"
            class="clear"
            onClick={() => {
              filterText.value = '';
              stateFilter.value = 'all';
            }}
          >
            Show all
          </button>
        </>
      ) : (
        <kbd title="Press / to filter">/</kbd>
      )}
      <GroupBy />
      <button
        type="button"
        class="choose"
        aria-pressed={choosing.value}
        disabled={total === 0}
        title="Choose several drones and command them together (X)"
        onClick={() => {
          if (choosing.value) stopChoosing();
          else choosing.value = true;
        }}
      >
        Choose
      </button>
    </div>
  );
}

const GROUPS_EVERY_MS = 30_000;

function GroupBy() {
  const by = groupBy.value;
  useEffect(() => {
    if (by !== 'group') return;
    const look = (): void =>
      void ask('/api/v1/groups', {}).then((answer) => {
        if (answer.ok) groups.value = readGroups(answer.value);
      });
    look();
    const timer = setInterval(look, GROUPS_EVERY_MS);
    return () => clearInterval(timer);
  }, [by]);
  return (
    <select
      name="groups"
      aria-label="Group the list"
      value={by}
      onChange={(event) => {
        groupBy.value = GROUPINGS.find((one) => one === event.currentTarget.value) ?? '';
      }}
    >
      {GROUPINGS.map((one) => (
        <option key={one} value={one}>
          {one === '' ? 'no groups' : `by ${one}`}
        </option>
      ))}
    </select>
  );
}

function ColumnHeads() {
  const order = sortOrder.value;
  return (
    <div class="columns">
      <span />
      {COLUMNS.map(({ key, label, title, number }) => {
        const active = order.key === key;
        const arrow = active ? (order.descending ? '↓' : '↑') : '';
        return (
          <button
            key={key}
            type="button"
            class={number ? 'num' : ''}
            aria-pressed={active}
            title={`${title}. Click to sort${active ? ' the other way' : ''}.`}
            onClick={() => sortBy(key)}
          >
            {number ? `${arrow} ${label}` : `${label} ${arrow}`}
          </button>
        );
      })}
    </div>
  );
}
