import t from 'tap';
import { PackGate, SHUT_US, WASTED_AT_ONCE } from './pack-gate.ts';

function given() {
  let nowUs = 5e6;
  const counts: Record<string, number> = {};
  const changes: string[] = [];
  const gate = new PackGate({
    monoUs: () => nowUs,
    count: (name) => {
      counts[name] = (counts[name] ?? 0) + 1;
    },
    onChanged: (drone, isShut) => changes.push(`${drone} ${isShut ? 'shut' : 'open'}`),
  });
  const wait = (us: number) => {
    nowUs += us;
    gate.sweep();
  };
  /** Packs that come to nothing, as long as they are opened. */
  const waste = (drone: string, most = 1000) => {
    let opened = 0;
    for (; opened < most && gate.mayOpen(drone); opened++) gate.wasted(drone);
    return opened;
  };
  return { gate, counts, changes, wait, waste };
}

t.test('so many packs may come to nothing, then none is opened for a while; other drones do not feel it', async (t) => {
  const { gate, counts, changes, wait, waste } = given();
  t.equal(waste('bad'), WASTED_AT_ONCE);
  t.notOk(gate.mayOpen('bad'));
  t.ok(gate.mayOpen('good') && !gate.isShut('good'));
  t.same(counts, { packWasted: WASTED_AT_ONCE, packShut: 1, packUnopened: 2 });
  wait(SHUT_US - 1);
  t.notOk(gate.mayOpen('bad'));
  wait(1);
  t.ok(gate.mayOpen('bad'));
  t.same(changes, ['bad shut', 'bad open']);
});

t.test('over an hour of nothing else a drone is opened no more than one each 10 s', async (t) => {
  const { wait, waste } = given();
  let opened = 0;
  for (let s = 0; s < 3600; s++) {
    opened += waste('bad');
    wait(1e6);
  }
  t.ok(opened <= WASTED_AT_ONCE + 360, `${opened}`);
});

t.test('who wastes one now and then is always opened', async (t) => {
  const { gate, changes, wait, waste } = given();
  for (let i = 0; i < 500; i++) {
    waste('clumsy', 1);
    wait(12e6);
  }
  t.ok(gate.mayOpen('clumsy'));
  t.same(changes, []);
});

t.test('of very many drones that waste, who began longest ago begins anew, and is told', async (t) => {
  const { gate, changes, waste } = given();
  waste('first');
  for (let i = 0; i < 20_000; i++) waste(`d${i}`, 1);
  t.ok(gate.mayOpen('first'));
  t.same(changes, ['first shut', 'first open']);
});
