/** What comes over the line to the autopilot. */
import type { DoctorFacts, Heard, LineFacts } from '../facts.ts';
import { type Finding, fine, found, unsure } from '../finding.ts';
import type { RunningFacts } from '../running.ts';

/** More of the bytes than this belong to no frame: noise, a loose plug, a bad earth. */
const LOSSY = 0.05;
/** The boot of an autopilot alone gives some hundred. */
const LOSSY_BYTES = 1_000;

const PROTOCOL = [
  'set SERIALn_PROTOCOL = 2 (MAVLink 2), n being the port it is plugged into (TELEM1 is usually 1, TELEM2 is 2), and restart the autopilot, disarmed',
  'PX4: set MAV_1_CONFIG to that port',
];
const BAUD = (baud: number): string[] => [
  `set SERIALn_BAUD = ${shortBaud(baud)} (${baud} baud), n being the port it is plugged into, and restart the autopilot, disarmed`,
  `PX4: SER_TELn_BAUD = ${baud}`,
];

/** ArduPilot writes thousands: 57 is 57600, 1500 is 1500000. */
const shortBaud = (baud: number): number => Math.floor(baud / 1000);

const withBaud = (url: string, baud: number): string => `${url.replace(/:[0-9,]+$/, '')}:${baud}`;

function mavlink1(count: number, frames: number): Finding[] {
  if (count === 0 || count * 2 < frames) return [];
  return [
    found(
      'line-mavlink1',
      'The autopilot speaks MAVLink 1 on this line: positions, parameters and missions come without what MAVLink 2 added, and messages above 255 not at all.',
      'set SERIALn_PROTOCOL = 2, n being the port it is plugged into, and restart the autopilot, disarmed',
      'PX4: MAV_PROTO_VER = 2',
    ),
  ];
}

function lossy(bytes: number, skipped: number): Finding[] {
  if (skipped < LOSSY_BYTES || skipped < bytes * LOSSY) return [];
  return [
    found(
      'line-lossy',
      `${Math.round((skipped / bytes) * 100)} % of the bytes of this line belong to no frame.`,
      'look at plug, length and earth of the cable; keep it away from motor wires',
      'a slower baud is sturdier: 57600 still carries everything',
    ),
  ];
}

const TWO =
  'take it off the line: the agent serves the one that it heard first, and another SYSID_THISMAV changes nothing of that';

function company(autopilots: number, readOnly: string | null): Finding[] {
  const all: Finding[] = [];
  if (autopilots > 1) all.push(found('line-two-autopilots', 'A second autopilot is heard on this line.', TWO));
  if (readOnly !== null)
    all.push(
      found(
        'line-two-companions',
        `Somebody else speaks for this vehicle (${readOnly}): nothing is commanded.`,
        'find the second companion computer, or the second agent, on this autopilot, and take it off',
      ),
    );
  return all;
}

function running({ link, vehicle }: RunningFacts): Finding[] {
  const { open, fault, frames, skippedBytes, bytesIn, baud } = link;
  if (!open && fault !== null) return [found('line-closed', `${fault.message}.`, fault.advice)];
  if (frames === 0 && bytesIn > 0 && !isSerial(link.url)) return [foreign(link.url)];
  if (frames === 0 && bytesIn > 0)
    return [
      found(
        'line-noise',
        `${bytesIn} bytes came${baud === null ? '' : ` at ${baud} baud`} and no frame was among them: the baud is wrong, or what is there does not speak MAVLink.`,
        ...(baud === null ? [] : BAUD(baud)),
        ...PROTOCOL,
      ),
    ];
  if (frames === 0) return [silent(link.url)];
  const all = [
    ...mavlink1(link.mavlink1, frames),
    ...lossy(bytesIn, skippedBytes),
    ...company(1 + vehicle.otherAutopilots, vehicle.readOnly),
  ];
  if (vehicle.sysid === null) return [noAutopilot([]), ...all];
  if (!vehicle.alive) all.push(fellSilent(link.url));
  return all.length > 0 ? all : [fine('line', `system ${vehicle.sysid} is heard, ${frames} frames so far`)];
}

const isSerial = (url: string): boolean => url.startsWith('serial:');

/** A network link has no baud. */
const foreign = (url: string): Finding =>
  found(
    'line-noise',
    `Bytes come over ${url}, and no frame is among them: what sends there does not speak MAVLink.`,
    'check what sends to that port, or listens at it; a simulator or a telemetry bridge must be set to MAVLink 2',
  );

