import { createInterface } from 'node:readline';
import { addNoise, loseBytes, loseFrames } from './behaviours/damage.ts';
import { Pilot } from './behaviours/pilot.ts';
import { readFault } from './behaviours/read.ts';
import { addressOf, placeOf, type SimConfig } from './config.ts';
import { Driver } from './driver.ts';
import { createRandom } from './random.ts';
import { createSimulator } from './simulator.ts';
import { SentLog } from './tlog.ts';
import { openPtyTransport, type PtyTransport } from './transports/pty.ts';
import { listenTcp } from './transports/tcp.ts';
import type { Transport } from './transports/transport.ts';
import { sendUdp } from './transports/udp.ts';

/** Channels 1 to 18, pulses of up to four digits. */
const RC_CHANNEL = /^([1-9]|1[0-8])$/;
const RC_PULSE = /^[0-9]{1,4}$/;
const LOAD_KG = /^[0-9]{1,2}(\.[0-9]{1,3})?$/;
export const KNOWN_LINES =
  'replug, reboot, load KG, payload, rc CHANNEL PULSE_US, fault NAME[:args][@start[+duration]], clear [NAME]';

export interface ProgramHost {
  /** One line for whoever started us. */
  readonly print: (line: string) => void;
  readonly commands: NodeJS.ReadableStream | null;
}

export interface RunningSimulator {
  replug(): void;
  /** Safe to call twice. */
  close(): Promise<void>;
}

/** Builds a simulator from its configuration and runs it in real time. Rejects, with all undone, when a transport cannot open. */
export async function runSimulator(config: SimConfig, host: ProgramHost): Promise<RunningSimulator> {
  const tell = (event: Readonly<Record<string, string | number>>): void => host.print(JSON.stringify(event));
  const log = config.tlog === '' ? null : new SentLog(config.tlog);
  const bornMs = performance.now();
  const simulator = createSimulator({
    seed: config.seed,
    home: placeOf(config.home),
    sysid: config.sysid,
    start: config.start,
    flavour: config.flavour,
    olderNames: config.olderNames,
    gripper: config.gripper,
    winch: config.winch,
    payloadKg: config.payload,
    epochUs: BigInt(Date.now()) * 1_000n,
    onFaultTrouble: (fault, reason) => tell({ event: 'fault-refused', fault, reason }),
    ...(log === null ? {} : { onSent: (frame: Uint8Array) => log.add(frame) }),
  });
  for (const written of config.param) {
    const [name = '', value] = written.split('=');
    if (!simulator.autopilot.parameters.find(name)) throw new Error(`param: it has no ${name}`);
    simulator.autopilot.parameters.set(name, Number(value));
  }
  const pilot = new Pilot(simulator.autopilot);
  const random = createRandom(config.seed).fork('line');
  if (config.frameLoss > 0) simulator.damage(loseFrames(config.frameLoss / 100, random));
  if (config.noise > 0) simulator.damage(addNoise(config.noise / 100, random));
  if (config.byteLoss > 0) simulator.damage(loseBytes(() => config.byteLoss / 100, random));

  const driver = new Driver({
    simulator,
    bornMs,
    speedup: config.speedup,
    ...(log === null ? {} : { onAdvanced: () => log.flush() }),
  });
  const transports: Transport[] = [];
  const ptys: PtyTransport[] = [];
  const commands = host.commands === null ? null : createInterface({ input: host.commands });

  let closing: Promise<void> | null = null;
  async function closeAll(): Promise<void> {
    commands?.close();
    driver.stop();
    for (const transport of transports.reverse()) await transport.close();
    log?.close();
  }

  const running: RunningSimulator = {
    replug() {
      for (const pty of ptys) pty.replug();
    },
    close() {
      closing ??= closeAll();
      return closing;
    },
  };

  function begin(written: string): void {
    const read = readFault(written);
    if (read.ok) driver.act(() => void simulator.fault(read.request));
    else tell({ event: 'fault-refused', fault: written, reason: read.reason });
  }

  /** The truth about it, for whoever checks what was delivered. */
  function tellPayload(): void {
    const { massKg, releases, releasedAt } = simulator.payload;
    const where = releasedAt === null ? {} : { lat: releasedAt.lat, lon: releasedAt.lon, heightM: releasedAt.heightM };
    tell({ event: 'payload', massKg, releases, ...where });
  }

  commands?.on('line', (line) => {
    const [word = '', first = '', second = ''] = line.trim().split(/\s+/);
    if (word === 'replug') running.replug();
    else if (word === 'reboot') driver.act(() => simulator.reboot());
    else if (word === 'rc' && RC_CHANNEL.test(first) && RC_PULSE.test(second))
      driver.act(() => pilot.move(Number(first), Number(second)));
    else if (word === 'load' && LOAD_KG.test(first)) driver.act(() => simulator.payload.load(Number(first)));
    else if (word === 'payload') tellPayload();
    else if (word === 'fault' && first !== '') begin(line.trim().slice('fault'.length));
    else if (word === 'clear') driver.act(() => void simulator.clear(first === '' ? undefined : first));
    else if (word !== '') tell({ event: 'unknown-command', line, known: KNOWN_LINES });
  });

  try {
    driver.start();
    for (const fault of config.fault) begin(fault);
    const to = { simulator, driver, tell };
    for (const text of config.tcp) {
      const { host: name, port } = addressOf(text);
      transports.push(await listenTcp(name, port, to));
    }
    for (const text of config.udp) {
      const { host: name, port } = addressOf(text);
      transports.push(await sendUdp(name, port, to));
    }
    if (config.pty || config.ptyLink !== '') {
      const pty = openPtyTransport(config.ptyLink === '' ? null : config.ptyLink, to);
      transports.push(pty);
      ptys.push(pty);
    }
  } catch (error) {
    await running.close();
    throw error;
  }
  return running;
}
