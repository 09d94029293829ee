/** The serial device as it lies there, before anybody opens it. */
import { mayDo } from '../access.ts';
import type { DeviceFacts, DoctorFacts, Program } from '../facts.ts';
import { type Finding, fine, found, unsure } from '../finding.ts';

const READ_AND_WRITE = 6;

const said = ({ name, pid }: Program): string => `${name} (process ${pid})`;
const isModemManager = ({ name }: Program): boolean => name === 'ModemManager';
/** The kernel cuts names at 15 bytes. */
const isGetty = ({ name }: Program): boolean => /^(a?getty|login)$/.test(name);

function missing({ path, kind, others, stableNames }: DeviceFacts): Finding {
  const there = [...stableNames, ...others];
  const list = there.length === 0 ? 'no serial device is there at all' : `there is ${there.slice(0, 6).join(', ')}`;
  const words = kind === 'dangling' ? `${path} leads to a device that is gone` : `${path} is not there; ${list}`;
  return found(
    'device-missing',
    `${words}: the autopilot is not connected, has no power, or came back under another name.`,
    'check cable and power, then: ls -l /dev/serial/by-id/',
    there.length === 0
      ? 'nothing appears when you plug it in? Try another cable (many only charge), look at: sudo dmesg | tail; on GPIO pins: sudo raspi-config, Interface Options, Serial Port'
      : `set link.url = "serial://${there[0]}:BAUD"`,
  );
}

