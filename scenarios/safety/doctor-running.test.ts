/** `skein-agent doctor` beside an agent that runs: it is asked, and what the autopilot holds against flying is named. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import t from 'tap';
import { createInProcessWorld, type InProcessDrone } from '../in-process.ts';
import { type Said, typeDoctor } from '../kit/doctor-setup.ts';
import { fit } from '../kit/fit.ts';
import { freePort } from '../kit/ports.ts';
import { until } from '../kit/until.ts';

const WITHIN_MS = 180_000;

t.test('well, and broken in flight terms, while the agent has the line', { timeout: 480_000 }, async (t) => {
  // given: three drones on the ground
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'sd-'));
  t.teardown(() => fs.rmSync(root, { recursive: true, force: true }));
  const port = await freePort();
  const world = await createInProcessWorld({
    drones: 3,
    agentsLater: true,
    simulator: { start: 'ready' },
    agentFlags: ['--profile=bench', '--recorder.enabled=false'],
    agentFlagsOf: (index) => (index < 2 ? [`--station=tcp://127.0.0.1:${port}`] : []),
    agentPorts: () => ({ identity: async () => ({ boot: '6f1d2c3b-4a59-4e68-8777-0123456789ab', serial: 'board-1' }) }),
  });
  t.teardown(() => world.close());
  const [well, shut, cut] = world.drones;
  if (!well || !shut || !cut) throw new Error('three drones wanted');
  for (const { simulator } of world.drones) simulator.act((one) => fit(one, 'bench'));
  shut.simulator.act(({ autopilot }) => {
    autopilot.armingBlocks.add(() => 'Hardware safety switch');
    autopilot.parameters.set('MIS_RESTART', 1);
    autopilot.parameters.set('BATT_LOW_VOLT', 99);
  });
  shut.simulator.act((simulator) => simulator.fault('rc-loss'));
  await well.startAgent();
  await shut.startAgent();
  await cut.startAgent();

  const asked = async (drone: InProcessDrone, ...more: readonly string[]): Promise<Said> =>
    typeDoctor([`--dataDir=${drone.dir}`, ...more], { root, boardSerial: async () => 'board-1' });
  const isOk = ({ findings }: Said): boolean => findings.every(({ verdict }) => verdict === 'ok');
  const says = async (drone: InProcessDrone, code: number, codes: readonly string[]): Promise<Said> => {
    let last: Said | null = null;
    const fits = async (): Promise<Said | false> => {
      const now = await asked(drone);
      last = now;
      const isSaid = codes.every((one) => now.findings.some((finding) => finding.code === one));
      // What it cannot tell yet, as parameters that are still being read, changes no exit code.
      return now.code === code && isSaid && (codes.length > 0 || isOk(now)) && now;
    };
    const seen = (): unknown => last?.findings.filter(({ verdict }) => verdict !== 'ok');
    return (await until(fits, { timeoutMs: WITHIN_MS, what: `${drone.id} to end ${code}`, everyMs: 1_000, seen }))
      .value;
  };

  // then: the first is well, and says so
  const fine = await says(well, 0, []);
  t.ok(isOk(fine));
  for (const [area, words] of [
    ['agent', /runs, version/],
    ['line', /system \d+ is heard/],
    ['vehicle', /disarmed, nothing latched, its parameters fit the profile bench/],
    ['uplink', /the controller answers/],
  ] as const)
    t.match(fine.findings.find((one) => one.area === area)?.words, words);

  // the second has its safety switch on, an empty pack, no transmitter, another ground station that it listens to, a
  // parameter that differs, and the port of its station taken by the first
  shut.simulator.act(({ autopilot }) => autopilot.parameters.set('MAV_GCS_SYSID', 250));
  const holding = ['safety-switch', 'failsafe-battery', 'rc-missing', 'failsafe-gcs'];
  const shutSays = await says(shut, 5, [...holding, 'profile-differs', 'station-closed']);
  const remedyOf = (code: string): string =>
    shutSays.findings.find((one) => one.code === code)?.remedy.join('\n') ?? '';
  t.match(remedyOf('safety-switch'), /press the button/);
  t.match(remedyOf('failsafe-battery'), /put in a charged pack .*skein-agent new-pack/);
  t.match(remedyOf('rc-missing'), /switch the transmitter on/);
  t.match(remedyOf('failsafe-gcs'), /MAV_GCS_SYSID .* was changed/);
  t.match(remedyOf('profile-differs'), /set MIS_RESTART = 0 with a ground station/);
  t.match(remedyOf('station-closed'), new RegExp(`ss -lntup \\| grep :${port}`));

  // the third hears nothing more of its autopilot
  cut.simulator.act((simulator) => simulator.fault('mute'));
  await says(cut, 5, ['line-silent']);

  // and no controller is left to anybody
  await world.stopController();
  const alone = await says(well, 5, ['broker-refused']);
  const refused = alone.findings.find(({ code }) => code === 'broker-refused');
  t.match(refused?.words, new URL(world.mqttUrl).port, 'the broker of the agent, not that of the defaults');
  t.match(refused?.remedy[0], /start the controller/);
});
