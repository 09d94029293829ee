import t, { type Test } from 'tap';
import { ulidMaker } from '../../commands/index.ts';
import { until } from '../../testing/until.ts';
import { commandsMissing, forget, isEmpty, isLoading, pasts, readAtMs, readPast, trouble } from './past.ts';

const at = (ms: number): string => new Date(ms).toISOString();
const SPAN = { fromMs: 1_000_000, toMs: 2_000_000 };

/** The controller: `answer` says what it answers; null: it never does. */
function controllerThat(t: Test, answer: (url: URL) => Response | null): { asked: URL[]; aborted: string[] } {
  forget();
  const [asked, aborted]: [URL[], string[]] = [[], []];
  const { fetch: before } = globalThis;
  t.teardown(() => {
    globalThis.fetch = before;
  });
  globalThis.fetch = (input, init) => {
    const url = new URL(String(input), 'http://controller');
    asked.push(url);
    const said = answer(url);
    if (said !== null) return Promise.resolve(said);
    return new Promise((_, reject) => {
      init?.signal?.addEventListener('abort', () => {
        aborted.push(url.searchParams.get('kind') ?? 'commands');
        reject(new Error('aborted'));
      });
    });
  };
  return { asked, aborted };
}

function telemetry(url: URL, times: readonly number[]): Response {
  const { searchParams } = url;
  const [from, to] = [Number(searchParams.get('from')), Number(searchParams.get('to'))];
  const columns = Object.fromEntries(
    (searchParams.get('columns') ?? '').split(',').map((name) => [name, times.map(() => 1)]),
  );
  const answer = {
    from: at(from),
    to: at(to),
    rows: times.length,
    times: times.map(at),
    columns,
    gaps: [],
    filledLater: [],
  };
  return Response.json(url.pathname.endsWith('commands') ? { commands: [] } : answer);
}

t.test('each kind is asked for at the width of a chart, with what was said before', async (t) => {
  const { asked } = controllerThat(t, (url) => telemetry(url, [1_500_000]));
  readPast('d1', SPAN, 500, 2_000_000);
  t.ok(isLoading.value);
  await until(() => readAtMs.value === 2_000_000, 'all of it');
  const of = (kind: string) => asked.find((url) => url.searchParams.get('kind') === kind)?.searchParams;
  t.match(Object.fromEntries(of('air') ?? []), { from: '1000000', to: '2000000', maxPoints: '2500' });
  t.equal(of('battery')?.get('instance'), '0');
  t.ok(Number(of('itinerary')?.get('from')) < SPAN.fromMs);
  const before = asked.find((url) => url.pathname.endsWith('commands'))?.searchParams.get('before') ?? '';
  const made = ulidMaker(() => 0.999);
  t.ok(made(SPAN.toMs) < before && made(SPAN.toMs + 1) > before, 'commands: those until the end of the span');
  t.same([isLoading.value, isEmpty.value, trouble.value], [false, false, null]);
});

t.test('a new span ends the requests of the old one, whose lines stay until the new ones come', async (t) => {
  let answers = true;
  const { aborted } = controllerThat(t, (url) => (answers ? telemetry(url, []) : null));
  readPast('d1', SPAN, 500, 2_000_000);
  await until(() => !isLoading.value, 'all of it');
  t.ok(isEmpty.value);
  const held = pasts.position.value.table;
  answers = false;
  const stop = readPast('d1', { fromMs: 0, toMs: 10 }, 500, 2_000_000);
  stop();
  await until(() => aborted.length === 11, 'the end of all');
  t.equal(pasts.position.value.table, held);
  t.equal(trouble.value, null, 'what was given up is no trouble');
});

t.test('what cannot be read says why, and was not read', async (t) => {
  controllerThat(t, (url) =>
    url.searchParams.get('kind') === 'gps'
      ? Response.json({ title: 'The store is slow', detail: 'try again' }, { status: 503 })
      : telemetry(url, [1_500_000]),
  );
  readPast('d1', SPAN, 500, 2_000_000);
  await until(() => !isLoading.value, 'all of it');
  t.equal(trouble.value, 'The store is slow: try again');
  t.equal(readAtMs.value, null);
  t.not(pasts.position.value.table, null, 'the rest is shown');
});

t.test('what could not be read of one drone is not said of the next', async (t) => {
  controllerThat(t, (url) =>
    url.pathname.endsWith('commands') ? Response.json({}, { status: 503 }) : telemetry(url, [1_500_000]),
  );
  readPast('d1', SPAN, 500, 2_000_000);
  await until(() => commandsMissing.value !== null, 'the commands');
  forget();
  t.equal(commandsMissing.value, null);
});
