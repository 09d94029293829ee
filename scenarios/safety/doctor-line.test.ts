/**
 * `skein-agent doctor` and lines to the autopilot that are broken in one way each, as technicians meet them: the right name,
 * and a remedy that is one. The serial lines are real ones (pseudo-terminals); who else has them stands in a /proc of the test.
 */
import fs from 'node:fs';
import path from 'node:path';
import { encode } from '@skein/protocol/mavlink';
import t from 'tap';
import { type Case, eachIsNamed } from '../kit/doctor-cases.ts';
import { beat, type SetUp, STRANGER } from '../kit/doctor-setup.ts';

const noise = (bytes = 40): Uint8Array => Uint8Array.from({ length: bytes }, (_, i) => (i * 89 + 0x81) & 0xff);
const text = (words: string): Uint8Array =>
  encode('STATUSTEXT', { severity: 2, text: words, id: 0, chunk_seq: 0 }, { sysid: 1, compid: 1, seq: 7 });
/** The device as it belongs to root and a group that the stranger is not in. */
function ofDialout(at: SetUp, members = ''): void {
  const line = at.serial(() => beat());
  fs.chmodSync(line.path, 0o660);
  at.write('etc/group', `dialout:x:${fs.statSync(line.path).gid}:${members}\n`);
  at.write('etc/passwd', 'pilot:x:4242:4242::/nonexistent:/bin/sh\n');
  at.ports.me = STRANGER;
}

const LINES: readonly Case[] = [
  {
    name: 'the serial path is not there',
    code: 'device-missing',
    words: /not there; there is \/dev\/serial\/by-id\/usb-Holybro/,
    remedy: /link\.url = "serial:\/\/\/dev\/serial\/by-id\/usb-Holybro_Pixhawk6C-if00:BAUD"/,
    given(at) {
      at.write('dev/serial/by-id/usb-Holybro_Pixhawk6C-if00', '');
      at.settings['link.url'] = '"serial:///dev/no-such-tty:57600"';
    },
  },
  {
    name: 'the path is a file',
    code: 'device-no-serial',
    words: /no serial device/,
    remedy: /ls -l \/dev\/serial\/by-id/,
    given(at) {
      at.settings['link.url'] = `"serial://${path.join(at.dir, 'root/proc/cmdline')}:57600"`;
    },
  },
  {
    name: 'the user is not in the group of the device',
    code: 'device-forbidden',
    words: /group dialout, and pilot is not in it/,
    remedy: /sudo usermod -aG dialout pilot/,
    also: ['data-forbidden'],
    given: (at) => ofDialout(at),
  },
  {
    name: 'the user was put into the group after this login',
    code: 'device-forbidden',
    words: /not yet in this session/,
    remedy: /log out and in again/,
    also: ['data-forbidden'],
    given: (at) => ofDialout(at, 'pilot'),
  },
  {
    name: 'a login prompt on the line',
    code: 'device-getty',
    words: /agetty \(process 812\)/,
    remedy: /systemctl disable --now serial-getty@/,
    given(at) {
      const line = at.serial(() => beat());
      at.program(812, ['/sbin/agetty', '--keep-baud', '115200', line.path.replace('/dev/', ''), 'vt220'], [line.path]);
    },
  },
  {
    name: 'the console of the kernel on the line',
    code: 'device-console',
    words: /kernel writes its messages/,
    remedy: /cmdline\.txt/,
    given(at) {
      const line = at.serial(() => beat());
      at.write('proc/cmdline', `console=${line.path.replace('/dev/', '')},115200 root=/dev/mmcblk0p2\n`);
    },
  },
  {
    name: 'ModemManager holds the device',
    code: 'device-modem-manager',
    words: /ModemManager holds/,
    remedy: /systemctl disable --now ModemManager/,
    given(at) {
      const line = at.serial(() => beat());
      at.program(440, ['/usr/sbin/ModemManager'], [line.path]);
    },
  },
  {
    name: 'a ground station has the device, too',
    code: 'device-held',
    words: /mavproxy\.py \(process 977\)/,
    remedy: /sudo kill 977/,
    given(at) {
      const line = at.serial(() => beat());
      at.program(977, ['/usr/local/bin/mavproxy.py'], [line.path]);
    },
  },
  {
    name: 'the autopilot speaks at another baud',
    code: 'line-baud',
    words: /speaks at 115200 baud; link\.url says 57600/,
    remedy: /link\.url = "serial:\/\/.*:115200"/,
    given: (at) => void at.serial((line) => (line.baud() === 115_200 ? beat() : noise())),
  },
  {
    name: 'noise at every baud',
    code: 'line-noise',
    words: /no frame, at 57600, 115200, 921600/,
    remedy: /SERIALn_BAUD = 57 /,
    given: (at) => void at.serial(() => noise()),
  },
  {
    name: 'the port of a satellite receiver',
    code: 'line-protocol',
    words: /NMEA/,
    remedy: /SERIALn_PROTOCOL = 2/,
    given: (at) => void at.serial(() => Buffer.from('$GPGGA,092750.000,5321.6802,N,00630.3372,W,1,8,1.03*7B\r\n')),
  },
  {
    name: 'a port that is not set to MAVLink says nothing',
    code: 'line-silent',
    words: /Nothing at all comes/,
    remedy: /SERIALn_PROTOCOL = 2/,
    given: (at) => void at.serial(() => new Uint8Array()),
  },
  {
    name: 'a line set to MAVLink 1',
    code: 'line-mavlink1',
    words: /MAVLink 1/,
    remedy: /SERIALn_PROTOCOL = 2/,
    given: (at) => void at.serial(() => beat({ version: 1 })),
  },
  {
    name: 'only a gimbal on the line',
    code: 'line-no-autopilot',
    words: /only 1\/154/,
    remedy: /to the autopilot itself/,
    given: (at) => void at.serial(() => beat({ compid: 154 })),
  },
  {
    name: 'two autopilots on the line',
    code: 'line-two-autopilots',
    words: /second autopilot/,
    remedy: /SYSID_THISMAV/,
    given: (at) => void at.serial(() => Buffer.concat([beat(), beat({ sysid: 2 })])),
  },
  {
    name: 'armed, and no agent runs',
    code: 'vehicle-armed',
    words: /ARMED and no agent runs/,
    remedy: /systemctl start skein-agent/,
    given: (at) => void at.serial(() => beat({ armed: true })),
  },
  {
    name: 'the safety switch, heard without an agent',
    code: 'safety-switch',
    words: /no motor can turn/,
    remedy: /press the button/,
    given: (at) => void at.serial(() => Buffer.concat([text('PreArm: Hardware safety switch'), beat()])),
  },
];

t.test('each broken line is named, with its remedy', (t) => eachIsNamed(t, LINES));
