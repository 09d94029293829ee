/** Who speaks in a drone's name. */
import { upTopic } from '@skein/protocol/fleet';
import { sealBatch, splitMessage } from '@skein/protocol/telemetry';
import type { SimAgent } from './agent.ts';
import { ROOT } from './controller.ts';
import type { Fleet } from './misfortunes.ts';

/** Somebody else says something under a number that was given. */
export function forged({ world, truth, broker }: Fleet, agent: SimAgent): void {
  const was = broker.onUpstream;
  let left = world.whole(1, 4);
  broker.onUpstream = (topic, payload) => {
    was(topic, payload);
    if (left === 0 || topic !== upTopic(ROOT, agent.drone, 'history')) return;
    const split = splitMessage(payload);
    const first = split.ok ? split.envelopes[0] : undefined;
    if (first === undefined || first.gap !== null) return;
    left--;
    const { epoch, boot, seq, monoFromUs } = first.header;
    const text = { severity: 'info', text: `other ${world.hex(6)}`, repeats: 0 } as const;
    const samples = [{ kind: 'text', monoUs: monoFromUs, bootMs: null, values: text } as const];
    const bytes = sealBatch({ lane: 'history', epoch, boot, seq, samples });
    truth.fault(`${agent.drone}: other content under ${epoch}/${seq}`);
    truth.forge(`${agent.drone}/${epoch}/history`, seq, bytes);
  };
}
