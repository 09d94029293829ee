import { encode, MavAutopilot, MavModeFlag, MavState, MavType } from '@skein/protocol/mavlink';
import type { Sample } from '@skein/protocol/telemetry';
import t from 'tap';
import { Vehicle, type VehicleLink } from './vehicle.ts';

/** A vehicle on a link whose other end is this test. */
function vehicleUnderTest() {
  const samples: Sample[] = [];
  let reader: (chunk: Uint8Array) => void = () => {};
  let nowUs = 0;
  const link: VehicleLink = {
    isOpen: true,
    endpoint: { kind: 'memory' },
    nominalBytesPerS: null,
    measuredBytesPerS: 0,
    counters: { bytesOut: 0, opens: 1 },
    read(given) {
      reader = given;
      return () => {};
    },
    write: () => true,
    hint: () => {},
    reopen: () => {},
  };
  const flight = { flights: 0, airS: 0, armedS: 0 };
  const onSample = (sample: Sample): void => void samples.push(sample);
  const vehicle = new Vehicle({ link, nowUs: () => nowUs, sharePct: 60, drawId: () => 'boot', flight, onSample });
  vehicle.start();
  let seq = 0;
  const at = (us: number, frame: (o: { sysid: number; compid: number; seq: number }) => Uint8Array, from = 1): void => {
    nowUs = us;
    reader(frame({ sysid: from, compid: 1, seq: seq++ }));
  };
  return { vehicle, samples, at };
}

const heartbeat = (o: { sysid: number; compid: number; seq: number }): Uint8Array =>
  encode(
    'HEARTBEAT',
    {
      custom_mode: 3,
      type: MavType.QUADROTOR,
      autopilot: MavAutopilot.ARDUPILOTMEGA,
      base_mode: MavModeFlag.SAFETY_ARMED | MavModeFlag.CUSTOM_MODE_ENABLED,
      system_status: MavState.ACTIVE,
      mavlink_version: 3,
    },
    o,
  );

const positionAt =
  (bootMs: number) =>
  (o: { sysid: number; compid: number; seq: number }): Uint8Array => {
    const place = { lat: 473977000, lon: 85456000, alt: 500000, relative_alt: 12000 };
    return encode('GLOBAL_POSITION_INT', { time_boot_ms: bootMs, ...place, vx: 0, vy: 0, vz: 0, hdg: 0 }, o);
  };

t.test(
  'what an agent that starts in flight hears before the first heartbeat is kept, with its own stamps',
  async (t) => {
    const { vehicle, samples, at } = vehicleUnderTest();
    t.teardown(() => vehicle.close());
    at(100_000, positionAt(5_000));
    at(300_000, positionAt(5_200));
    at(350_000, positionAt(77_000), 9);
    t.equal(samples.length, 0, 'nobody knows yet whose it is');
    at(800_000, heartbeat);
    at(900_000, positionAt(5_800));
    const positions = samples.filter((sample) => sample.kind === 'position');
    t.same(
      positions.map(({ monoUs, bootMs }) => [monoUs, bootMs]),
      [
        [100_000, 5_000],
        [300_000, 5_200],
        [900_000, 5_800],
      ],
      'and nothing of another system',
    );
  },
);

t.test('the memory for it is bounded, and what did not fit is counted', async (t) => {
  const { vehicle, samples, at } = vehicleUnderTest();
  t.teardown(() => vehicle.close());
  for (let i = 0; i < 600; i++) at(i * 1_000, positionAt(i));
  t.equal(vehicle.status().earlyDropped, 600 - 512);
  at(700_000, heartbeat);
  t.equal(samples.filter((sample) => sample.kind === 'position').length, 512);
});
