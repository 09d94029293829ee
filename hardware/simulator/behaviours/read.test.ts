import t from 'tap';
import { createSimulator } from '../simulator.ts';
import { describeFaults, faults } from './catalogue.ts';
import { readFault } from './read.ts';

t.test('what is written and what it means', async (t) => {
  t.match(readFault('lose'), { ok: true, request: { values: { percent: 10, way: 'both' }, startMs: 0 } });
  t.match(readFault('lose:5'), { ok: true, request: { values: { percent: 5, way: 'both' } } });
  t.match(readFault('lose:5,way=in@10+20'), {
    ok: true,
    request: { values: { percent: 5, way: 'in' }, startMs: 10_000, durationMs: 20_000 },
  });
  t.match(readFault('mute+1.5'), { ok: true, request: { startMs: 0, durationMs: 1_500 } });
  t.match(readFault('station:param=RTL_ALT=5'), { ok: true, request: { values: { param: 'RTL_ALT=5' } } });
  t.match(readFault('gps-drift:bearing=-90@1'), { ok: true, request: { values: { bearing: -90 } } });
});

t.test('what is wrong is said, never thrown', async (t) => {
  const reason = (written: string): string => {
    const read = readFault(written);
    return read.ok ? 'ok' : read.reason;
  };
  t.match(reason('loose:5'), /did you mean lose/);
  t.match(reason('lose:many'), /percent: many is not a number from 0 to 100/);
  t.match(reason('lose:way=sideways'), /sideways is none of out, in, both/);
  t.match(reason('lose:much=5'), /lose has no setting much; it has percent, way/);
  t.match(reason('mute@soon'), /write NAME/);
  t.match(reason(''), /write NAME/);
  t.match(reason('no-ack:ARM_IT'), /no command is called ARM_IT/);
  t.match(reason('reboot:on=MISSION_ITEMS'), /no message is called MISSION_ITEMS/);
  t.match(reason('power-cut:3'), /has no setting/);
});

t.test('every fault of the catalogue begins and ends, by itself and on demand', async (t) => {
  for (const name of faults.keys()) {
    const simulator = createSimulator({ start: 'ready', seed: 2 });
    simulator.attach({ name: 'test', carrier: { send: (chunks) => chunks.length } }).connected = true;
    const end = simulator.fault(`${name}@1+2`);
    simulator.advanceTo(2_000);
    simulator.advanceTo(10_000);
    t.equal(simulator.clear(), 0, `${name} has ended`);
    end();
    simulator.fault(name);
    t.equal(simulator.clear(name), 1);
    t.equal(simulator.autopilot.meddlers.size, 1, `${name} leaves nothing behind`);
    t.equal(simulator.autopilot.ports.length, 1);
    t.match(describeFaults(), name);
  }
});
