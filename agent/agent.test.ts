/** A whole agent in this process: memory link, real disk, no controller. The test is the autopilot. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLink, createMemoryHub, type MemoryPeer } from '@skein/hardware/link';
import { resolveConfig } from '@skein/protocol/config';
import { decode, encode, type Frame, FrameParser, MavCmd, type Message, TlogReader } from '@skein/protocol/mavlink';
import { expandBatch, readEnvelope } from '@skein/protocol/telemetry';
import t, { type Test } from 'tap';
import { AgentRefusal, createAgent } from './compose.ts';
import { AgentConfig } from './config.ts';
import { OutboxStore } from './outbox/store.ts';
import { systemPorts } from './ports.ts';
import { askAgent, statusPage } from './status/index.ts';
import { until } from './testing/until.ts';

const FLIGHT = fileURLToPath(new URL('../protocol/mavlink/testdata/flight-excerpt.tlog', import.meta.url));
const BOOT = '6f1d2c3b-4a59-4e68-8777-0123456789ab';

function scratch(test: Test): string {
  // A unix socket's path is short.
  const root = mkdtempSync(join(tmpdir(), 'sk-'));
  test.teardown(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

/** The recorded flight as it came over the line. */
function flightBytes(): Uint8Array[] {
  const frames: Uint8Array[] = [];
  const reader = new TlogReader();
  const take = ({ frame }: { frame: Frame }) => frames.push(frame.bytes.slice());
  reader.push(readFileSync(FLIGHT), take);
  reader.flush(take);
  return frames;
}

/** An armed autopilot at the far end of the memory link; it takes every question. */
function autopilot(peer: MemoryPeer) {
  const heard: { message: Message; sysid: number; compid: number }[] = [];
  const parser = new FrameParser();
  let seq = 0;
  const from = () => ({ sysid: 1, compid: 1, seq: seq++ & 0xff });
  peer.onData = (bytes) =>
    parser.push(bytes, (frame) => {
      const message = decode(frame);
      if (message === null) return;
      heard.push({ message, sysid: frame.sysid, compid: frame.compid });
      if (message.name !== 'COMMAND_LONG') return;
      peer.write(encode('COMMAND_ACK', { command: message.fields.command, result: 0 }, from()));
    });
  const beat = () => {
    const armed = { type: 2, autopilot: 3, base_mode: 217, custom_mode: 3, system_status: 4, mavlink_version: 3 };
    peer.write(encode('HEARTBEAT', armed, from()));
  };
  const timer = setInterval(beat, 250);
  peer.onClose = () => clearInterval(timer);
  beat();
  return { heard, peer, stop: () => clearInterval(timer) };
}

function make(test: Test, root: string, flags: readonly string[] = []) {
  const config = resolveConfig(AgentConfig, {
    flags: [
      '--drone=kite-1',
      `--dataDir=${root}`,
      '--link.url=memory://fc',
      '--uplink.url=',
      '--page.address=',
      ...flags,
    ],
  });
  if (!config.ok) throw new Error(config.problems.join('\n'));
  const memory = createMemoryHub();
  const pilots: ReturnType<typeof autopilot>[] = [];
  memory.listen('fc', (peer) => pilots.push(autopilot(peer)));
  const ports = systemPorts({
    identity: async () => ({ boot: BOOT, serial: 'test' }),
    createLink: (url) => createLink({ url, memory }),
  });
  const agent = createAgent(config.config, ports);
  test.teardown(async () => {
    await agent.close();
    for (const pilot of pilots) pilot.stop();
  });
  return { agent, pilots };
}

