/** The event that is looked at: in words, where it leads, and as it is stored. */
import { clockDate, clockTime, zoneWord } from '../format/face.ts';
import { utcFull } from '../format/times.ts';
import { Close } from '../shell/close.tsx';
import { textOf } from '../shell/json.ts';
import { chosen } from './desk.ts';
import { type LoggedEvent, whoWords } from './event.ts';
import { linksOf, moreOf } from './links.ts';

export function EventDetail({ event }: { readonly event: LoggedEvent }) {
  const { atMs, by, entity, version, words, why, raw } = event;
  return (
    <section class="event-detail" aria-label="The event looked at" data-event={event.cursor}>
      <header>
        <h3>{words}</h3>
        <Close
          label="Close the event (Esc)"
          onClick={() => {
            chosen.value = null;
          }}
        />
      </header>
      <dl>
        <dt>When</dt>
        <dd title={utcFull(atMs)}>
          {clockDate(atMs)} {clockTime(atMs)} {zoneWord(atMs)} · {utcFull(atMs)}
        </dd>
        <dt>Who</dt>
        <dd>
          {whoWords(event)} {by !== null && by.name !== '' && <small>({by.kind})</small>}
        </dd>
        <dt>Why</dt>
        <dd>{why ?? 'nobody said'}</dd>
        <dt>Event</dt>
        <dd>
          number {version} of <span class="mono">{entity}</span>
        </dd>
      </dl>
      <p class="event-links">
        {linksOf(event).map((link) => (
          <a key={link.href} href={link.href}>
            {link.words}
          </a>
        ))}
        {event.kind === 'alert' && <span>Open alerts are in the bar (A).</span>}
        {moreOf(event).map((link) => (
          <a key={link.href} href={link.href} data-more>
            {link.words}
          </a>
        ))}
      </p>
      <details>
        <summary>As it is stored</summary>
        <p class="note">
          Its hash covers all that is stored of it and the hash before it in {entity}:{' '}
          <span class="mono copyable">{textOf(raw.hash) ?? 'none'}</span>
        </p>
        <textarea class="mono" readOnly rows={12} aria-label="As it is stored" value={JSON.stringify(raw, null, 2)} />
      </details>
    </section>
  );
}
