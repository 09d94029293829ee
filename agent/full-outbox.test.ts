/** An outbox that answers and events alone have filled, and commands that come: a whole agent, a broker, no controller's acks. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createLink, createMemoryHub } from '@skein/hardware/link';
import { resolveConfig } from '@skein/protocol/config';
import { readTimeRequest } from '@skein/protocol/fleet';
import { encode } from '@skein/protocol/mavlink';
import t from 'tap';
import { createAgent } from './compose.ts';
import { AgentConfig } from './config.ts';
import { isStorageError } from './outbox/problems.ts';
import { OutboxStore } from './outbox/store.ts';
import { newBoot, newEpoch, oneBatch } from './outbox/testkit.ts';
import { systemPorts } from './ports.ts';
import { statusPage } from './status/index.ts';
import { farEnd } from './uplink/testing/far-end.ts';

const OUTBOX_MB = 4;
const WITHIN_MS = 30_000;

/** Answers that no controller has taken, to the last page. */
function fillWithAnswers(path: string): void {
  const store = new OutboxStore({ path, budgetBytes: OUTBOX_MB * 1e6, keepAckedS: 1e6 });
  const [epoch, boot] = [newEpoch(), newBoot()];
  try {
    for (let seq = 1; ; seq++) {
      store.write([oneBatch({ epoch, boot, lane: 'urgent', seq, monoUs: seq, length: 400 })], 0);
    }
  } catch (error) {
    if (!isStorageError(error)) throw error;
  } finally {
    store.close();
  }
}

t.test('answers alone fill the outbox: hold, return and land go on, others are refused', async (t) => {
  // given
  const root = mkdtempSync(join(tmpdir(), 'sk-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  fillWithAnswers(join(root, 'outbox.db'));
  const far = await farEnd(t);
  const flags = ['--drone=d1', `--dataDir=${root}`, '--link.url=memory://fc', `--outbox.budgetMB=${OUTBOX_MB}`];
  const config = resolveConfig(AgentConfig, {
    flags: [...flags, `--uplink.url=mqtt://127.0.0.1:${far.port}`, '--recorder.enabled=false'],
  });
  if (!config.ok) throw new Error(config.problems.join('\n'));
  const memory = createMemoryHub();
  let beating: NodeJS.Timeout | undefined;
  memory.listen('fc', (peer) => {
    const armed = { type: 2, autopilot: 3, base_mode: 217, custom_mode: 3, system_status: 4, mavlink_version: 3 };
    let seq = 0;
    beating = setInterval(() => peer.write(encode('HEARTBEAT', armed, { sysid: 1, compid: 1, seq: seq++ & 255 })), 250);
    peer.onClose = () => clearInterval(beating);
  });
  const agent = createAgent(
    config.config,
    systemPorts({
      identity: async () => ({ boot: randomUUID(), serial: 'test' }),
      createLink: (url) => createLink({ url, memory }),
    }),
  );
  t.teardown(async () => {
    await agent.close();
    clearInterval(beating);
  });
  far.listeners.push(({ channel, payload }) => {
    const asked = channel === 'up/time' ? readTimeRequest(payload) : null;
    if (!asked?.ok) return;
    const { session, agentMonoUs } = asked.value;
    const utcUs = Date.now() * 1000;
    far.say('d1/down/time', { session, agentMonoUs, receivedUtcUs: utcUs, sentUtcUs: utcUs, leaseS: 15, liveHz: 1 });
  });
  const { session } = await agent.start();
  const until = async (what: string, ready: () => boolean): Promise<void> => {
    for (const endMs = performance.now() + WITHIN_MS; !ready(); await wait(50)) {
      if (performance.now() > endMs) throw new Error(`${what}: ${JSON.stringify(agent.status().outbox)}`);
    }
  };

  // when
  await until('the outbox to be full', () => /full of what must not be dropped/.test(agent.status().problems.join()));
  await until('the controller to be heard', () => agent.status().uplink.leaseLeftMs > 0);
  const give = async (type: string, n: number): Promise<{ state: string; reason: string }> => {
    const id = `01JD000000000000000000000${n}`;
    const nowMs = Date.now();
    const at = (ms: number): string => new Date(nowMs + ms).toISOString();
    far.say('d1/down/command', {
      ...{ id, type, params: {}, session, issuedAt: at(0), sentAt: at(0), expiresAt: at(60_000), issuedBy: 'Ann' },
      ...{ grants: [], heard: { session, monoMs: Math.round(Number(process.hrtime.bigint() / 1_000_000n)) } },
    });
    const found = () => {
      const { running, last } = agent.status().commanding.commands;
      const one = last.find(({ command }) => command === id);
      const runs = running.find((command) => command.id === id);
      return one ?? (runs === undefined ? undefined : { state: runs.phase, reason: '' });
    };
    await until(`${type} to be answered`, () => found() !== undefined);
    const { state, reason } = found() ?? { state: '', reason: '' };
    return { state, reason };
  };

  // then
  t.match(await give('ping', 1), { state: 'rejected', reason: 'outbox-full' });
  const hold = await give('hold', 2);
  t.not(hold.state, 'rejected', `hold: ${hold.state} ${hold.reason}`);
  t.match(statusPage(agent.status()), /^! The outbox is full of what must not be dropped/m);
  t.ok(agent.status().outbox.volatileBytes > 0, 'answers wait in memory');
});
