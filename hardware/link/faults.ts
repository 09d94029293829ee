/**
 * What can go wrong with a link: stable codes, plain words, and what to do about it. Callers match `code`, never text.
 */
export interface LinkFault {
  /** A key of the table below; stable. */
  readonly code: FaultCode;
  /** What happened, with the path or address. */
  readonly message: string;
  /** What a person at the drone does next. */
  readonly advice: string;
}

const table = {
  ENOENT: [
    'there is no such device',
    'Check the cable and that the autopilot has power; list what is there with `ls -l /dev/serial/by-id/` and use that name, since ttyACM0 may come back as ttyACM1.',
  ],
  EACCES: [
    'this user may not open the device',
    'Add the user to the group that owns it, usually `sudo usermod -aG dialout $USER`, then log in again.',
  ],
  EPERM: [
    'the system forbids opening it',
    'Look at the permissions of the device (`ls -l`) and at the sandbox of the service (DevicePolicy, DeviceAllow).',
  ],
  EBUSY: [
    'another program holds the device',
    'Find it with `sudo fuser -v DEVICE`; common are ModemManager (`sudo systemctl disable --now ModemManager`), a login console on the port, or a second ground station.',
  ],
  EIO: [
    'the device gave an input/output error',
    'It was probably unplugged or lost power; the link keeps trying. If it stays, try another cable or port and look at `dmesg`.',
  ],
  EBADF: [
    'the device went away while open',
    'It was unplugged or its USB side restarted; the link reopens it by itself when it returns.',
  ],
  ENXIO: [
    'the device is listed but nothing is behind it',
    'The driver lost its hardware: replug it or power-cycle the autopilot; look at `dmesg`.',
  ],
  ENODEV: ['the device is gone', 'Replug it or power-cycle the autopilot; look at `dmesg`.'],
  ENOTTY: ['this path is not a serial port', 'Give the path of a serial device, such as one under /dev/serial/by-id/.'],
  EISDIR: ['this path is a folder', 'Give the path of a serial device, such as one under /dev/serial/by-id/.'],
  EINVAL: [
    'the port does not take these settings',
    'Most often the baud: use one the adapter supports (57600, 115200, 921600).',
  ],
  EMFILE: [
    'this process has too many files open',
    'Raise the limit of open files (LimitNOFILE); if it returns, report it as a leak.',
  ],
  ECONNREFUSED: [
    'nobody listens at that address',
    'Start the other side, or correct host and port; the link keeps trying.',
  ],
  ECONNRESET: ['the other side cut the connection', 'It probably restarted; the link reconnects by itself.'],
  EPIPE: ['the other side closed while we wrote', 'It probably restarted; the link reconnects by itself.'],
  ETIMEDOUT: ['no answer in time', 'Check address, cable and firewall; the link keeps trying.'],
  EHOSTUNREACH: ['no way to that host', 'Check cable, address and route (`ip route get HOST`).'],
  ENETUNREACH: ['no way to that network', 'Check that the network interface is up (`ip addr`).'],
  ENOTFOUND: ['that host name is unknown', 'Correct the name, or use the IP address.'],
  EAI_AGAIN: ['the host name cannot be looked up now', 'Check the DNS settings, or use the IP address.'],
  EADDRINUSE: [
    'another program already uses that port',
    'Find it with `ss -lunp` (or `-ltnp`) and stop it, or choose another port; QGroundControl takes UDP 14550.',
  ],
  EADDRNOTAVAIL: [
    'this machine does not have that address',
    'Listen on 0.0.0.0 or on one of the addresses of `ip addr`.',
  ],
  'open-timeout': ['opening took too long', 'Check address, cable and firewall; the link keeps trying.'],
  'write-timeout': [
    'the port took no bytes for too long',
    'The other side does not read: check its power, flow control (turn RTS/CTS off) and cable.',
  ],
  'closed-by-peer': ['the other side closed the link', 'It probably restarted; the link reconnects by itself.'],
  'device-changed': [
    'the device behind this name is now another one',
    'It was replugged; the link reopens it by itself.',
  ],
  'hang-up': ['the port hung up', 'It was unplugged or restarted; the link reopens it by itself.'],
  reopened: ['reopened on request', 'Nothing to do.'],
  'no-frames': [
    'nothing sensible was heard at this baud',
    'Set the baud of the autopilot port (SERIALn_BAUD) in the link URL.',
  ],
  unknown: ['the port failed', 'Look at the message; the link keeps trying.'],
} as const satisfies Record<string, readonly [what: string, advice: string]>;

export type FaultCode = keyof typeof table;

const isCode = (code: string): code is FaultCode => Object.hasOwn(table, code);

/** The fault of a known code. `where` is the path or address, `detail` the system's own words. */
export function fault(code: FaultCode, where: string, detail?: string): LinkFault {
  const [what, advice] = table[code];
  return { code, message: `${where}: ${what}${detail === undefined ? '' : ` (${detail})`}`, advice };
}

/** serialport hands on the system's text without its code, so the text is all there is to go by. */
const texts: readonly (readonly [RegExp, FaultCode])[] = [
  [/cannot lock port|resource busy|resource temporarily unavailable/i, 'EBUSY'],
  [/no such file/i, 'ENOENT'],
  [/permission denied/i, 'EACCES'],
  [/not permitted/i, 'EPERM'],
  [/inappropriate ioctl|not a typewriter/i, 'ENOTTY'],
  [/is a directory/i, 'EISDIR'],
  [/input\/output error|i\/o error/i, 'EIO'],
  [/bad file (descriptor|number)/i, 'EBADF'],
  [/no such device or address/i, 'ENXIO'],
  [/no such device/i, 'ENODEV'],
  [/invalid argument/i, 'EINVAL'],
  [/too many open files/i, 'EMFILE'],
];

/** Names what an error of the system means. Never throws, whatever was thrown at us. */
export function faultOf(error: unknown, where: string): LinkFault {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (isCode(code)) return fault(code, where);
  const known = texts.find(([text]) => text.test(message));
  return known ? fault(known[1], where) : fault('unknown', where, message);
}
