/** Many drones lose their connections at once: real sockets, a real broker, one alert. */
import type { KindName } from '@skein/protocol/telemetry';
import t from 'tap';
import { startController, tempDir } from './testing/controller.ts';
import { FLYING, QuickAgent, quickClock, SAID_MS, sample } from './testing/quick-agent.ts';
import { until } from './testing/until.ts';

const WITHIN_MS = 60_000;

interface Shown {
  readonly class: string;
  readonly drone: string | null;
  readonly drones: readonly string[];
  readonly words: string;
}

t.test('the network under many drones goes at once: one alert, over when they are back', async (t) => {
  // given: more than gather, all in the air
  const FLEET = 30;
  const running = await startController(tempDir(), { clock: quickClock });
  t.teardown(() => running.controller.close());
  const agents = Array.from({ length: FLEET }, (_, n) => {
    const tag = String(n + 10);
    return new QuickAgent({ drone: `storm-${tag}`, session: `bbbbbbbb000000${tag}`, epoch: `10000000000000${tag}` });
  });
  const connect = () =>
    Promise.all(
      agents.map(async (agent) => {
        await agent.connectTo(running.addresses.mqtt);
        agent.presence();
        agent.time();
      }),
    );
  await connect();
  let n = 0;
  const speaking = setInterval(() => {
    n++;
    for (const agent of agents) {
      if (agent.closed) continue;
      agent.live(Object.entries(FLYING).map(([kind, values]) => sample(agent, kind as KindName, values)));
      if (n % 4 === 0) agent.time();
    }
  }, SAID_MS);
  t.teardown(() => clearInterval(speaking));
  const alerts = async (query: string) =>
    (await running.get(`/api/v1/alerts?limit=200&${query}`)).body.alerts as readonly Shown[];
  await until(async () => {
    const { drones } = (await running.get('/api/v1/drones')).body as {
      drones: readonly { kinds?: { status?: object } }[];
    };
    return drones.length === FLEET && drones.every(({ kinds }) => kinds?.status !== undefined);
  }, 'all in the air');

  // when
  for (const agent of agents) agent.kill();

  // then
  let storm: readonly Shown[] = [];
  await until(
    async () => {
      storm = (await alerts('open=true')).filter((one) => one.class === 'last-will');
      return storm.length === 1 && storm[0]?.drones.length === FLEET;
    },
    'one alert of all',
    WITHIN_MS,
  );
  t.match(storm, [{ drone: null, words: `${FLEET} of ${FLEET} drones at once: their connections are gone` }]);
  await connect();
  await until(async () => (await alerts('open=true')).length === 0, 'it is over', WITHIN_MS);
  const own = (await alerts('open=false')).filter((one) => one.class === 'last-will' && one.drone !== null);
  t.ok(own.length < 8, `${own.length} were told alone before they were many`);
});
