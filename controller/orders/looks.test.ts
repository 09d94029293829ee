/** A large fleet is looked at between the ticks too, while an order is open. */
import t from 'tap';
import { Orders, type OrdersOptions } from './index.ts';

t.test('while an order is open the planner looks around some times a second', async (t) => {
  let looks = 0;
  let open = 0;
  const timers: { readonly ms: number; readonly run: () => void }[] = [];
  let stopped = 0;
  const orders = new Orders({
    records: { open: () => Array.from({ length: open }, () => ({ id: 'one', doc: {}, open: true, version: 1 })) },
    planner: { ready: () => Boolean(++looks) },
    timers: {
      every: (ms: number, run: () => void) => {
        timers.push({ ms, run });
        return () => {
          stopped += 1;
        };
      },
    },
  } as unknown as OrdersOptions);
  orders.start();
  const short = timers.find(({ ms }) => ms < 1000);
  short?.run();
  t.equal(looks, 0, 'nothing is asked for');
  open = 2;
  short?.run();
  t.equal(looks, 1, 'once, however many are open');
  orders.close();
  t.equal(stopped, timers.length);
});

t.test('a bug in what planning looks at ends no more than that turn', async (t) => {
  let lookAround = () => {};
  const counted: string[] = [];
  const orders = new Orders({
    records: { open: () => [{ id: 'one', doc: {}, open: true, version: 1 }], get: () => null },
    planner: {
      ready: () => {
        throw new Error('a bug');
      },
    },
    timers: {
      every: (ms: number, run: () => void) => {
        if (ms < 1000) lookAround = run;
      },
    },
    count: (name: string) => counted.push(name),
    onBug: (error: unknown) => counted.push(String(error)),
    nowMs: () => 0,
  } as unknown as OrdersOptions);
  orders.start();
  lookAround();
  await orders.tick();
  t.same(counted, ['bugs', 'Error: a bug', 'bugs', 'Error: a bug']);
});
