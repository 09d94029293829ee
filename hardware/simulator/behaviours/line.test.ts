import { MavCmd, MavResult } from '@skein/protocol/mavlink';
import t from 'tap';
import { Station } from '../testing/station.ts';

const SEED = Number(process.env.SEED ?? 7);
const ready = (): Station => new Station({ start: 'ready', seed: SEED });
const ATTITUDE = 30;

t.test('mute: not a byte, either way; all is as before when it ends', async (t) => {
  const station = ready();
  station.simulator.fault('mute@5+10');
  t.equal(station.pass(5).filter(({ name }) => name === 'HEARTBEAT').length, 5);
  t.equal(station.pass(9.9).length, 0);
  t.equal(station.command(MavCmd.REQUEST_MESSAGE, 148), null);
  station.pass(0.2);
  t.equal(station.command(MavCmd.REQUEST_MESSAGE, 148), MavResult.ACCEPTED);
  t.ok(station.pass(5).some(({ name }) => name === 'HEARTBEAT'));
});

t.test('mute one way: heard and not hearing, hearing and not heard', async (t) => {
  const deaf = ready();
  deaf.simulator.fault('mute:in');
  t.equal(deaf.command(MavCmd.SET_MESSAGE_INTERVAL, ATTITUDE, 100_000), null);
  t.ok(deaf.pass(3).some(({ name }) => name === 'HEARTBEAT'));
  const dumb = ready();
  const end = dumb.simulator.fault('mute:way=out');
  t.equal(dumb.command(MavCmd.SET_MESSAGE_INTERVAL, ATTITUDE, 100_000), null);
  t.equal(dumb.pass(3).length, 0);
  end();
  t.equal(dumb.pass(1).filter(({ name }) => name === 'ATTITUDE').length, 10, 'it was carried out');
});

t.test('lose: this part of the frames, whole, each way', async (t) => {
  const station = ready();
  station.command(MavCmd.SET_MESSAGE_INTERVAL, ATTITUDE, 20_000);
  station.simulator.fault('lose:20');
  const came = station.pass(60).filter(({ name }) => name === 'ATTITUDE').length;
  t.ok(came > 2_250 && came < 2_550, `${came} of 3000, seed ${SEED}`);
  t.equal(station.parser.counters.badChecksum, 0);
  station.simulator.clear('lose');
  station.simulator.fault('lose:percent=50,way=in');
  let answered = 0;
  for (let asked = 0; asked < 200; asked += 1) {
    if (station.command(MavCmd.REQUEST_MESSAGE, 148) !== null) answered += 1;
  }
  t.ok(answered > 70 && answered < 130, `${answered} of 200, seed ${SEED}`);
});

t.test('garble: bytes change or go; the parser finds its way', async (t) => {
  const station = ready();
  station.command(MavCmd.SET_MESSAGE_INTERVAL, ATTITUDE, 20_000);
  station.simulator.fault('garble:1,way=out');
  const came = station.pass(60).filter(({ name }) => name === 'ATTITUDE').length;
  t.ok(came > 1_700 && came < 2_400, `${came} of 3000, seed ${SEED}`);
  t.ok(station.port.counters.framesDamaged > 500);
});

t.test('noise: rubbish before frames, every frame comes', async (t) => {
  const station = ready();
  station.command(MavCmd.SET_MESSAGE_INTERVAL, ATTITUDE, 20_000);
  station.simulator.fault('noise:20');
  const came = station.pass(20).filter(({ name }) => name === 'ATTITUDE').length;
  t.ok(came > 990, `${came} of 1000, seed ${SEED}`);
  t.ok(station.parser.counters.skippedBytes > 1_000);
});

t.test('delay: everything later, both ways, in order', async (t) => {
  const station = ready();
  station.command(MavCmd.SET_MESSAGE_INTERVAL, ATTITUDE, 100_000);
  station.simulator.fault('delay:300,jitter=200@1');
  station.pass(1);
  station.heard.length = 0;
  const askedMs = station.simulator.nowMs;
  t.equal(station.command(MavCmd.REQUEST_MESSAGE, 148), null, 'not at once');
  station.pass(3);
  const answer = station.of('COMMAND_ACK')[0];
  const tookMs = (answer?.atMs ?? 0) - askedMs;
  t.ok(tookMs >= 600 && tookMs <= 1_050, `answered after ${tookMs} ms, seed ${SEED}`);
  const seqs = station.heard.map(({ seq }) => seq);
  t.ok(seqs.every((seq, at) => at === 0 || seq === (((seqs[at - 1] ?? 0) + 1) & 255)));
  const late = station.of('ATTITUDE').at(-1);
  const age =
    (late?.atMs ?? 0) -
    ((late?.fields.time_boot_ms ?? 0) - (station.simulator.autopilot.sinceBootMs - station.simulator.nowMs));
  t.ok(age >= 299 && age <= 521, `${age} ms old`);
});

t.test('the same seed and the same faults give the same bytes', async (t) => {
  const run = (seed: number): string => {
    const station = new Station({ start: 'ready', seed });
    station.command(MavCmd.SET_MESSAGE_INTERVAL, ATTITUDE, 50_000);
    station.simulator.fault('lose:5');
    station.simulator.fault('garble:0.5@2+5');
    station.simulator.fault('delay:50,jitter=100@4');
    station.pass(12);
    return Buffer.concat(station.raw).toString('base64');
  };
  t.equal(run(SEED), run(SEED));
  t.not(run(SEED), run(SEED + 1));
});
