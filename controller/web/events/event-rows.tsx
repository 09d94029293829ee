/** The events in sight, of however many; the keyboard moves through all of them. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { clockDate, clockTime } from '../format/face.ts';
import { utcFull } from '../format/times.ts';
import { windowOf } from '../list/density.ts';
import { phone } from '../shell/screen.ts';
import { chosen } from './desk.ts';
import { type LoggedEvent, whoWords } from './event.ts';

const ROW_PX = 26;
const PHONE_ROW_PX = 64;
const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: 10, PageUp: -10 };

export interface RowsProps {
  readonly events: readonly LoggedEvent[];
  readonly children: preact.ComponentChildren;
}

export function EventRows({ events, children }: RowsProps) {
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ heightPx: 600, scrollPx: 0 });
  const rowPx = phone.value ? PHONE_ROW_PX : ROW_PX;
  const { first, end } = windowOf(seen.scrollPx, seen.heightPx, rowPx, events.length);
  const at = chosen.value === null ? -1 : events.findIndex(({ cursor }) => cursor === chosen.value);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = (): void => setSeen({ heightPx: element.clientHeight, scrollPx: element.scrollTop });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, []);

  // Newer ones come above: whoever reads further down keeps what is read in place.
  const top = useRef<string | null>(null);
  useLayoutEffect(() => {
    const element = box.current;
    const came = top.current === null ? -1 : events.findIndex(({ cursor }) => cursor === top.current);
    if (element !== null && came > 0 && element.scrollTop > 0) element.scrollTop += came * rowPx;
    top.current = events[0]?.cursor ?? null;
  }, [events]);

  const move = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || events.length === 0) return;
    const by = STEPS[event.key];
    const last = events.length - 1;
    const next = event.key === 'Home' ? 0 : event.key === 'End' ? last : by === undefined ? null : at < 0 ? 0 : at + by;
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    const index = Math.max(0, Math.min(last, next));
    chosen.value = events[index]?.cursor ?? null;
    const element = box.current;
    if (element === null) return;
    const head = element.clientHeight - rowPx;
    element.scrollTop = Math.min(index * rowPx, Math.max(element.scrollTop, index * rowPx - head));
  };

  const press = ({ target }: MouseEvent): void => {
    const cursor = target instanceof Element ? target.closest<HTMLElement>('[data-cursor]')?.dataset.cursor : undefined;
    if (cursor !== undefined) chosen.value = cursor === chosen.value ? null : cursor;
  };

  return (
    <div ref={box} class="event-rows" data-events={events.length}>
      {events.length > 0 && (
        <div
          role="listbox"
          aria-label="Events, newest first"
          tabIndex={0}
          class="event-space"
          style={{ height: `${events.length * rowPx}px` }}
          aria-activedescendant={at >= first && at < end ? rowId(at) : undefined}
          onKeyDown={move}
          onClick={press}
        >
          {events.slice(first, end).map((event, i) => (
            <Row key={event.cursor} event={event} index={first + i} of={events.length} rowPx={rowPx} />
          ))}
        </div>
      )}
      {children}
    </div>
  );
}

const rowId = (index: number): string => `event-${index}`;

interface RowProps {
  readonly event: LoggedEvent;
  readonly index: number;
  readonly of: number;
  readonly rowPx: number;
}

function Row({ event, index, of, rowPx }: RowProps) {
  const { cursor, atMs, kind, entity, type, words, why } = event;
  return (
    <div
      id={rowId(index)}
      role="option"
      tabIndex={-1}
      aria-selected={cursor === chosen.value}
      aria-posinset={index + 1}
      aria-setsize={of}
      class="event-row"
      data-kind={kind}
      data-type={type}
      data-entity={entity}
      data-cursor={cursor}
      style={{ top: `${index * rowPx}px`, height: `${rowPx}px` }}
    >
      <time title={utcFull(atMs)}>
        <i>{clockDate(atMs)}</i> {clockTime(atMs)}
      </time>
      <span class="who" data-by={event.by?.kind ?? ''} title={event.by?.kind ?? 'not known'}>
        {whoWords(event)}
      </span>
      <span class="what" title={words}>
        {words}
      </span>
      <span class="why" title={why ?? ''}>
        {why ?? ''}
      </span>
    </div>
  );
}
