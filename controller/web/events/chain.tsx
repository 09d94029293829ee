/** How far the events are signed. The page cannot check them: it says what the controller says, and how to check that. */
import { useEffect, useState } from 'preact/hooks';
import { keepReading } from '../detail/keep-reading.ts';
import { clockDate, clockMinute, zoneWord } from '../format/face.ts';
import { utcFull } from '../format/times.ts';
import { ask } from '../shell/ask.ts';
import { numberOf, textOf } from '../shell/json.ts';
import { type LoggedEvent, readAnswer } from './event.ts';

/** One is signed once a day. */
const EVERY_MS = 60_000;
const NEWEST = '/api/v1/events/search?entity=controller&type=checkpoint&limit=1';

export function Chain() {
  const [newest, setNewest] = useState<LoggedEvent | null | 'asking' | 'failed'>('asking');
  useEffect(() => {
    return keepReading({
      everyMs: EVERY_MS,
      read: async (): Promise<LoggedEvent | null | 'failed'> => {
        const asked = await ask(NEWEST, {});
        const answer = asked.ok ? readAnswer(asked.value) : null;
        return answer === null ? 'failed' : (answer.events[0] ?? null);
      },
      onAnswer: setNewest,
      onTrouble: () => setNewest('failed'),
    });
  }, []);
  return (
    <p class="event-chain" data-chain>
      {words(newest)} To check them: <code>skein-controller verify</code>.
    </p>
  );
}

function words(newest: LoggedEvent | null | 'asking' | 'failed') {
  if (newest === 'asking') return 'Asking how far the events are signed…';
  if (newest === 'failed') return 'How far the events are signed cannot be read now.';
  if (newest === null) return 'No checkpoint of the events has been signed yet: that is done once a day.';
  const { atMs, data } = newest;
  return (
    <span title={`${utcFull(atMs)}\ndigest ${textOf(data.digest) ?? 'unknown'}`}>
      Signed up to event {numberOf(data.to) ?? '?'} on {clockDate(atMs)} {clockMinute(atMs)} {zoneWord(atMs)}{' '}
      (checkpoint {numberOf(data.number) ?? '?'}); each event is chained to the one before.
    </span>
  );
}
