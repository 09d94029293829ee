/** Situation 24 of docs/flight-rules.md as a roll-out: one armed, one that restarts, one that keeps its own value; and a restart of the controller. */
import t from 'tap';
import { createInProcessWorld, type InProcessDrone } from '../in-process.ts';
import { getJson, post } from '../kit/http.ts';
import { until } from '../kit/until.ts';
import { known } from '../reboot/boards.ts';

const NAME = 'WPNAV_SPEED_DN';
const valueAt = ({ simulator }: InProcessDrone): number => simulator.simulator.autopilot.parameters.value(NAME);

interface RolloutView {
  readonly id: string;
  readonly state: string;
  readonly open: boolean;
  readonly words?: string;
  readonly drones: readonly { readonly drone: string; readonly state: string; readonly words: string | null }[];
}

t.test('a roll-out', { timeout: 120_000 }, async (t) => {
  // given: five drones on the ground
  const world = await createInProcessWorld({
    drones: 5,
    simulator: { start: 'ready' },
    agentFlags: ['--recorder.enabled=false', '--backoff.minS=0.05', '--backoff.maxS=0.5'],
  });
  t.teardown(() => world.close());
  const [good, armed, restarting, refusing, last] = world.drones;
  if (!good || !armed || !restarting || !refusing || !last) throw new Error('five drones wanted');
  const live = world.live();
  await known(live, world.ids);
  const before = valueAt(good);
  const wanted = before + 25;
  armed.simulator.act(({ autopilot }) => {
    autopilot.parameters.set('DISARM_DELAY', 0);
    autopilot.flight.arm(autopilot.vehicle.body, autopilot.nowMs);
  });
  refusing.simulator.simulator.stage('stubborn').stage.meddle({
    received: (message, _frame, port) => {
      if (message?.name !== 'PARAM_SET') return false;
      const { param_id, param_type } = message.fields;
      port.send('PARAM_VALUE', { param_id, param_value: before, param_type, param_count: 1_400, param_index: 65_535 });
      return true;
    },
  });
  await until(() => live.drones.get(armed.id)?.kinds.status?.values.armed === true, {
    timeoutMs: 20_000,
    what: 'one to be armed',
  });
  // when: its agent restarts as the roll-out begins
  await restarting.stopAgent();
  const begin = async (wish: object): Promise<RolloutView> => {
    const { status, text } = await post(`${world.httpUrl}/api/v1/rollouts`, wish);
    t.equal(status, 201, status === 201 ? 'begun' : text);
    return JSON.parse(text) as RolloutView;
  };
  const begun = await begin({
    targets: world.ids,
    parameters: { [NAME]: wanted },
    stageSize: 4,
    issuedBy: 'Ann',
  });
  let seen: RolloutView = begun;
  const sees = (what: string, is: () => boolean) =>
    until(
      async () => {
        seen = await getJson<RolloutView>(`${world.httpUrl}/api/v1/rollouts/${begun.id}`);
        return is();
      },
      { timeoutMs: 40_000, everyMs: 200, what, seen: () => seen },
    );
  const of = ({ id }: InProcessDrone) => seen.drones.find(({ drone }) => drone === id);
  await sees(
    'one set, one skipped, one failed',
    () => [of(good)?.state, of(armed)?.state, of(refusing)?.state].join() === 'done,skipped,failed',
  );
  await sees('a roll-out that is over', () => !seen.open);
  // then
  t.match(seen, { state: 'stopped', words: new RegExp(refusing.id) });
  t.match(of(armed), { words: 'armed' });
  t.match(of(restarting), { state: 'cancelled', words: /nothing was set/ });
  t.match(of(last), { state: 'cancelled' });
  t.same([good, armed, refusing, last].map(valueAt), [wanted, before, before, before]);
  t.match(await getJson(`${world.httpUrl}/api/v1/drones/${good.id}/settings`), {
    reported: { parameters: { [NAME]: { value: wanted } } },
  });
  // when: another one for the two that are left, and the controller restarts while it waits for the one that is away
  const next = await begin({
    targets: [restarting.id, last.id],
    parameters: { [NAME]: wanted },
    issuedBy: 'Ann',
  });
  seen = next;
  await world.stopController();
  await world.startController();
  await restarting.startAgent();
  await until(
    async () => {
      seen = await getJson<RolloutView>(`${world.httpUrl}/api/v1/rollouts/${next.id}`);
      return !seen.open;
    },
    { timeoutMs: 60_000, everyMs: 200, what: 'it goes on', seen: () => seen },
  );
  t.match(seen, { state: 'done', drones: [{ state: 'done' }, { state: 'done' }] });
  t.same([restarting, last].map(valueAt), [wanted, wanted]);
});
