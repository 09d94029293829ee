/** `skein-agent doctor` and what is wrong on the board itself: settings, agents, data, disk, clock, ports. */
import fs from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { type Case, eachIsNamed } from '../kit/doctor-cases.ts';
import { STRANGER } from '../kit/doctor-setup.ts';

const failing = (code: string) => async () => ({ ms: 5, error: code });

const BOARDS: readonly Case[] = [
  {
    name: 'a key that does not exist',
    code: 'settings-wrong',
    words: /did you mean disk\.budgetMB/,
    remedy: /config --check/,
    given(at) {
      at.settings['disk.bugetMB'] = '9';
    },
  },
  {
    name: 'a value that makes no sense',
    code: 'settings-wrong',
    words: /profile/,
    remedy: /config --check/,
    given(at) {
      at.settings.profile = '"acrobatics"';
    },
  },
  {
    name: 'a file that is no TOML',
    code: 'settings-unreadable',
    words: /agent\.toml/,
    remedy: /correct .*agent\.toml/,
    given(at) {
      at.file = 'drone = kite-1';
    },
  },
  {
    name: 'a Node that is too old',
    code: 'node-old',
    words: /Node v18\.19\.0 is too old/,
    remedy: /npm ci/,
    given(at) {
      at.ports.node = 'v18.19.0';
    },
  },
  {
    name: 'another agent that says it is this drone',
    code: 'two-agents',
    words: /process 3021, drone kite-1, data in \/srv\/old/,
    remedy: /sudo kill 3021/,
    given: (at) =>
      at.program(3021, ['node', '/opt/skein/agent/main.ts', 'run', '--drone=kite-1', '--dataDir=/srv/old']),
  },
  {
    name: 'an agent that hangs',
    code: 'agent-hangs',
    words: /does not answer/,
    remedy: /disarmed.*systemctl restart skein-agent/,
    given(at) {
      at.ports.ask = async () => ({ ok: false, reason: 'no answer within 3 s', reached: false });
    },
  },
  {
    name: 'a card that was copied from another board',
    code: 'card-moved',
    words: /board-0; this is board-1/,
    remedy: /a name of its own/,
    given: (at) => fs.writeFileSync(path.join(at.dataDir, 'state.json'), '{"n":7,"board":"board-0"}'),
  },
  {
    name: 'a data folder that belongs to somebody else',
    code: 'data-forbidden',
    words: /pilot may not write/,
    remedy: /sudo chown -R pilot: /,
    given(at) {
      fs.chmodSync(at.dataDir, 0o755);
      at.ports.me = { ...STRANGER, uid: process.getuid?.() === 0 ? STRANGER.uid : (process.getuid?.() ?? 0) };
      if (process.getuid?.() !== 0) fs.chmodSync(at.dataDir, 0o555);
    },
  },
  {
    name: 'the data folder is a file',
    code: 'data-no-folder',
    words: /no folder/,
    remedy: /sudo mv/,
    given(at) {
      fs.rmdirSync(at.dataDir);
      fs.writeFileSync(at.dataDir, '');
    },
  },
  {
    // One that is full to the last byte: doctor-disk.test.ts.
    name: 'a disk that has room, and takes no more files',
    code: 'disk-full',
    words: /takes no more \(ENOSPC\), though \d+ MB of it are free/,
    remedy: /sudo df -i \//,
    given(at) {
      at.ports.probeDisk = failing('ENOSPC');
    },
  },
  {
    name: 'a disk that made itself read-only',
    code: 'disk-read-only',
    words: /\/dev\/mmcblk0p2, mounted at \/, which is read-only/,
    remedy: /mount -o remount,rw \//,
    given: (at) => at.write('proc/self/mounts', '/dev/mmcblk0p2 / ext4 ro,noatime 0 0\n'),
  },
  {
    name: 'a disk that fails',
    code: 'disk-failing',
    words: /counted 3 errors/,
    remedy: /replace the card/,
    given: (at) => at.write('sys/fs/ext4/mmcblk0p2/errors_count', '3\n'),
  },
  {
    name: 'a slow card',
    code: 'disk-slow',
    words: /2\.4 s/,
    remedy: /iotop/,
    given(at) {
      at.ports.probeDisk = async () => ({ ms: 2_400, error: null });
    },
  },
  {
    name: 'a card that is nearly worn out',
    code: 'disk-worn',
    words: /worn out/,
    remedy: /replace the card/,
    given: (at) => at.write('sys/block/mmcblk0/device/pre_eol_info', '0x02\n'),
  },
  {
    name: 'a board that believes it is 1970',
    code: 'clock-wrong',
    words: /1970-01-01/,
    remedy: /timedatectl set-ntp true/,
    given(at) {
      at.ports.utcMs = () => 86_000;
    },
  },
  {
    name: 'a clock that nobody keeps',
    code: 'clock-unkept',
    words: /nothing keeps its clock right/,
    remedy: /timedatectl/,
    given(at) {
      at.ports.networkTime = async () => false;
    },
  },
  {
    name: 'another program has the UDP port of the line',
    code: 'port-taken',
    words: /QGroundControl \(process 5150\) has that port/,
    remedy: /sudo kill 5150/,
    given(at) {
      // 38D6 is 14550.
      at.write('proc/net/udp', 'head\n  1: 00000000:38D6 00000000:0000 07 0:0 0:0 0 1000 0 777 2\n');
      at.program(5150, ['/opt/QGroundControl'], ['socket:[777]']);
      at.settings.station = '["udpin://127.0.0.1:14550"]';
    },
  },
];

t.test('each broken board is named, with its remedy', (t) => eachIsNamed(t, BOARDS));
