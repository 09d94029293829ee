/** Webhooks in memory. */
import type { DeadLetter, Standing, WebhookStore } from '../webhooks/ports.ts';

/** As the store keeps it (store/webhook-table.ts), for as long as the test lives. */
export class Kept implements WebhookStore {
  standings = new Map<string, Standing>();
  letters = new Map<number, DeadLetter>();
  fails = false;

  async webhooks() {
    return [...this.standings.values()];
  }

  async saveWebhook({
    name,
    position = 0,
    delivered = 0,
    dead,
    retried,
    buried,
    disabled,
    mostDead,
  }: Parameters<WebhookStore['saveWebhook']>[0]) {
    if (this.fails) throw new Error('the disk is full');
    const before = this.standings.get(name) ?? { name, position: 0, delivered: 0, dead: 0, dropped: 0, disabled: null };
    if (buried !== undefined) this.letters.delete(buried);
    if (retried !== undefined && this.letters.has(retried.event)) this.letters.set(retried.event, retried);
    if (dead !== undefined) this.letters.set(dead.event, dead);
    const after = {
      ...{ name, position: Math.max(position, before.position), delivered: before.delivered + delivered },
      ...{ dead: Math.min(this.letters.size, mostDead), dropped: 0 },
      disabled: disabled === undefined ? before.disabled : disabled,
    };
    this.standings.set(name, after);
    return after;
  }

  async deadLetters({ afterEvent, limit, resend }: Parameters<WebhookStore['deadLetters']>[0]) {
    const found = [...this.letters.values()].filter((one) => resend === undefined || one.resend === resend);
    return found.filter(({ event }) => event > afterEvent).slice(0, limit);
  }

  async resendDeadLetters({ events }: { events: readonly number[] | null }) {
    const marked = [...this.letters.values()].filter(({ event }) => events === null || events.includes(event));
    for (const one of marked) this.letters.set(one.event, { ...one, resend: true });
    return marked.length;
  }

  async discardDeadLetters({ events }: { events: readonly number[] | null }) {
    const gone = [...this.letters.keys()].filter((event) => events === null || events.includes(event));
    for (const event of gone) this.letters.delete(event);
    return gone.length;
  }
}
