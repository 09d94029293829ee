import t from 'tap';
import { resumeWords } from './resume-words.ts';
import { flying } from './testing/situation.ts';

const said = (change: Parameters<typeof flying>[0], takeControl = true) => resumeWords(flying(change), takeControl);

t.test('a mission it had before us: after our hold it flies off, and that is said with the item', async (t) => {
  const held = said({ control: 'unknown', mode: 'GUIDED', missionSeq: 4 });
  t.match(held, {
    moves: true,
    words:
      /flies on AT ONCE with its mission, item 4 of the autopilot’s list\. Otherwise it goes on as it does now \(GUIDED\)\.$/,
  });
  t.match(
    said({ control: 'unknown', mode: 'AUTO', missionSeq: 4 }).words,
    /a mission that is being flown is flown on, item 4 of the autopilot’s list/,
  );
  t.match(said({ control: 'skein', mode: 'GUIDED', missionSeq: null }, false), {
    moves: true,
    words: /AT ONCE with its mission, the item it was on\. Otherwise the drone refuses/,
  });
});

t.test(
  'an itinerary: from a hold or a waiting mode at once, in the mission as it does, else only control',
  async (t) => {
    const itinerary = { id: 'round', state: 'interrupted' };
    t.match(said({ control: 'pilot', mode: 'GUIDED', itinerary }), {
      moves: true,
      words: /AT ONCE with its itinerary round/,
    });
    t.match(
      said({ control: 'skein', mode: 'AUTO', itinerary: { id: 'round', state: 'held' } }, false).words,
      /AT ONCE/,
    );
    t.match(said({ control: 'unknown', mode: 'AUTO', itinerary }), {
      moves: true,
      words: /itinerary round, as it does now/,
    });
    const loiter = said({ control: 'pilot', mode: 'LOITER', itinerary });
    t.match(loiter, { moves: false, words: /as it does now \(LOITER\): to go on with round, send Hold, then Resume/ });
  },
);

t.test('what the drone refuses is said too', async (t) => {
  t.match(said({ control: 'failsafe' }), { moves: false, words: /refuses/ });
  t.match(said({ control: 'pilot' }, false), { moves: false, words: /refuses/ });
  t.match(said({ control: 'skein', itinerary: { id: 'round', state: 'flying' } }), { moves: false, words: /refuses/ });
});
