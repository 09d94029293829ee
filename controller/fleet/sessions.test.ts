import t from 'tap';
import {
  currentOf,
  NO_SESSIONS,
  onChecksumConflict,
  onPresence,
  onTick,
  type PresenceInput,
  type SessionOutput,
  type SessionsState,
} from './sessions.ts';

const S = 1e6;

function presence(session: string, o: Partial<PresenceInput> = {}): PresenceInput {
  const rest = { n: 1, boot: 'boot-a', board: null, bootAgeMs: null, online: true, newestEpoch: null };
  return { session, ...rest, ...o };
}

/** Plays presences at given seconds; the last state and all outputs. */
function play(...steps: readonly (readonly [number, PresenceInput])[]): { state: SessionsState; types: string[] } {
  let state = NO_SESSIONS;
  const outputs: SessionOutput[] = [];
  for (const [seconds, input] of steps) {
    const step = onPresence(state, input, seconds * S);
    state = step.state;
    outputs.push(...step.outputs);
  }
  return { state, types: outputs.map((one) => one.type) };
}

t.test('the first presence makes a session current and online', (t) => {
  const { state, types } = play([0, presence('a')]);
  t.match(currentOf(state), { session: 'a', online: true, reconnects: 0 });
  t.same(types, ['new-session', 'online']);
  t.end();
});

t.test('the highest n is current; an offline of an older session changes nothing', (t) => {
  const { state, types } = play(
    [0, presence('a', { n: 1 })],
    [1, presence('b', { n: 2 })],
    [2, presence('a', { n: 1, online: false })],
  );
  t.match(currentOf(state), { session: 'b', online: true });
  t.equal(types.at(-1), 'old-offline');
  t.end();
});

t.test('a presence of an older session that is still talking does not take over', (t) => {
  const { state } = play([0, presence('b', { n: 2 })], [1, presence('a', { n: 1 })], [2, presence('b', { n: 2 })]);
  t.equal(state.current, 'b');
  t.end();
});

t.test('a lower n takes over when the other is gone: a wiped board counts anew', (t) => {
  const gone = presence('old', { n: 37, online: false });
  t.equal(play([0, presence('old', { n: 37 })], [1, gone], [2, presence('new', { n: 1 })]).state.current, 'new');
  t.equal(play([0, presence('old', { n: 37 })], [29, presence('new', { n: 1 })]).state.current, 'old');
  t.equal(play([0, presence('old', { n: 37 })], [31, presence('new', { n: 1 })]).state.current, 'new');
  t.end();
});

t.test('offline, and back on the same session', (t) => {
  const { state, types } = play([0, presence('a')], [5, presence('a', { online: false })], [9, presence('a')]);
  t.match(currentOf(state), { online: true, reconnects: 1, sinceMonoUs: 9 * S });
  t.same(types, ['new-session', 'online', 'offline', 'online']);
  t.end();
});

t.test('an offline of a session never seen is nobody’s', (t) => {
  const { state, types } = play([0, presence('ghost', { online: false })]);
  t.same(state, NO_SESSIONS);
  t.same(types, ['old-offline']);
  t.end();
});

t.test('two boards alive within 30 s are a conflict, named and held for a minute', (t) => {
  const { state, types } = play(
    [0, presence('a', { board: 'x' })],
    [20, presence('b', { board: 'y', boot: 'boot-b', n: 2 })],
  );
  t.match(state.conflict, { reason: 'two-boards', sessions: ['b', 'a'] });
  t.equal(types.filter((type) => type === 'identity-conflict').length, 1);
  t.ok(onTick(state, 79 * S).conflict, 'held');
  t.equal(onTick(state, 81 * S).conflict, null, 'over a minute after the last evidence');
  t.end();
});

t.test('no conflict: the other said good-bye, was silent, or is the same board after a reboot', (t) => {
  const other = presence('b', { board: 'y', boot: 'boot-b', n: 2 });
  t.equal(
    play([0, presence('a', { board: 'x' })], [1, presence('a', { board: 'x', online: false })], [2, other]).state
      .conflict,
    null,
  );
  t.equal(play([0, presence('a', { board: 'x' })], [31, other]).state.conflict, null);
  const rebooted = presence('b', { board: 'x', boot: 'boot-b', n: 2, bootAgeMs: 15_000 });
  t.equal(play([0, presence('a', { board: 'x' })], [20, rebooted]).state.conflict, null);
  const impossible = presence('b', { board: 'x', boot: 'boot-b', n: 2, bootAgeMs: 60_000 });
  t.match(play([0, presence('a', { board: 'x' })], [20, impossible]).state.conflict, { reason: 'two-boots' });
  t.equal(play([0, presence('a')], [1, presence('b', { n: 2 })]).state.conflict, null, 'the agent restarted');
  t.end();
});

t.test('of two with one n the one alive keeps it', (t) => {
  const { state } = play([0, presence('a', { board: 'x' })], [5, presence('b', { board: 'y' })]);
  t.equal(state.current, 'a');
  t.ok(state.conflict);
  t.end();
});

t.test('the epoch a session lists first is its own, unless it is another session’s', (t) => {
  const { state } = play([0, presence('a', { newestEpoch: 'e1' })], [1, presence('b', { n: 2, newestEpoch: 'e1' })]);
  t.equal(state.sessions.find((one) => one.session === 'a')?.epoch, 'e1');
  t.equal(state.sessions.find((one) => one.session === 'b')?.epoch, null, 'it has stored nothing of its own yet');
  t.end();
});

t.test('a checksum conflict is told once while it lasts', (t) => {
  const { state } = play([0, presence('a')]);
  const first = onChecksumConflict(state, 1 * S);
  t.match(first.outputs, [{ type: 'identity-conflict', conflict: { reason: 'checksum', sessions: ['a'] } }]);
  t.same(onChecksumConflict(first.state, 2 * S).outputs, []);
  t.end();
});

t.test('sessions remembered are bounded', (t) => {
  const many = Array.from({ length: 50 }, (_, i) => [i, presence(`s${i}`, { n: i })] as const);
  const { state } = play(...many);
  t.ok(state.sessions.length <= 8);
  t.equal(state.current, 's49');
  t.end();
});
