import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { isAlive } from './processes.ts';
import { Program } from './program.ts';
import { until } from './until.ts';

const IDLE = 'setInterval(() => {}, 1000);';
const READY = `console.log('{"event":"ready","answer":42}');`;

const idle = (dir: string, code: string): Program =>
  new Program({
    name: 'idle',
    command: process.execPath,
    args: ['-e', code],
    logFile: path.join(dir, 'idle.log'),
    readyEvent: 'ready',
  });

t.test('a program is ready when it says so, stops on SIGTERM, and starts again', async (t) => {
  const program = idle(t.testdir(), `${READY}${IDLE}`);
  t.match(await program.start(), { answer: 42 });
  t.same(await program.stop(), { code: null, signal: 'SIGTERM', forced: false });
  await program.start();
  t.match(await program.kill9(), { signal: 'SIGKILL' });
});

t.test('a program that ends early is an error with the end of its log', async (t) => {
  await t.rejects(idle(t.testdir(), 'console.log("no disk"); process.exit(3);').start(), /ended \(3\)[\s\S]*no disk/);
});

t.test('a program that does not listen to SIGTERM is killed after the deadline', async (t) => {
  const program = idle(t.testdir(), `process.on('SIGTERM', () => {});${READY}${IDLE}`);
  await program.start();
  t.same(await program.stop(200), { code: null, signal: 'SIGKILL', forced: true });
});

t.test('what a killed parent left behind is ended by the guard', async (t) => {
  const dir = t.testdir();
  const parentFile = path.join(dir, 'parent.ts');
  const pidFile = path.join(dir, 'pid');
  fs.writeFileSync(
    parentFile,
    `import fs from 'node:fs';
     import { Program } from ${JSON.stringify(path.join(import.meta.dirname, 'program.ts'))};
     const program = new Program({ name: 'idle', command: process.execPath,
       args: ['-e', ${JSON.stringify(`${READY}${IDLE}`)}], logFile: ${JSON.stringify(path.join(dir, 'child.log'))}, readyEvent: 'ready' });
     await program.start();
     fs.writeFileSync(${JSON.stringify(`${pidFile}.new`)}, String(program.pid));
     fs.renameSync(${JSON.stringify(`${pidFile}.new`)}, ${JSON.stringify(pidFile)});`,
  );
  const parent = spawn(process.execPath, [parentFile], { stdio: 'ignore' });
  await until(() => fs.existsSync(pidFile), { timeoutMs: 20_000, what: 'the parent to start its child' });
  const pid = Number(fs.readFileSync(pidFile, 'utf8'));
  t.ok(isAlive(pid));
  parent.kill('SIGKILL');
  await until(() => !isAlive(pid), { timeoutMs: 20_000, what: 'the guard to end the orphan' });
});
