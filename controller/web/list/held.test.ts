import t from 'tap';
import type { CommandEntry, ItineraryEntry } from '../../live/messages.ts';
import { isHeld, type Seen } from './held.ts';

const AUTO: Seen = { mode: 'AUTO', inAir: true, speedMps: 0.2 };
const control = (state: string) => ({ control: { state } });
const itinerary = (state: string) => ({ itinerary: { id: 'round', state } as ItineraryEntry });
/** Newest first. */
const commands = (...all: readonly string[]) => ({
  commands: all.map((one) => {
    const [type, state = 'succeeded'] = one.split(' ');
    return { type, state } as CommandEntry;
  }),
});

t.test('an itinerary says itself that it is held, whatever the mode', async (t) => {
  t.ok(isHeld({ ...control('skein'), ...itinerary('held') }, AUTO));
  t.ok(isHeld({ ...control('skein'), ...itinerary('held') }, { ...AUTO, mode: 'GUIDED' }));
  t.notOk(isHeld({ ...control('skein'), ...itinerary('flying'), ...commands('hold') }, AUTO), 'it flies on');
  t.notOk(isHeld({ ...control('pilot'), ...itinerary('held') }, AUTO), 'a pilot has it');
  t.notOk(isHeld({ ...control('skein'), ...itinerary('held') }, { ...AUTO, inAir: false }), 'on the ground');
});

t.test('a mission of its own: a hold that succeeded, with nothing after it', async (t) => {
  const held = (seen: Partial<Seen>, ...all: readonly string[]) =>
    isHeld({ ...control('unknown'), ...commands(...all) }, { ...AUTO, ...seen });
  t.notOk(held({}), 'no command was given');
  t.ok(held({}, 'hold'));
  t.ok(held({}, 'ping', 'resume rejected', 'return queued', 'hold'), 'what came to nothing ends no hold');
  t.notOk(held({}, 'resume', 'hold'));
  t.notOk(held({}, 'resume executing', 'hold'), 'it may fly on at any moment');
  t.notOk(held({}, 'hold executing'), 'not yet');
  t.notOk(held({}, 'hold failed'));
  t.notOk(held({ speedMps: 6 }, 'hold'), 'somebody else let it fly on');
  t.notOk(held({ mode: 'RTL' }, 'hold'), 'it flies home now');
  t.ok(held({ mode: 'GUIDED', speedMps: null }, 'hold'));
});
