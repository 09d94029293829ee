/** An agent in this process, for the tests of the tools. */
import { createLink, createMemoryHub } from '@skein/hardware/link';
import { resolveConfig } from '@skein/protocol/config';
import { decode, encode, type FieldsIn, FrameParser, type MessageName } from '@skein/protocol/mavlink';
import type { Test } from 'tap';
import { type Agent, createAgent } from '../compose.ts';
import { AgentConfig } from '../config.ts';
import { systemPorts } from '../ports.ts';

/** An agent whose autopilot is this test: it beats, and has the parameters of `held`. */
export async function aboard(
  test: Test,
  root: string,
  held: Record<string, number> = {},
  settings: object = {},
): Promise<Agent> {
  const memory = createMemoryHub();
  memory.listen('fc', (peer) => {
    const from = { sysid: 1, compid: 1 };
    let seq = 0;
    const send = <N extends MessageName>(name: N, fields: FieldsIn<N>) =>
      peer.write(encode(name, fields, { ...from, seq: seq++ & 0xff }));
    const value = (name: string, index = 65_535) =>
      send('PARAM_VALUE', {
        param_id: name,
        param_value: held[name] ?? 0,
        param_type: 9,
        param_count: Object.keys(held).length,
        param_index: index,
      });
    const parser = new FrameParser();
    peer.onData = (bytes) =>
      parser.push(bytes, (frame) => {
        const message = decode(frame);
        if (message?.name === 'PARAM_REQUEST_LIST')
          for (const [index, name] of Object.keys(held).entries()) value(name, index);
        else if (message?.name === 'PARAM_REQUEST_READ') {
          const { param_id, param_index } = message.fields;
          const name = param_index >= 0 ? (Object.keys(held)[param_index] ?? '') : param_id;
          if (name in held) value(name, param_index >= 0 ? param_index : 65_535);
        } else if (message?.name === 'PARAM_SET' && message.fields.param_id in held) {
          held[message.fields.param_id] = message.fields.param_value;
          value(message.fields.param_id);
        }
      });
    const beat = () =>
      send('HEARTBEAT', { type: 2, autopilot: 3, base_mode: 81, custom_mode: 0, system_status: 3, mavlink_version: 3 });
    const timer = setInterval(beat, 500);
    peer.onClose = () => clearInterval(timer);
    beat();
  });
  const config = resolveConfig(AgentConfig, {
    file: {
      drone: 'kite-1',
      dataDir: root,
      link: { url: 'memory://fc' },
      uplink: { url: '' },
      station: [{ url: 'memory://one', name: 'laptop', mode: 'control' }, 'memory://two'],
      ...settings,
    },
  });
  if (!config.ok) throw new Error(config.problems.join('\n'));
  const ports = systemPorts({
    identity: async () => ({ boot: '6f1d2c3b-4a59-4e68-8777-0123456789ab', serial: 'test' }),
    createLink: (url) => createLink({ url, memory }),
  });
  const started = createAgent(config.config, ports);
  test.teardown(() => started.close());
  await started.start();
  while (!started.status().vehicle.autopilot.alive) await new Promise((resolve) => setImmediate(resolve));
  return started;
}
