import t from 'tap';
import { EarlyMessages } from './early-messages.ts';

function given() {
  let seconds = 0;
  let givenUp = 0;
  const played: string[] = [];
  const early = new EarlyMessages({
    nowUs: () => seconds * 1e6,
    onGivenUp: (count) => {
      givenUp += count;
    },
  });
  const hold = (drone: string, name: string, bytes = 100) => early.hold(drone, bytes, () => played.push(name));
  const wait = (s: number) => {
    seconds += s;
  };
  return { early, hold, wait, played, givenUp: () => givenUp };
}

t.test('played again in order when the presence comes, once, for that drone', (t) => {
  const { early, hold, played } = given();
  hold('d1', 'live');
  hold('d2', 'other');
  hold('d1', 'time');
  early.release('d1');
  early.release('d1');
  t.same(played, ['live', 'time']);
  t.end();
});

t.test('given up after two seconds', (t) => {
  const { early, hold, wait, played, givenUp } = given();
  hold('d1', 'old');
  wait(1.5);
  hold('d1', 'new');
  wait(1);
  early.release('d1');
  t.same(played, ['new']);
  t.equal(givenUp(), 1);
  t.end();
});

t.test('bounded by number and by bytes', (t) => {
  const { hold, wait, givenUp } = given();
  for (let i = 0; i < 20; i++) hold('d1', 'x');
  t.equal(givenUp(), 4);
  for (let i = 0; i < 10; i++) hold(`e${i}`, 'x', 1e6);
  t.equal(givenUp(), 4 + 6);
  wait(3);
  hold('d9', 'x', 1e6);
  t.equal(givenUp(), 4 + 6 + 16 + 4, 'what expired made room');
  t.end();
});
