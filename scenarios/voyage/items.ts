/** What a controller may be given, drawn at random: few names and numbers, so that all meet again, at times with other content. */
import { sealBatch, sealGap } from '@skein/protocol/telemetry';
import type { StoreItem } from '../../controller/store/port.ts';
import type { Random } from '../kit/seed.ts';

export const BOOT = '11111111-2222-4333-8444-555555555555';
export const NOON_US = Date.UTC(2026, 10, 21, 12) * 1e3;

export function item(random: Random): StoreItem {
  const epoch = random.pick(['00000000000000e1', '00000000000000e2']);
  const lane = random.pick(['urgent', 'history'] as const);
  const seq = 1 + Math.floor(random.next() * 12);
  const drone = random.pick(['d1', 'd2']);
  const verify = random.next() < 0.3;
  const place = { lane, epoch, boot: BOOT };
  const stamp = { drone, receivedUtcUs: NOON_US + seq, verify };
  if (random.next() < 0.2) {
    const to = seq + Math.floor(random.next() * 6);
    const gap = { from: seq, to, reason: 'budget', samples: 3, monoFromUs: seq * 1e6, monoToUs: to * 1e6 } as const;
    return { ...stamp, bytes: sealGap({ ...place, ...gap }) };
  }
  const text = random.next() < 0.1 ? 'other' : 'same';
  const values = { severity: 'info', text, repeats: 0 } as const;
  return {
    ...stamp,
    bytes: sealBatch({ ...place, seq, samples: [{ kind: 'text', monoUs: seq * 1e6, bootMs: null, values }] }),
  };
}
