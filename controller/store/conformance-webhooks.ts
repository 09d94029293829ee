/** What every store must do with webhooks, as tests: run by each implementation with its own `open`. */
import type { Test } from 'tap';
import { NOON_US } from './conformance-items.ts';
import type { DeadLetter, Store } from './port.ts';

const letter = (event: number, more: Partial<DeadLetter> = {}): DeadLetter => ({
  ...{ event, atUtcUs: NOON_US, tries: 8, reason: 'answered 500', resend: false },
  ...more,
});

export function webhookConformance(t: Test, open: (dir: string) => Promise<Store>, freshDir: () => string): void {
  t.test('webhooks: a place only rises, counts add up, also over a restart', async (t) => {
    const dir = freshDir();
    const store = await open(dir);
    t.same(await store.webhooks(), []);
    const first = await store.saveWebhook({ name: 'shop', position: 7, mostDead: 9 });
    t.same(first, { name: 'shop', position: 7, delivered: 0, dead: 0, dropped: 0, disabled: null });
    await store.saveWebhook({ name: 'shop', position: 3, delivered: 2, mostDead: 9 });
    await store.saveWebhook({ name: 'audit', disabled: 'it is gone', mostDead: 9 });
    await store.close();
    const again = await open(dir);
    t.teardown(() => again.close());
    t.match(await again.webhooks(), [
      { name: 'audit', position: 0, disabled: 'it is gone' },
      { name: 'shop', position: 7, delivered: 2, disabled: null },
    ]);
    t.match(await again.saveWebhook({ name: 'audit', disabled: null, mostDead: 9 }), { name: 'audit', disabled: null });
  });

  t.test('webhooks: dead letters in the order of their events, so many at most, marked and taken off', async (t) => {
    const store = await open(freshDir());
    t.teardown(() => store.close());
    const give = (event: number) =>
      store.saveWebhook({ name: 'shop', position: event, dead: letter(event), mostDead: 3 });
    for (const event of [2, 5, 9]) t.match(await give(event), { dropped: 0 });
    t.match(await give(11), { dead: 3, dropped: 1, position: 11 });
    await store.saveWebhook({ name: 'audit', dead: letter(5), mostDead: 3 });
    const of = (more: object = {}) => store.deadLetters({ name: 'shop', afterEvent: 0, limit: 10, ...more });
    t.same(await of(), [letter(5), letter(9), letter(11)]);
    t.same(await of({ afterEvent: 5, limit: 1 }), [letter(9)]);
    t.equal(await store.resendDeadLetters({ name: 'shop', events: [9, 2] }), 1);
    t.same(await of({ resend: true }), [letter(9, { resend: true })]);
    await store.saveWebhook({ name: 'shop', dead: letter(9, { tries: 9 }), mostDead: 3 });
    t.same(await of({ resend: true }), []);
    t.equal(await store.resendDeadLetters({ name: 'shop', events: null }), 3);
    t.match(await store.saveWebhook({ name: 'shop', buried: 5, delivered: 1, mostDead: 3 }), { dead: 2, delivered: 1 });
    t.match(await of({ resend: true }), [{ event: 9, tries: 9 }, { event: 11 }]);
    t.match(await store.saveWebhook({ name: 'shop', retried: letter(9, { tries: 10 }), mostDead: 3 }), { dead: 2 });
    t.match(await store.saveWebhook({ name: 'shop', retried: letter(5), mostDead: 3 }), { dead: 2 }, 'off the list');
    t.equal(await store.discardDeadLetters({ name: 'shop', events: [2, 9] }), 1);
    t.match(await of(), [{ event: 11 }]);
    t.equal(await store.discardDeadLetters({ name: 'shop', events: null }), 1);
    t.match(await store.saveWebhook({ name: 'shop', mostDead: 3 }), { dead: 0, dropped: 1 });
    t.match(await store.deadLetters({ name: 'audit', afterEvent: 0, limit: 10 }), [{ event: 5, resend: false }]);
  });
}
