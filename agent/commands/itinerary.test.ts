/** What return, land and abort mean beside an itinerary. */
import t from 'tap';
import { type CommandItinerary, itineraryExecutors } from './itinerary.ts';
import { FLYING, GROUNDED } from './testing/bench.ts';
import type { Executor, Task } from './types.ts';
import type { CommandVehicle } from './vehicle.ts';

const TASK = { params: {}, issuedBy: 'Ann', signal: new AbortController().signal } as unknown as Task;

interface Given {
  readonly moved?: string;
  readonly state?: CommandVehicle['state'];
  readonly underWay?: boolean;
  readonly hangs?: boolean;
  readonly crashed?: boolean;
}

function given(o: Given = {}) {
  const done: string[] = [];
  const flown = (name: string): Executor => ({
    act: async () => {
      done.push(name);
      if (o.crashed === true) return { state: 'unknown', reason: 'crash: it FALLS', detail: {} };
      return { state: 'succeeded', reason: 'done', detail: {} };
    },
  });
  const itinerary = {
    isUnderWay: o.underWay ?? false,
    canAbort: false,
    againstReturn: () => o.moved ?? null,
    left: (how: string) => done.push(`left ${how}`),
    secureOnTheWay: async () => {
      if (o.hangs === true) done.push('reel in');
      return o.hangs === true ? 'reeling in was ordered' : null;
    },
  } as unknown as CommandItinerary;
  const names = ['hold', 'resume', 'return', 'land', 'abort', 'arm'] as const;
  const executors = itineraryExecutors(
    Object.fromEntries(names.map((name) => [name, flown(name)])) as Parameters<typeof itineraryExecutors>[0],
    {
      vehicle: { state: o.state ?? FLYING } as CommandVehicle,
      itinerary,
      pause: async () => {},
    },
  );
  return { done, executors };
}

t.test('home has moved: return, and abort in the air, are refused with the place; land and hold go', async (t) => {
  const moved = 'home-moved: home is where it-1 came down, 55 m from its base';
  const { executors } = given({ moved });
  t.same(executors.return.against?.(TASK), [moved]);
  t.same(executors.abort.against?.(TASK), [moved]);
  t.same(executors.land.against?.(TASK) ?? [], []);
  t.same(executors.hold.against?.(TASK) ?? [], []);
  const standing = given({ moved, state: GROUNDED });
  t.same(standing.executors.abort.against?.(TASK), [], 'on the ground it only disarms');
  t.same(given().executors.return.against?.(TASK), []);
});

t.test('ordered home or down: it goes first, then its line is reeled in, and the answer says so', async (t) => {
  for (const how of ['return', 'land'] as const) {
    const { done, executors } = given({ underWay: true, hangs: true });
    const outcome = await executors[how].act(TASK, {});
    t.match(outcome, { state: 'succeeded', detail: { payload: 'reeling in was ordered' } }, how);
    t.same(done, [how, `left ${how}`, 'reel in']);
  }
  const bare = given({ underWay: true });
  t.same((await bare.executors.return.act(TASK, {})).detail, {}, 'nothing hangs out');
  const without = given({ hangs: true });
  await without.executors.return.act(TASK, {});
  t.same(without.done, ['return'], 'no itinerary is under way');
});

t.test(
  'a drone that lies crashed and took the mode all the same: what it flew with is ended, or held, as if it flew on',
  async (t) => {
    const { done, executors } = given({ underWay: true, crashed: true });
    t.match(await executors.return.act(TASK, {}), { state: 'unknown', reason: /^crash/ });
    t.same(done, ['return', 'left return']);
  },
);
