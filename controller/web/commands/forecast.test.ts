import t from 'tap';
import { forecast } from './forecast.ts';
import { flying, standing } from './testing/situation.ts';

const plain = (text: string): string => text.replace(/\u202f/g, ' ');
const words = (...args: Parameters<typeof forecast>): string => {
  const { headline, notes } = forecast(...args);
  return plain([headline, ...notes].join('\n'));
};

t.test('a fresh drone: what it does now', async (t) => {
  t.match(forecast('hold', flying()), { outcome: 'now', confirm: 'Hold heron-07' });
  t.match(words('hold', flying()), /^Hover at 34 m\nIt flies at 12 m\/s and needs some metres/);
  t.notMatch(words('hold', flying({ speedMps: 0.2 })), /some metres/);
  t.match(words('return', flying()), /^Fly 556 m back to home and land there\n[\s\S]*Battery 71 % now\./);
  t.match(words('land', flying()), /^Come down 34 m and land right here\nHere is 43\.70000° N .* 556 m N of home\./);
  t.match(words('land', flying({ place: null })), /has not been reported: look at it/);
  t.match(words('land', flying({ placeAgeMs: 7200 })), /as it was 7\.2 s ago/);
});

t.test('in a release: return and land do not wait for the line, and say so', async (t) => {
  const releasing = flying({ itinerary: { id: 'round', state: 'releasing' } });
  for (const type of ['return', 'land'] as const) t.match(words(type, releasing), /reeled in on the way; Abort reels/);
  t.notMatch(words('hold', releasing), /reeled in/);
  t.notMatch(words('return', flying({ itinerary: { id: 'round', state: 'flying' } })), /reeled in/);
});

t.test('a stale or offline drone: queued, and for how long', async (t) => {
  const stale = forecast('hold', flying({ freshness: 'stale', ageMs: 7200 }));
  t.match(stale, { outcome: 'waits', headline: 'Queued 60 s: drone is stale' });
  t.match(plain(stale.short), 'queued 60 s');
  t.match(words('hold', flying({ freshness: 'stale', ageMs: 7200 })), /last seen 7\.2 s ago[\s\S]*Then: hover at 34 m/);
  t.match(
    words('land', flying({ online: false, freshness: 'lost', ageMs: 240_000 })),
    /drone is offline\nheron-07 is not connected, last seen 4 min 00 s ago\. It acts only if it comes back within 60 s/,
  );
});

t.test('a pilot flies: hold is refused, return and land say whom they take it from', async (t) => {
  t.match(forecast('hold', flying({ control: 'pilot' })), { outcome: 'refused', short: 'a pilot flies' });
  t.match(forecast('return', flying({ control: 'pilot' })), { outcome: 'pilot', confirm: 'Return, pilot or not' });
  t.match(forecast('land', flying({ control: 'pilot', freshness: 'stale', ageMs: 5000 })), {
    outcome: 'pilot',
    headline: 'Queued 60 s: drone is stale',
  });
  t.match(words('land', flying({ control: 'pilot' })), /A pilot is flying: this takes the aircraft out of their hands/);
});

t.test('a failsafe acts', async (t) => {
  const failsafe = flying({ control: 'failsafe', mode: 'RTL' });
  t.equal(forecast('hold', failsafe).outcome, 'refused');
  t.equal(forecast('return', failsafe).outcome, 'now');
  t.equal(forecast('return', { ...failsafe, mode: 'LAND' }).outcome, 'refused');
  t.equal(forecast('land', failsafe).outcome, 'now');
});

t.test('on the ground', async (t) => {
  t.match(forecast('return', standing()), { outcome: 'refused', short: 'on ground' });
  t.match(forecast('land', standing()), { outcome: 'refused' });
  t.match(forecast('hold', standing()), { outcome: 'now', short: 'on ground' });
});

t.test('a page that is not live says so', async (t) => {
  t.match(words('hold', flying({ pageLive: false })), /This page is not live/);
  const deaf = flying({ pageLive: false, deafMs: 19_000, freshness: 'stale', ageMs: 19_400 });
  for (const s of [deaf, flying({ pageLive: false, deafMs: 1_000 })]) {
    t.match(forecast('hold', s), { outcome: 'waits', short: 'not live' });
    t.notMatch(words('hold', s), /is connected|Queued/i, 'nobody knows that');
  }
  t.match(
    words('hold', deaf),
    /live last, 19 s ago, heron-07 was connected; its newest sample is 19 s old\. [\s\S]*Then: hover at 34 m/,
  );
  t.match(forecast('land', standing({ pageLive: false })), {
    outcome: 'refused',
    short: 'not live',
    headline: /^As last known/,
  });
});
