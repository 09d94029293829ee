/** In the bar: commands sent from here whose end has not been looked at, with the way to them. */
import { isFinal } from '@skein/protocol/fleet';
import { useEffect } from 'preact/hooks';
import { routeHash } from '../shell/route.ts';
import type { Book } from './book.ts';
import { drafts } from './desk.ts';
import { toneOf } from './timeline.ts';
import { markSeen, type Unseen, unseen } from './unseen.ts';

/** As many as are kept current while their panels are closed. */
const WATCHED = 12;

export function Waiting({ book }: { readonly book: Book }) {
  const all = unseen.value;
  const key = all.map((one) => one.id).join(' ');
  useEffect(() => {
    const releases = all.slice(0, WATCHED).map((one) => book.follow(one.id));
    return () => {
      for (const release of releases) release();
    };
  }, [key]);
  void book.version.value;
  const gone = all.filter((one) => book.trouble(one.id)?.gone).map((one) => one.id);
  useEffect(() => markSeen(gone), [gone.join(' ')]);
  const worst = all.slice(0, WATCHED).map((one) => ({ one, tone: worstTone(book, one) }));
  const refused = drafts.value.filter((one) => one.trouble !== null);
  if (refused[0] !== undefined) {
    const { drone } = refused[0];
    return (
      <a
        class="waiting"
        data-tone="bad"
        href={routeHash(drone === null ? { view: 'list' } : { view: 'drone', id: drone })}
      >
        <b>{refused.length}</b> <span>not taken</span>
      </a>
    );
  }
  const first = worst.find(({ tone }) => tone === 'bad' || tone === 'doubt') ?? worst[0];
  if (first === undefined) return null;
  const bad = worst.filter(({ tone }) => tone === 'bad' || tone === 'doubt').length;
  return (
    <a
      class="waiting"
      data-tone={bad > 0 ? 'bad' : first.tone}
      href={hashOf(first.one)}
      title="Commands not looked at yet"
      aria-label={`${all.length} commands not looked at yet${bad > 0 ? `, ${bad} not done` : ''}`}
    >
      {bad > 0 && (
        <svg width="12" height="12" viewBox="0 0 14 14" aria-hidden="true">
          <path d="M7 1 13.5 12.5H.5Z" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round" />
        </svg>
      )}
      <b>{all.length}</b>
      <span>
        {all.length === 1 ? 'command' : 'commands'}
        {bad > 0 && `, ${bad} not done`}
      </span>
    </a>
  );
}

function hashOf({ id, drone }: Unseen): string {
  return drone === null ? routeHash({ view: 'command', id }) : routeHash({ view: 'drone', id: drone });
}

function worstTone(book: Book, { id }: Unseen): 'open' | 'good' | 'bad' | 'doubt' {
  const command = book.command(id).value;
  if (command === null) return 'open';
  const tones = command.deliveries.map((one) => toneOf(one.state));
  if (tones.includes('bad')) return 'bad';
  if (tones.includes('doubt')) return 'doubt';
  return command.deliveries.every((one) => isFinal(one.state)) ? 'good' : 'open';
}
