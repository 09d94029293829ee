/** Webhooks, wired to the feed they follow, with their secrets out of files. */
import fs from 'node:fs';
import { StartError } from './bus-of.ts';
import type { Config } from './config.ts';
import type { Feed } from './feed/index.ts';
import { cursorOf, shownEvent, type WebhookPort } from './http/index.ts';
import type { Metrics } from './metrics/index.ts';
import type { Logger } from './outside.ts';
import type { NewEvent, Store } from './store/index.ts';
import { systemTimers as timers } from './timers.ts';
import { httpPoster, type Patience, readSecrets, WEBHOOK_COUNTERS, Webhooks } from './webhooks/index.ts';

export interface WebhookWiring {
  readonly config: Config;
  readonly version: string;
  readonly store: Store;
  readonly feed: Feed;
  readonly clock: { utcUs(): number; monoUs(): number };
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly event: (event: NewEvent) => void;
  readonly webhookPatience?: Partial<Patience>;
}

const WORDS = {
  opened: 'a receiver of events is left alone for a while',
  gone: 'a receiver of events answered 410 and gets none any more: POST /api/v1/webhooks/<name>/enable undoes that',
  'dead-letter': 'an event was not taken by its receiver and is among the dead letters',
  dropped: 'dead letters were thrown away',
} as const;

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Throws a StartError that names the file and what to write. */
export function makeWebhooks(o: WebhookWiring) {
  const { config, version, store, feed, clock, metrics, log, event, webhookPatience: patience = {} } = o;
  const settings = config.webhooks.map(({ name, url, kinds = [], secretFile, fromStart = false }) => {
    const address = new URL(url);
    if (address.protocol === 'http:' && !LOOPBACK.test(address.hostname)) {
      log.warn(
        { webhook: name, origin: address.origin },
        'events go to another machine without TLS: anybody on the way can read them',
      );
    }
    return { name, url: address, kinds, secrets: secretsOf(name, secretFile), fromStart };
  });
  const webhooks = new Webhooks({
    ...{ settings, store, clock, timers, userAgent: `skein-controller/${version}`, poster: httpPoster, patience },
    count: metrics.counters('webhooks', WEBHOOK_COUNTERS),
    feed: {
      async read(query) {
        const { events, next } = await feed.read(query);
        const shown = events.map((event) => ({
          ...{ id: event.id, cursor: cursorOf(event.id), body: JSON.stringify(shownEvent(event)) },
        }));
        return { events: shown, next };
      },
      beyond: (...wait) => feed.beyond(...wait),
      get newest() {
        return feed.newest;
      },
    },
    onChange(name, what, words) {
      log.warn({ webhook: name, why: words }, WORDS[what]);
      // No event of each dead letter: where events of the controller are sent as well it would be sent in its turn, for ever.
      const data = { code: 'webhook-gone', webhook: name, message: WORDS.gone };
      if (what === 'gone') event({ entity: 'controller', type: 'alert', atUtcUs: clock.utcUs(), data });
    },
  });
  const sum = (of: (view: ReturnType<Webhooks['list']>[number]) => number) => () =>
    webhooks.list().reduce((total, view) => total + of(view), 0);
  metrics.gauge(
    'webhooks_behind',
    'events that webhooks have not come to yet, all together',
    sum((one) => one.behind),
  );
  metrics.gauge(
    'webhooks_dead',
    'dead letters of all webhooks',
    sum((one) => one.dead),
  );
  const left = (one: { readonly state: string }) => (one.state === 'left-alone' ? 1 : 0);
  metrics.gauge('webhooks_left_alone', 'webhooks whose circuit breaker is open', sum(left));
  metrics.gauge(
    'webhooks_disabled',
    'webhooks whose receiver answered 410',
    sum((one) => (one.state === 'disabled' ? 1 : 0)),
  );
  const asked = <T>(name: string, by: string, what: string, answer: T | null): T | null => {
    const data = { webhook: name, asked: what };
    const actor = { kind: 'operator', name: by } as const;
    if (answer !== null) event({ entity: 'controller', type: 'webhook', atUtcUs: clock.utcUs(), by: actor, data });
    return answer;
  };
  const port: WebhookPort = {
    list: () => webhooks.list(),
    get: (name) => webhooks.get(name),
    letters: (name, query) => webhooks.letters(name, query),
    resend: async (name, events, by) => asked(name, by, 'resend', await webhooks.resend(name, events)),
    discard: async (name, events, by) => asked(name, by, 'discard', await webhooks.discard(name, events)),
    enable: async (name, by) => asked(name, by, 'enable', await webhooks.enable(name)),
  };
  return {
    port,
    start: () => webhooks.start(),
    close: () => webhooks.close(),
    /** For /healthz: what keeps events from being sent. */
    messages: () =>
      webhooks
        .list()
        .filter(({ state }) => state === 'left-alone' || state === 'disabled')
        .map(({ name, state, behind }) => `webhook ${name}: ${state}, ${behind} events behind`),
  };
}

function secretsOf(name: string, file: string): readonly Buffer[] {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(`webhooks: ${name}: secretFile cannot be read: ${why}`);
  }
  const read = readSecrets(text);
  if (!read.ok) throw new StartError(`webhooks: ${name}: secretFile ${file}: ${read.reason}`);
  return read.secrets;
}
