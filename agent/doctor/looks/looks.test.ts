/** Reading of /proc as it is written: fixtures made here. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { ME } from '../testing/well.ts';
import { lookAtDevice } from './device.ts';
import { probeDisk } from './disk.ts';
import { SystemFiles } from './files.ts';
import { agentsAmong, readOpenFiles, readPrograms } from './programs.ts';
import { takenPorts } from './sockets.ts';
import { readUsers } from './users.ts';

function board(test: Test, files: Readonly<Record<string, string>>): { root: string; files: SystemFiles } {
  const root = mkdtempSync(join(tmpdir(), 'look-'));
  test.teardown(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return { root, files: new SystemFiles(root) };
}

const program = (pid: number, name: string, command: string, parent: number): Record<string, string> => ({
  [`proc/${pid}/comm`]: `${name}\n`,
  [`proc/${pid}/cmdline`]: command.replaceAll(' ', '\0'),
  [`proc/${pid}/status`]: `Name:\t${name}\nPPid:\t${parent}\n`,
});

t.test('agents are found by their command line, those who watch them are not counted', async (t) => {
  const { files } = board(t, {
    ...program(10, 'node', 'node /usr/bin/skein-agent run --respawn --drone=kite-1', 1),
    ...program(11, 'node', 'node /opt/skein/agent/skein-agent.js run --drone=kite-1', 10),
    ...program(20, 'node', 'node /opt/skein/agent/main.ts run --drone kite-2 --dataDir=/srv/2', 1),
    ...program(30, 'node', 'node /opt/skein/agent/main.ts status', 1),
    ...program(40, 'vim', 'vim /opt/skein/agent/main.ts', 1),
    'proc/uptime': '1 1',
  });
  const programs = await readPrograms(files);
  t.equal(programs.length, 5);
  t.match(agentsAmong(programs, null), [
    { program: { pid: 11 }, drone: 'kite-1', dataDir: null },
    { program: { pid: 20 }, drone: 'kite-2', dataDir: '/srv/2' },
  ]);
  t.match(
    agentsAmong(programs, 11),
    [{ program: { pid: 20 } }],
    'the one that answered, and who watches it, are left out',
  );
});

t.test('who holds a file, and whose files may not be seen', async (t) => {
  const { root, files } = board(t, { ...program(10, 'gpsd', 'gpsd', 1), ...program(11, 'sshd', 'sshd', 1) });
  mkdirSync(join(root, 'proc/10/fd'));
  symlinkSync('/dev/ttyACM0', join(root, 'proc/10/fd/4'));
  symlinkSync('socket:[5]', join(root, 'proc/10/fd/5'));
  const { open, unseen } = await readOpenFiles(files, await readPrograms(files), (target) => target === '/dev/ttyACM0');
  t.match(open, [{ program: { name: 'gpsd' } }]);
  t.match(unseen, [{ name: 'sshd' }]);
});

t.test(
  'of a pseudo-terminal the other end is no rival, though it keeps our end open; who else has our end is',
  async (t) => {
    const { root, files } = board(t, {
      ...program(10, 'skein-sim', 'node skein-sim', 1),
      ...program(11, 'mavproxy.py', 'mavproxy.py', 1),
      ...program(12, 'tmux', 'tmux', 1),
      'proc/10/fdinfo/3': 'pos:\t0\nflags:\t02100002\nmnt_id:\t24\ntty-index:\t7654321\n',
      'proc/12/fdinfo/3': 'pos:\t0\ntty-index:\t2\n',
    });
    const opens = (pid: number, ...targets: readonly string[]): void => {
      mkdirSync(join(root, `proc/${pid}/fd`));
      for (const [i, target] of targets.entries()) symlinkSync(target, join(root, `proc/${pid}/fd/${i + 3}`));
    };
    opens(10, '/dev/ptmx', '/dev/pts/7654321');
    opens(11, '/dev/pts/7654321');
    opens(12, '/dev/ptmx', '/dev/pts/7654321');
    const [programs, users] = [await readPrograms(files), await readUsers(files)];
    const look = async (path: string) =>
      (await lookAtDevice(path, { files, users, programs, who: ME, me: ME })).holders.map(({ name }) => name).sort();
    t.same(await look('/dev/pts/7654321'), ['mavproxy.py', 'tmux'], 'the master of another one does not excuse');
    rmSync(join(root, 'proc/10/fdinfo'), { recursive: true });
    t.same(await look('/dev/pts/7654321'), ['mavproxy.py', 'tmux'], 'where the kernel does not say');
  },
);

t.test('ports: TCP that listens, UDP that is bound, of both families', async (t) => {
  const head = 'sl local_address rem_address st tx_queue rx_queue tr tm->when retrnsmt uid timeout inode\n';
  const { files } = board(t, {
    'proc/net/tcp': `${head}0: 00000000:1692 00000000:0000 01 0:0 0:0 0 0 0 1 1\n`,
    'proc/net/tcp6': `${head}0: 00000000000000000000000000000000:168A 0:0 0A 0:0 0:0 0 0 0 2 1\n`,
    'proc/net/udp': `${head}0: 0100007F:38D6 0:0 07 0:0 0:0 0 0 0 3 1\n`,
  });
  const wanted = [
    { what: 'a', url: 'tcp://0.0.0.0:5778' },
    { what: 'b', url: 'tcp://0.0.0.0:5770' },
    { what: 'c', url: 'udpin://0.0.0.0:14550' },
    { what: 'd', url: 'udpout://10.0.0.1:14550' },
  ];
  const taken = await takenPorts(files, [], wanted);
  t.same(
    taken.map(({ what, port, by }) => [what, port, by]),
    [
      ['b', 5770, null],
      ['c', 14_550, null],
    ],
  );
});

t.test('people and groups; a board without /etc has numbers', async (t) => {
  const { files } = board(t, {
    'etc/passwd': 'skein:x:900:901::/:/bin/false\n',
    'etc/group': 'dialout:x:20:pi,skein\nskein:x:901:\n',
  });
  const users = await readUsers(files);
  t.same(users.account(900), { name: 'skein', uid: 900, gids: [901, 20] });
  t.equal(users.groupOf(20), 'dialout');
  t.equal((await readUsers(new SystemFiles('/no/such'))).nameOf(7), '7');
});

t.test('the disk is tried, and left as it was', async (t) => {
  const { root } = board(t, { x: '' });
  t.match(await probeDisk(root, () => performance.now()), { error: null });
  t.match(await probeDisk(join(root, 'gone'), () => 0), { error: 'ENOENT' });
  const { files } = { files: new SystemFiles(root) };
  t.same(await files.list('/'), ['x']);
});