const withoutDev = (device: string): string => device.replace(/^\/dev\//, '');

/** Of serial devices on the distributions that boards run. */
const SERIAL_GROUP = 'dialout';
/** Who is in one of these may open more than a line. */
const NOT_FOR_THIS = ['root', 'tty'];

function forbidden({ path, real, mode, gid, group, who, groupPending }: DeviceFacts): Finding {
  const isOther = NOT_FOR_THIS.includes(group);
  const mayNothing = !mayDo({ mode, uid: -1, gid }, { ...who, uid: -2, gids: [gid] }, READ_AND_WRITE);
  if (isOther || mayNothing) {
    const words = isOther ? `it belongs to the group ${group}` : `the group ${group} may not either`;
    const name = withoutDev(real ?? path);
    return found(
      'device-forbidden',
      `${who.name} may not open ${path}: ${words}, as a login or the console of the kernel leaves it, or a udev rule.`,
      `a login on it? sudo systemctl disable --now serial-getty@${name}.service, then restart this computer, on the ground`,
      `else give it to the group that is for this: echo 'KERNEL=="${name}", GROUP="${SERIAL_GROUP}", MODE="0660"' | sudo tee /etc/udev/rules.d/99-skein-serial.rules; sudo udevadm control --reload; sudo udevadm trigger`,
      `and ${who.name} must be in it: sudo usermod -aG ${SERIAL_GROUP} ${who.name}`,
    );
  }
  if (groupPending)
    return found(
      'device-forbidden',
      `${who.name} is in the group ${group} of ${path}, but not yet in this session: it began before.`,
      'log out and in again; the service: sudo systemctl restart skein-agent',
    );
  return found(
    'device-forbidden',
    `${who.name} may not open ${path}: it belongs to the group ${group}, and ${who.name} is not in it.`,
    `sudo usermod -aG ${group} ${who.name}`,
    'then log out and in again; the service: sudo systemctl restart skein-agent',
  );
}

/** The way to the controller may be a modem that it serves: of its lines none is taken away. */
function withoutModemManager({ path, real, stableNames }: DeviceFacts): readonly string[] {
  const [stable] = stableNames;
  const match = stable === undefined ? `KERNEL=="${withoutDev(real ?? path)}"` : `SYMLINK=="${withoutDev(stable)}"`;
  return [
    'no modem in this board? sudo systemctl disable --now ModemManager',
    `else tell it to leave this one alone: echo '${match}, ENV{ID_MM_PORT_IGNORE}="1"' | sudo tee /etc/udev/rules.d/99-skein-modem-manager.rules; sudo udevadm control --reload   (and replug it)`,
  ];
}

function held(facts: DeviceFacts, own: readonly number[]): Finding[] {
  const { path, real, holders, getty, kernelConsole, modemManager } = facts;
  const tty = withoutDev(real ?? path);
  const all: Finding[] = [];
  const login = getty ?? holders.find(isGetty) ?? null;
  if (login !== null)
    all.push(
      found(
        'device-getty',
        `A login prompt, ${said(login)}, runs on ${path}: it eats what the autopilot says and answers it.`,
        `sudo systemctl disable --now serial-getty@${tty}.service`,
        'on a Raspberry Pi: sudo raspi-config, Interface Options, Serial Port: login shell no, hardware yes',
      ),
    );
  if (kernelConsole)
    all.push(
      found(
        'device-console',
        `The kernel writes its messages to ${path}: the autopilot gets them between our frames.`,
        `remove console=${tty},… (or console=serial0,…) from /boot/firmware/cmdline.txt, and restart this computer on the ground`,
      ),
    );
  if (holders.some(isModemManager))
    all.push(
      found(
        'device-modem-manager',
        `ModemManager holds ${path}: it takes the autopilot for a modem and sends it AT commands.`,
        ...withoutModemManager(facts),
      ),
    );
  const others = holders.filter((one) => !isModemManager(one) && !isGetty(one) && !own.includes(one.pid));
  for (const other of others)
    all.push(
      found(
        'device-held',
        `${said(other)} has ${path} open, too: each byte goes to one of the two.`,
        `end it, on the ground only (it may be what a pilot flies by): sudo kill ${other.pid}   (what starts it: systemctl status ${other.pid})`,
        'a ground station belongs behind the agent: [[station]] in its settings',
      ),
    );
  if (modemManager.runs && !modemManager.leavesIt && !holders.some(isModemManager))
    all.push(
      found(
        'modem-manager-near',
        `ModemManager runs, and nobody told it to leave ${path} alone: it may try it for half a minute each time it is plugged in.`,
        ...withoutModemManager(facts),
      ),
    );
  return all;
}

/** Processes that may be the agent that was asked: one that did not say is among those that run, or is any Node there. */
function ownPids({ agent, otherAgents }: DoctorFacts, holders: readonly Program[]): readonly number[] {
  if (agent.state === 'stopped') return [];
  if (agent.state === 'running' && agent.facts !== null) return [agent.facts.pid];
  const agents = otherAgents.ok ? otherAgents.value.map(({ program }) => program) : [];
  const nodes = holders.filter(({ command }) => /(^|\/)node$/.test(command[0] ?? ''));
  return [...agents, ...nodes].map(({ pid }) => pid);
}

export function device(all: DoctorFacts): Finding[] {
  const { device, agent } = all;
  if (device === null) return [];
  if (!device.ok) return [unsure('device', `The serial device: ${device.why}.`)];
  const facts = device.value;
  const { kind, path, stableNames, group } = facts;
  if (kind === 'missing' || kind === 'dangling') return [missing(facts)];
  if (kind === 'other')
    return [found('device-no-serial', `${path} is no serial device.`, 'set link.url to one: ls -l /dev/serial/by-id/')];
  const running = agent.state === 'running' ? agent.facts : null;
  // Who has it open may open it; as whom an agent runs that may not be asked is not known.
  const may = running?.link.open === true || agent.state === 'forbidden' || mayDo(facts, facts.who, READ_AND_WRITE);
  const wrong = [...(may ? [] : [forbidden(facts)]), ...held(facts, ownPids(all, facts.holders))];
  const [stable] = stableNames;
  if (stable !== undefined && /^\/dev\/tty(ACM|USB)\d+$/.test(path))
    wrong.push(
      found(
        'device-renumbers',
        `${path} may have another number after the next restart of the autopilot.`,
        `set link.url to the name that stays: "serial://${stable}:BAUD"`,
      ),
    );
  return wrong.length > 0 ? wrong : [fine('device', `${path} is there, of the group ${group}, and nobody else has it`)];
}
