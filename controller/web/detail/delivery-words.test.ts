import t from 'tap';
import type { DroneEntry } from '../../live/messages.ts';
import { DEFAULT_LIMITS } from '../live/freshness.ts';
import { deliveryWords } from './delivery-words.ts';
import type { View } from './view.ts';

const NOW_MS = 1_795_000_000_000;

interface Given {
  readonly online?: boolean;
  readonly heardMs?: number | null;
  readonly batches?: number;
  readonly oldestS?: number;
  /** How long the page has not been live; null: it is. */
  readonly deafMs?: number | null;
}

function told(given: Given) {
  const { online = true, heardMs = 500, batches = 0, oldestS = null, deafMs = null } = given;
  const entry = {
    online,
    freshness: { lastHeardUtcUs: heardMs === null ? null : (NOW_MS - heardMs) * 1000 },
    link: { sinceUtcUs: (NOW_MS - 300_000) * 1000 },
    backlog: { urgent: { batches: 0, oldestS: null }, history: { batches, oldestS } },
  } as DroneEntry;
  const view: View = {
    record: { entry, unreported: false },
    nowMs: NOW_MS,
    asOfMs: deafMs === null ? null : NOW_MS - deafMs,
    limits: DEFAULT_LIMITS,
    pageLive: deafMs === null,
  };
  const words = deliveryWords(view);
  const plain = (text: string): string => text.replaceAll('\u202f', ' ');
  return { ...words, agent: plain(words.agent), behind: plain(words.behind) };
}

t.test('a drone that is heard: what lies on it now', async (t) => {
  t.match(told({}), { agent: 'connected for 5 min 00 s', behind: 'nothing held back', known: true, late: false });
  t.match(told({ batches: 12, oldestS: 40 }), { behind: '12 batches, oldest 40 s', known: true, late: true });
  t.match(told({ batches: 1, oldestS: 2, heardMs: 10_000 }), { behind: '1 batch, oldest 2 s', known: true });
});

t.test('one that is not: what it had when it was heard last, and that nobody knows since', async (t) => {
  const gone = { online: false, heardMs: 252_000 };
  t.match(told(gone), { behind: 'nothing when last heard; not known for 4 min 12 s', known: false });
  t.match(told(gone), { agent: 'not connected for 5 min 00 s', agentKnown: true });
  t.match(
    told({ ...gone, batches: 12, oldestS: 40 }).behind,
    /^12 batches, oldest 40 s when last heard; not known for/,
  );
  t.match(told({ heardMs: 40_000 }), { known: false }, 'connected, and silent for longer than is called lost');
  t.match(told({ heardMs: null }), { behind: 'not known', known: false });
});

t.test('a page that is not live claims no presence, but says as of when', async (t) => {
  const deaf = told({ deafMs: 19_000, heardMs: 20_000 });
  t.match(deaf, { agent: 'connected as of 19 s ago', agentKnown: false, known: false });
  t.equal(deaf.behind, 'nothing when last heard; not known for 20 s');
  t.equal(told({ deafMs: 19_000, online: false }).agent, 'not connected as of 19 s ago');
});
