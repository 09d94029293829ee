/** A restart acts once, whatever becomes of the journal: late, failing, lost. */
import { mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { type CommandEntry, Journal, type Written } from '../../agent/journal/index.ts';
import { createOneDrone } from '../commands/one-drone.ts';
import { until } from '../kit/until.ts';

const DEADLINE_MS = 300;
/** The step of an answer that is an end. */
const FINAL = 4;

/** Its lines reach the disk, later than anybody waits for them. */
class SlowJournal extends Journal {
  static slow = false;

  override async command(entry: CommandEntry): Promise<Written> {
    const written = super.command(entry);
    if (!SlowJournal.slow) return written;
    await pause(DEADLINE_MS);
    return 'late';
  }
}

t.test('the journal', { timeout: 180_000 }, async (t) => {
  const drone = await createOneDrone({ ports: { createJournal: (o) => new SlowJournal(o) } });
  t.teardown(() => drone.close());
  const file = join(drone.dir, 'agent', 'journal.jsonl');
  const boots = () => drone.simulator.autopilot.boots;
  /** Its boot, once nothing speaks against a restart but that no boot was named. */
  const known = async () => {
    await until(
      async () => {
        if (drone.presence()?.session !== drone.agent().status().session) return false;
        const { reason } = await drone.give('reboot', { target: 'autopilot', ifBoot: 'none' });
        return /^other-boot[^;]*$/.test(reason ?? '');
      },
      { timeoutMs: 40_000, what: 'a drone that is known', seen: () => drone.answers.at(-1) },
    );
    return drone.presence()?.autopilotBoot ?? '';
  };
  const restartAgent = async (meanwhile: () => void) => {
    await drone.stopAgent();
    meanwhile();
    await drone.startAgent();
    return known();
  };
  /** What is answered to the same command, sent again as the controller does to a later session. */
  const again = async (command: ReturnType<typeof drone.command>) => {
    const { session, heard } = drone.command('ping');
    const before = drone.answers.length;
    drone.post({ ...command, ...(session && heard ? { session, heard } : {}) });
    const { value } = await until(
      () => drone.answers.slice(before).find(({ command: id, step }) => id === command.id && (step ?? 0) >= FINAL),
      {
        timeoutMs: 20_000,
        what: 'an answer to the repeat',
      },
    );
    return value;
  };
  /** The autopilot is known to be on the ground again. */
  const rebooted = async (command: ReturnType<typeof drone.command>) => {
    drone.post(command);
    return drone.fate(command.id, 60_000);
  };

  await t.test('late: not done, and not done later when its line is found', async (t) => {
    const boot = await known();
    SlowJournal.slow = true;
    const command = drone.command('reboot', { target: 'autopilot', ifBoot: boot });
    drone.post(command);
    t.match(await drone.fate(command.id), { state: 'rejected', reason: 'journal-unavailable: late' });
    SlowJournal.slow = false;
    t.equal(await restartAgent(() => {}), await known());
    t.match(await again(command), { state: 'rejected', reason: 'journal-unavailable: late' });
    t.equal(boots(), 1);
  });

  await t.test('failing: not done, and said why; well again, it is', async (t) => {
    await restartAgent(() => {
      rmSync(file);
      mkdirSync(file);
    });
    const refused = await rebooted(drone.command('reboot', { target: 'autopilot', ifBoot: await known() }));
    t.match(refused, { state: 'rejected', reason: 'journal-unavailable: failed' });
    t.match(drone.agent().status().problems.join(), /journal cannot be written/);
    t.equal(boots(), 1);
    rmdirSync(file);
    await until(() => drone.agent().status().commanding.journal.state === 'ok', {
      timeoutMs: 20_000,
      what: 'the journal to be well again',
    });
    const done = await rebooted(drone.command('reboot', { target: 'autopilot', ifBoot: await known() }));
    t.match(done, { state: 'succeeded', reason: 'proved' });
    t.equal(boots(), 2);
  });

  await t.test('lost: the order names what it was to end, and that is gone', async (t) => {
    const command = drone.command('reboot', { target: 'autopilot', ifBoot: await known() });
    t.match(await rebooted(command), { state: 'succeeded' });
    t.equal(boots(), 3);
    const journal = drone.presence()?.journal;
    await restartAgent(() => rmSync(file));
    t.not(drone.presence()?.journal, journal, 'presence tells that it is another journal');
    t.match(await again(command), { state: 'rejected', reason: /^other-boot/ });
    t.equal(boots(), 3);
  });

  await t.test('the order torn off in the middle: the next start finds what it did', async (t) => {
    const command = drone.command('reboot', { target: 'autopilot', ifBoot: await known() });
    drone.post(command);
    await until(() => boots() === 4, { timeoutMs: 30_000, what: 'the autopilot restarted' });
    await drone.stopAgent();
    await drone.startAgent();
    t.match(await drone.fate(command.id, 60_000), { state: 'succeeded', reason: 'proved' });
    t.equal(boots(), 4);
  });
});
