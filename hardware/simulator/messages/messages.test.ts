import { MavCmd, type MessageName, messageByName } from '@skein/protocol/mavlink';
import t from 'tap';
import flown from '../testdata/flight-fields.json' with { type: 'json' };
import { Station } from '../testing/station.ts';
import { canStream } from './telemetry.ts';

/** Messages of the recorded flight that come by another way than an interval. */
const byOtherWays: readonly string[] = ['COMMAND_ACK', 'TIMESYNC', 'PARAM_VALUE', 'STATUSTEXT', 'AUTOPILOT_VERSION'];
/** Fields that are identities, depend on place and time, or that a simulated sensor of the recording left at zero. */
const free =
  /lat|lon|alt|time|yaw|hdg|heading|cog|mag|bearing|seq|count|total|^x$|^y$|^z$|energy|consumed|remaining|gyro|speed$|load|_acc$|Vservo|rpm/;

t.test('every message of the recorded flight, in the same units and of the same size', async (t) => {
  const station = new Station({ start: 'airborne', seed: 4 });
  for (const name of Object.keys(flown)) {
    if (byOtherWays.includes(name)) continue;
    const { id } = messageByName(name as MessageName);
    t.ok(canStream(id), name);
    t.equal(station.command(MavCmd.SET_MESSAGE_INTERVAL, id, 100_000), 0);
  }
  station.pass(100);
  for (const [name, fields] of Object.entries(flown)) {
    if (byOtherWays.includes(name)) continue;
    const ours = station.heard
      .filter((one) => one.name === name)
      .map((one) => one.fields as unknown as Record<string, unknown>);
    t.ok(ours.length >= 900, `${name}: ${ours.length}`);
    for (const [field, theirs] of Object.entries(fields)) {
      if (free.test(field) || typeof theirs !== 'number') continue;
      const largest = Math.max(...ours.map((one) => Math.abs(Number(one[field]))));
      const limit = Math.max(50, Math.abs(theirs) * 60);
      if (largest > limit || Number.isNaN(largest))
        t.fail(`${name}.${field}: up to ${largest}, the real one had ${theirs}`);
    }
  }
});
