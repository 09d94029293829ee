import t from 'tap';
import { forceHelps, interlocksOf, mayGo } from './interlocks.ts';
import { flying, standing } from './testing/situation.ts';

const stops = (...args: Parameters<typeof interlocksOf>): string[] =>
  interlocksOf(...args)
    .filter((one) => one.state !== 'ok')
    .map((one) => one.words);

t.test('a drone at rest may be rebooted', async (t) => {
  t.same(stops('reboot', standing()), []);
  t.ok(mayGo(interlocksOf('reboot', standing())));
});

t.test('armed, flying, locked, piloted: never, and force does not help', async (t) => {
  for (const s of [
    flying(),
    standing({ armed: true }),
    standing({ locked: true }),
    standing({ control: 'pilot' }),
    standing({ fetchingLog: true }),
  ]) {
    const list = interlocksOf('reboot', s);
    t.notOk(mayGo(list));
    t.notOk(forceHelps(list));
  }
  t.match(stops('reboot', standing({ locked: true, lockedBy: 'drone', lockReason: 'propeller' })), [
    'locked on the ground at the drone (propeller)',
  ]);
});

t.test('force: an active leg, and a state unknown after 30 s of silence', async (t) => {
  t.ok(forceHelps(interlocksOf('reboot', standing({ onLeg: true }))));
  t.ok(forceHelps(interlocksOf('reboot', standing({ freshness: 'lost', ageMs: 31_000 }))));
  t.notOk(forceHelps(interlocksOf('reboot', standing({ freshness: 'stale', ageMs: 10_000 }))));
  t.notOk(forceHelps(interlocksOf('reboot', standing({ armed: null, freshness: 'lost', ageMs: 31_000 }))));
});

t.test('what never waits is not offered to a drone that is away', async (t) => {
  for (const type of ['arm', 'disarm', 'goto', 'resume', 'set-parameter'] as const) {
    t.notOk(mayGo(interlocksOf(type, standing({ online: false, freshness: 'lost', ageMs: 60_000 }))), type);
  }
  t.ok(mayGo(interlocksOf('ping', standing({ online: false }))));
});

t.test('a page that is not live knows of no connection; what was offline stays stopped', async (t) => {
  const [first] = interlocksOf('arm', standing({ pageLive: false }));
  t.match(first, { state: 'unknown', words: /not live: connected when it last was/ });
  const [gone] = interlocksOf('arm', standing({ pageLive: false, online: false }));
  t.match(gone, { state: 'stop', words: /not live: offline when it last was/ });
});

t.test('arming: the pre-flight list stops it, a list not heard of does not', async (t) => {
  t.ok(mayGo(interlocksOf('arm', standing())));
  const s = standing({ preflight: { verdict: 'stop', stops: ['FS_GCS_ENABLE 0, wanted 1'] } });
  t.same(stops('arm', s), ['pre-flight: FS_GCS_ENABLE 0, wanted 1']);
  t.notOk(mayGo(interlocksOf('arm', s)));
});

t.test('in the air: no disarming, no parameters; on the ground: nowhere to go', async (t) => {
  t.same(stops('disarm', flying()), ['in the air: it is never disarmed there']);
  t.same(stops('set-parameter', flying()), ['armed: parameters stay as they are']);
  t.same(stops('goto', standing()), ['on the ground']);
});