t.test(
  'a flight goes in, batches and a recording come out; the armed vehicle hears heartbeats, intervals and questions for the time only',
  async (t) => {
    const root = scratch(t);
    const { agent, pilots } = make(t, root);
    const started = await agent.start();
    await until(() => agent.status().vehicle.autopilot.sysid === 1, 'the autopilot to be heard');
    const flight = flightBytes();
    for (const frame of flight) pilots[0]?.peer.write(frame);
    await until(
      () =>
        agent.status().vehicle.parser !== null &&
        agent.status().vehicle.autopilot.streams.every((s) => s.state === 'granted'),
      'its streams to be granted',
    );
    await until(
      () => agent.status().outbox.backlogRows > 2 && agent.status().outbox.pendingBytes === 0,
      'batches on the disk',
    );
    const { heard } = pilots[0] ?? { heard: [] };
    t.ok(heard.some(({ message }) => message.name === 'HEARTBEAT'));
    for (const { message, sysid, compid } of heard) {
      const fine =
        message.name === 'HEARTBEAT' ||
        // A question: which boot of the autopilot is this?
        message.name === 'TIMESYNC' ||
        (message.name === 'COMMAND_LONG' && message.fields.command === MavCmd.SET_MESSAGE_INTERVAL);
      if (!fine || sysid !== 1 || compid !== 191) t.fail(`sent ${message.name} as ${sysid}/${compid}`);
    }
    const asked = await askAgent(join(root, 'agent.sock'), '/status');
    t.ok(asked.ok);
    t.match(asked.ok && statusPage(JSON.parse(asked.body)), /^Offline by configuration/);
    const metrics = await askAgent(join(root, 'agent.sock'), '/metrics');
    t.match(metrics.ok && metrics.body, /skein_agent_parser_frames_total \d+/);
    t.ok(agent.status().outbox.worstNotDurableMs > 0);
    await agent.close();

    const store = new OutboxStore({ path: join(root, 'outbox.db'), budgetBytes: 64e6, keepAckedS: 1 });
    const kinds = new Map<string, number>();
    let from = 1;
    for (
      let page = store.read(started.epoch, 'history', from, 1e6);
      page.length > 0;
      page = store.read(started.epoch, 'history', from, 1e6)
    ) {
      for (const row of page) {
        const batch = expandBatch(row.bytes);
        if (!batch.ok) throw new Error(batch.reason);
        for (const { kind } of batch.samples) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        from = row.to + 1;
      }
    }
    store.close();
    for (const kind of [
      'position',
      'attitude',
      'battery',
      'gps',
      'status',
      'ekf',
      'vibration',
      'health',
      'link',
      'flight',
      'board',
    ]) {
      t.ok(kinds.has(kind), kind);
    }
    const [recording = ''] = readdirSync(join(root, 'recordings'));
    const raw = readFileSync(join(root, 'recordings', recording));
    t.ok(
      flight.every((frame) => raw.includes(Buffer.from(frame))),
      'every frame was recorded as it came',
    );
  },
);

t.test('what a start says about the time before it', async (t) => {
  const root = scratch(t);
  const first = make(t, root);
  await first.agent.start();
  await until(() => first.agent.status().outbox.backlogRows > 1, 'batches of the first start');
  await first.agent.close();
  const second = make(t, root);
  const { epoch } = await second.agent.start();
  await until(
    () => second.agent.status().outbox.backlogRows > 4 && second.agent.status().outbox.pendingBytes === 0,
    'those of the second on the disk',
  );
  t.equal(second.agent.status().n, 2);
  await second.agent.close();
  const store = new OutboxStore({ path: join(root, 'outbox.db'), budgetBytes: 64e6, keepAckedS: 1 });
  const read = readEnvelope(store.read(epoch, 'history', 1, 1)[0]?.bytes ?? new Uint8Array());
  store.close();
  t.match(read, { ok: true, gap: { from: 1, to: 1, reason: 'stopped', boot: BOOT } });
  t.ok(read.ok && read.gap && read.gap.monoToUs > read.gap.monoFromUs);
});

t.test('a second agent on the same data is refused and says why; a socket left behind is taken over', async (t) => {
  const root = scratch(t);
  writeFileSync(join(root, 'agent.sock'), '');
  const first = make(t, root);
  await first.agent.start();
  const second = make(t, root);
  const refusal = await second.agent.start().catch((error: unknown) => error);
  t.ok(refusal instanceof AgentRefusal && refusal.code === 'already-running');
  t.match(String(refusal), /stop it first, or set another dataDir/);
});

t.test('wrong settings that only show when it starts are refused in words', async (t) => {
  const root = scratch(t);
  await t.rejects(make(t, root, ['--link.url=udpin://no-port-here']).agent.start(), { code: 'bad-link-url' });
  writeFileSync(join(root, 'file'), '');
  await t.rejects(make(t, join(root, 'file')).agent.start(), { code: 'no-data-dir' });
});
