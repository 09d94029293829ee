import { sealBatch } from '@skein/protocol/telemetry';
import t from 'tap';
import { systemTimers } from '../timers.ts';
import { Ingest } from './ingest.ts';
import type { AckOut, IngestCounter } from './ports.ts';

const EPOCH = '00000000000000e1';
const BOOT = '11111111-2222-4333-8444-555555555555';

t.test(
  'urgent batches are handed on after their commit; what is thrown there is a bug, no failed commit',
  async (t) => {
    const happened: string[] = [];
    const acks: AckOut[] = [];
    const counts = new Map<IngestCounter, number>();
    let surfaced: (error: unknown) => void = () => {};
    const bug = new Promise<unknown>((resolve) => {
      surfaced = resolve;
    });
    const ingest = new Ingest({
      timers: systemTimers,
      store: {
        commit: async (items) => {
          happened.push('commit');
          const rest = { gaps: 0, duplicates: 0, conflicts: [], filled: 0, expired: 0, unread: 0, refused: [] };
          return { inserted: items.length, ...rest };
        },
        positions: async () => [],
      },
      clock: { utcUs: () => Date.now() * 1e3, monoUs: () => performance.now() * 1e3 },
      count: (name, by = 1) => void counts.set(name, (counts.get(name) ?? 0) + by),
      sendAck: (ack) => acks.push(ack),
      ...{
        budgetBytes: 1e6,
        lingerMs: 0,
        slowMs: 5000,
        onProgress: () => {},
        onConflict: () => {},
        onHealth: () => {},
      },
      onUrgent: (drone) => {
        happened.push(drone);
        throw new Error('a bug of the reader');
      },
      onBug: surfaced,
    });
    ingest.start();
    t.teardown(() => ingest.close());
    const lanes = { urgent: { first: 1, next: 1 }, history: { first: 1, next: 1 } };
    await ingest.announce({ drone: 'd1', session: 'aaaaaaaa', online: true, epochs: [{ epoch: EPOCH, lanes }] });
    const samples = [
      { kind: 'text', monoUs: 1, bootMs: null, values: { severity: 'info', text: 'x', repeats: 0 } },
    ] as const;
    const sealed = sealBatch({ lane: 'urgent', epoch: EPOCH, boot: BOOT, seq: 1, samples });
    ingest.message('d1', 'urgent', sealed);
    t.match(await bug, { message: 'a bug of the reader' });
    t.same(happened, ['commit', 'd1']);
    t.equal(acks.findLast((ack) => ack.lane === 'urgent')?.upTo, 1, 'it is acked');
    t.match(ingest.health, { state: 'ok' });
    t.ok(ingest.windowBytes > 0);
    t.equal(counts.get('commitFailed') ?? 0, 0);
  },
);