const fellSilent = (url: string): Finding =>
  found(
    'line-silent',
    `Nothing more comes over ${url}: the autopilot was heard, and fell silent. It restarts, hangs, has no power, or its plug is loose.`,
    'a restart takes half a minute: ask again; then check its power, its light, and the plug',
  );

function silent(url: string): Finding {
  if (!isSerial(url))
    return found(
      'line-silent',
      `Nothing comes over ${url}.`,
      'check that the autopilot (or simulator) runs and sends there; a TCP port of an autopilot serves one client, so end the other',
    );
  return found(
    'line-silent',
    `Nothing at all comes over ${url}: no power, TX and RX not crossed, another port of the autopilot, or its protocol is not MAVLink.`,
    'check power and cable: TX goes to RX, RX to TX, and earth to earth',
    ...PROTOCOL,
  );
}

function noAutopilot(others: readonly string[]): Finding {
  const heard = others.length === 0 ? '' : `: only ${others.slice(0, 4).join(', ')} (system/component)`;
  return found(
    'line-no-autopilot',
    `MAVLink comes, but no autopilot${heard}.`,
    'connect the line to the autopilot itself, not to a gimbal, radio or camera',
  );
}

/** Bytes, and no frame at any baud of the settings. */
function noFrames(url: string, own: readonly Heard[], others: readonly Heard[]): Finding {
  const good = others.find(({ frames }) => frames > 0);
  const bauds = own.map(({ baud }) => baud).filter((baud): baud is number => baud !== null);
  if (good?.baud)
    return found(
      'line-baud',
      `The autopilot speaks at ${good.baud} baud; link.url says ${bauds.join(', ')}.`,
      `set link.url = "${withBaud(url, good.baud)}"`,
      ...BAUD(bauds[0] ?? 57_600).map((one) => `or ${one}`),
    );
  const looks = [...own, ...others].map(({ looksLike }) => looksLike).find((one) => one !== null);
  if (looks)
    return found(
      'line-protocol',
      {
        nmea: 'What comes is NMEA, the language of satellite receivers: this is the port of a receiver, or SERIALn_PROTOCOL is 5.',
        ublox:
          'What comes is the language of u-blox receivers: this is the port of a receiver, or SERIALn_PROTOCOL is 5.',
        text: 'What comes is plain text: a console, or a debug port, not MAVLink.',
      }[looks],
      ...PROTOCOL,
    );
  return found(
    'line-noise',
    `Bytes come, but no frame, at ${[...own, ...others].map(({ baud }) => baud ?? 'this').join(', ')} baud: another baud, another protocol, or a bad cable.`,
    ...BAUD(bauds[0] ?? 57_600),
    ...PROTOCOL,
  );
}

function listened(url: string, { tried, bauds }: LineFacts): Finding[] {
  const own = tried.slice(0, Math.max(1, bauds.length));
  const best = own.find(({ frames }) => frames > 0);
  if (best === undefined) {
    const closed = own.find(({ opened, fault }) => !opened && fault !== null);
    if (closed?.fault && own.every(({ opened }) => !opened)) {
      // Said better where the ports are looked at.
      if (closed.fault.code === 'EADDRINUSE') return [unsure('line', `${closed.fault.message}.`)];
      return [found('line-closed', `${closed.fault.message}.`, closed.fault.advice)];
    }
    if (own.every(({ bytes }) => bytes === 0)) return [silent(url)];
    return [isSerial(url) ? noFrames(url, own, tried.slice(own.length)) : foreign(url)];
  }
  const { frames, autopilots, companions, bytes, skippedBytes } = best;
  const all = [...mavlink1(best.mavlink1, frames), ...lossy(bytes, skippedBytes), ...company(autopilots.length, null)];
  if (autopilots.length === 0) return [noAutopilot(companions), ...all];
  if (all.length > 0) return all;
  return [fine('line', `system ${autopilots[0]} is heard${best.baud === null ? '' : ` at ${best.baud} baud`}`)];
}

export function line({ agent, line, device, settings }: DoctorFacts): Finding[] {
  if (agent.state === 'running')
    return agent.facts === null ? [unsure('line', 'The agent has the line.')] : running(agent.facts);
  if (settings.problems.length > 0) return [unsure('line', 'Not listened: the settings are wrong.')];
  if (line === null && device?.ok && device.value.kind !== 'serial')
    return [unsure('line', 'Not listened: there is no device to listen to.')];
  if (line === null) return [unsure('line', 'Not listened: somebody has the line, or may have it.')];
  return line.ok ? listened(settings.used.linkUrl, line.value) : [unsure('line', `The line: ${line.why}.`)];
}
