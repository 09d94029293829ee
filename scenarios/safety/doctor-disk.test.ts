/** `skein-agent doctor`, the program itself, on a disk that is really full, and on one that is really read-only. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import t from 'tap';
import type { Finding } from '../../agent/doctor/index.ts';
import { programs } from '../kit/paths.ts';
import { withFullDisk, withReadOnly } from '../kit/private-mount.ts';

for (const [how, prefix, code, words, ...remedies] of [
  [
    'full',
    withFullDisk,
    'disk-full',
    /mounted at .*data, which is full \(0 MB free\)/,
    /sudo du -xh .*data \|/,
    /journalctl --vacuum-size/,
  ],
  ['read-only', withReadOnly, 'disk-read-only', /mounted at .*data, which is read-only/, /mount -o remount,rw .*data$/],
] as const) {
  t.test(how, { skip: process.platform === 'linux' ? false : 'a name space for mounts is needed' }, async (t) => {
    const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sd-')));
    t.teardown(() => fs.rmSync(dir, { recursive: true, force: true }));
    const data = path.join(dir, 'data');
    fs.mkdirSync(data);
    const [program = '', ...args] = [
      ...[...prefix(data), process.execPath, programs.agent, 'doctor', '--json', '--drone=kite-1'],
      ...[`--dataDir=${data}`, '--uplink.url=', '--link.url=udpin://127.0.0.1:0', '--disk.budgetMB=8'],
    ];
    const { exit, text } = await new Promise<{ exit: unknown; text: string }>((resolve) => {
      execFile(program, args, (error, out) => resolve({ exit: error?.code ?? 0, text: out }));
    });
    const { findings } = JSON.parse(text) as { findings: readonly Finding[] };
    t.equal(exit, 5);
    const found = findings.find((one) => one.code === code);
    t.match(found?.words, words);
    for (const [i, remedy] of remedies.entries()) t.match(found?.remedy[i], remedy);
  });
}
