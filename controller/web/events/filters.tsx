/** What the log is asked for, as fields; each change is in the link at once. */
import { thingWords } from '@skein/protocol/fleet';
import { useEffect, useRef, useState } from 'preact/hooks';
import { face, zoneWord } from '../format/face.ts';
import type { Fleet } from '../live/fleet.ts';
import { ask, filter } from './desk.ts';
import { ACTORS, type ActorFilter, ALL, type Filter, isAll, KINDS } from './filter.ts';
import { fieldOf, instantOf } from './local-time.ts';

/** A pause in typing; each search reads some thousands of events. */
const PAUSE_MS = 350;
const ACTOR_WORDS: Readonly<Record<ActorFilter, string>> = {
  people: 'people',
  drone: 'drones',
  controller: 'the controller itself',
};

export function Filters({ fleet }: { readonly fleet: Fleet }) {
  const now = filter.value;
  const kind = now.kinds.length > 1 ? 'several' : (now.kinds[0] ?? '');
  const [open, setOpen] = useState(now.fromMs !== null || now.toMs !== null || now.type !== '' || now.drone !== '');
  return (
    <form
      class="event-filters"
      aria-label="Search events"
      onSubmit={(event) => event.preventDefault()}
      onKeyDown={leaveField}
    >
      <Typed name="text" label="Search words" placeholder="Words in any part of an event" autoFocus />
      <label class="field">
        <span>About</span>
        <select
          value={kind}
          onChange={({ currentTarget: { value } }) => ask({ kinds: value === '' ? [] : [value] })}
          data-filter="kind"
        >
          <option value="">everything</option>
          {kind === 'several' && <option value="several">{now.kinds.join(', ')}</option>}
          {kind !== '' && kind !== 'several' && !KINDS.some(([one]) => one === kind) && (
            <option value={kind}>{kind}</option>
          )}
          {KINDS.map(([one, words]) => (
            <option key={one} value={one}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Done by</span>
        <select
          value={now.actor}
          data-filter="actor"
          onChange={({ currentTarget: { value } }) => ask({ actor: ACTORS.find((one) => one === value) ?? '' })}
        >
          <option value="">anybody</option>
          {ACTORS.map((one) => (
            <option key={one} value={one}>
              {ACTOR_WORDS[one]}
            </option>
          ))}
        </select>
      </label>
      <button type="button" class="second" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? 'Fewer' : 'More'} filters
      </button>
      {open && (
        <div class="event-filters-more">
          <Typed name="by" label="Name of who did it" placeholder="the whole name" />
          <Typed name="drone" label="Drone" placeholder="its name" list={fleet.ids.value} />
          <OrderField />
          <Typed name="type" label="Type" placeholder="placed, delivery, gap …" />
          <TimeField name="fromMs" label="From" />
          <TimeField name="toMs" label="Before" />
        </div>
      )}
      <Chips now={now} />
    </form>
  );
}

/** Esc leaves the field, and only then the log. */
function leaveField(event: KeyboardEvent): void {
  if (event.key !== 'Escape' || !(event.target instanceof HTMLElement)) return;
  event.target.blur();
  event.preventDefault();
  event.stopPropagation();
}

interface TypedProps {
  readonly name: 'text' | 'by' | 'type' | 'drone';
  readonly label: string;
  readonly placeholder: string;
  readonly list?: readonly string[];
  readonly autoFocus?: boolean;
}

/** A field that is searched for after a pause; what the link says wins when it changes from elsewhere. */
function Typed({ name, label, placeholder, list, autoFocus = false }: TypedProps) {
  const given = filter.value[name];
  const [text, setText] = useState(given);
  const input = useRef<HTMLInputElement>(null);
  const sent = useRef(given);
  useEffect(() => {
    if (given !== sent.current) setText(given);
    sent.current = given;
  }, [given]);
  useEffect(() => {
    if (text.trim() === sent.current.trim()) return;
    const timer = setTimeout(() => {
      const value =
        name === 'drone'
          ? text
              .trim()
              .toLowerCase()
              .replace(/[^a-z0-9-]/g, '')
          : text.trim();
      sent.current = value;
      ask({ [name]: value });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => {
    if (autoFocus && document.activeElement === document.body) input.current?.focus({ preventScroll: true });
  }, []);
  return (
    <label class="field" data-wide={name === 'text'}>
      <span>{label}</span>
      <input
        ref={input}
        type={name === 'text' ? 'search' : 'text'}
        autocomplete="off"
        spellcheck={false}
        maxLength={name === 'text' ? 200 : 64}
        placeholder={placeholder}
        data-filter={name}
        list={list === undefined ? undefined : `events-${name}`}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      {list !== undefined && text !== '' && (
        <datalist id={`events-${name}`}>
          {list
            .filter((one) => one.includes(text.trim().toLowerCase()))
            .slice(0, 12)
            .map((one) => (
              <option key={one} value={one} />
            ))}
        </datalist>
      )}
    </label>
  );
}

const ORDER = /^[0-9A-HJKMNP-TV-Z]{26}$/;

function OrderField() {
  const { entity } = filter.value;
  const given = entity.startsWith('order:') ? entity.slice(6) : '';
  const [wrong, setWrong] = useState(false);
  return (
    <label class="field">
      <span>Order</span>
      <input
        type="text"
        autocomplete="off"
        spellcheck={false}
        placeholder="its id, 26 characters"
        aria-invalid={wrong}
        data-filter="order"
        value={given}
        onChange={({ currentTarget: { value } }) => {
          const id = value.trim().toUpperCase();
          setWrong(id !== '' && !ORDER.test(id));
          if (id === '' || ORDER.test(id)) ask({ entity: id === '' ? '' : `order:${id}` });
        }}
      />
    </label>
  );
}

function TimeField({ name, label }: { readonly name: 'fromMs' | 'toMs'; readonly label: string }) {
  const at = filter.value[name];
  return (
    <label class="field">
      <span>
        {label} ({zoneWord(at ?? Date.now())})
      </span>
      <input
        type="datetime-local"
        data-filter={name}
        value={fieldOf(at, face.value)}
        onChange={({ currentTarget: { value } }) => ask({ [name]: instantOf(value, face.value) })}
      />
    </label>
  );
}

/** What is asked for and stands in no field that is open, each with the way to take it back. */
function Chips({ now }: { readonly now: Filter }) {
  if (isAll(now)) return null;
  const { entity, by, drone, type } = now;
  const chips: (readonly [words: string, without: Partial<Filter>])[] = [
    ...(entity === '' ? [] : [[`only ${thingWords(entity)}`, { entity: '' }] as const]),
    ...(by === '' ? [] : [[`by ${by}`, { by: '' }] as const]),
    ...(drone === '' ? [] : [[`about ${drone}`, { drone: '' }] as const]),
    ...(type === '' ? [] : [[`type ${type}`, { type: '' }] as const]),
  ];
  return (
    <p class="event-chips">
      {chips.map(([words, without]) => (
        <button key={words} type="button" onClick={() => ask(without)} title="Take this filter away">
          {words} <span aria-hidden="true">✕</span>
          <span class="visually-hidden">: take this filter away</span>
        </button>
      ))}
      <button type="button" class="link" onClick={() => ask(ALL)}>
        Show all events
      </button>
    </p>
  );
}
