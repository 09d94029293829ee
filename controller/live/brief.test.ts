import t from 'tap';
import { Briefs } from './brief.ts';
import type { DroneDelta } from './messages.ts';

/** A drone that says everything anew four times a second; what it says is which round it was. */
function given() {
  let round = 0;
  const part = (id: string, fields: ReadonlySet<string>, kinds: ReadonlySet<string>): DroneDelta | null => {
    if (id === 'gone') return null;
    const values = [...kinds].map((kind) => [kind, { values: { round } }]);
    const rest = kinds.size > 0 ? { kinds: Object.fromEntries(values) } : {};
    return { id, ...Object.fromEntries([...fields].map((name) => [name, { round }])), ...rest } as DroneDelta;
  };
  const briefs = new Briefs({ part });
  const all = {
    fields: new Set(['online', 'freshness', 'link', 'clock']),
    kinds: new Set(['position', 'home', 'gps', 'esc.5']),
  };
  return {
    briefs,
    say: (...ids: readonly string[]) => {
      round++;
      const deltas = ids.map((id) => part(id, all.fields, all.kinds) ?? ({ id, link: {} } as DroneDelta));
      return briefs.take(deltas, round * 250_000);
    },
  };
}

t.test('at once what list and map show; the rest as it is then, once in five seconds', async (t) => {
  const { say, briefs } = given();
  const [brief, ...more] = say('d1');
  t.same(more, []);
  t.same(brief, {
    ...{ id: 'd1', online: { round: 1 }, freshness: { round: 1 } },
    kinds: { position: { values: { round: 1 } }, home: { values: { round: 1 } } },
  });
  const rounds = Array.from({ length: 100 }, () => say('d1'));
  const rest = rounds.flatMap((said, i) => (said.length > 1 ? [{ i, late: said[1] }] : []));
  t.ok(rest.length === 4 || rest.length === 5, `${rest.length} in 25 s`);
  for (const { i, late } of rest)
    t.same(late, {
      ...{ id: 'd1', link: { round: i + 2 }, clock: { round: i + 2 } },
      kinds: { gps: { values: { round: i + 2 } } },
    });
  t.same(Object.keys(briefs.late('d1')?.kinds ?? {}).sort(), ['esc.5', 'gps'], 'what panels show waits for one');
});

t.test('of a drone that falls silent the rest comes all the same, once; of one that is gone nothing', async (t) => {
  const { say, briefs } = given();
  say('d1', 'gone');
  const later = Array.from({ length: 40 }, () => say()).flat();
  t.equal(later.length, 1);
  t.match(later[0], { id: 'd1', kinds: { gps: {} } });
  t.same(Object.keys(briefs.late('d1')?.kinds ?? {}), ['esc.5']);
  t.equal(briefs.late('gone'), null);
});

t.test('one that may be new to a page comes with all its fields', async (t) => {
  const { briefs } = given();
  const fields = { firstSeenUtcUs: 7, online: true, link: { liveHz: 1 }, clock: { source: 'gps', errUs: 1 } };
  const whole = { id: 'd1', ...fields, kinds: { gps: {}, status: {} } } as unknown as DroneDelta;
  t.same(briefs.take([whole], 1), [{ id: 'd1', ...fields, kinds: { status: {} } }]);
});

t.test('a fleet is not told all at once', async (t) => {
  const { say } = given();
  const ids = Array.from({ length: 400 }, (_, i) => `drone-${i}`);
  const late = Array.from({ length: 40 }, () => say(...ids).length - ids.length);
  t.ok(Math.max(...late) < 100, `at most ${Math.max(...late)} of 400 in a round`);
  t.ok(late.reduce((sum, n) => sum + n, 0) >= 400);
});
