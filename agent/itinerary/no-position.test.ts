/** No leg of an itinerary begins while the position is not trusted (docs/position-trust.md). */
import t from 'tap';
import { atTheDoor, verified } from './testing/given.ts';

const signal = new AbortController().signal;

t.test('start: refused before anything is read again or armed, and verified as before', async (t) => {
  const b = await verified(t);
  b.world.position = 'jump: it jumped';
  b.sent.length = 0;
  t.match(b.it.orders.againstStart(), [/^position: jump/]);
  t.match(await b.start(), { state: 'failed', reason: /^position: jump/ });
  t.notOk(
    b.sent.some((one) => !one.startsWith('download')),
    b.sent.join(),
  );
  t.match(b.last('itinerary'), { state: 'verified' });
  b.world.position = null;
  t.match(await b.start(), { state: 'succeeded' });
});

t.test('skip: refused while it lasts', async (t) => {
  const b = await verified(t);
  await b.start();
  b.fly(2);
  await b.pass(300);
  b.world.position = 'frozen: it stands still';
  t.match(b.it.orders.againstSkip(), [/^position: frozen/]);
  t.match(await b.it.orders.skip({ signal }), { state: 'rejected', reason: /^position/ });
  t.notOk(b.sent.some((one) => one.startsWith('jump')));
  b.world.position = null;
  t.match(await b.it.orders.skip({ signal }), { state: 'succeeded' });
});

t.test('resume: refused while it lasts; control alone may be taken', async (t) => {
  const b = await atTheDoor(t);
  b.fly(2);
  b.world.state.mode = 'GUIDED';
  b.it.orders.held();
  await b.pass(500);
  t.equal(b.last('itinerary')?.state, 'held');
  const resumes: number[] = [];
  const resume = (tookControl: boolean) =>
    b.it.orders.resume({
      signal,
      tookControl,
      send: async (seq) => {
        resumes.push(seq);
        b.world.state.mode = 'AUTO';
        return { ok: true, how: 'auto', detail: {} };
      },
    });
  b.world.position = 'zero: it says 0, 0';
  t.match(b.it.orders.againstResume(false), /^position: zero/);
  t.equal(b.it.orders.againstResume(true), null);
  t.match(await resume(false), { state: 'rejected', reason: /^position: zero/ });
  t.match(await resume(true), { state: 'succeeded', detail: { tookControl: true, next: /^position: zero/ } });
  t.same(resumes, []);
  b.world.position = null;
  t.match(await resume(false), { state: 'succeeded', detail: { missionSeq: 2 } });
  t.same(resumes, [2]);
});
