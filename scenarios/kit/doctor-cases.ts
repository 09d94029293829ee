/** Broken set-ups for `skein-agent doctor`, one after the other. */
import type { Test } from 'tap';
import type { Finding, FindingCode } from '../../agent/doctor/index.ts';
import { ask, autopilotServer, broker, healthy, type SetUp } from './doctor-setup.ts';

/** A set-up that is broken in one way, and what must be said of it. */
export interface Case {
  readonly name: string;
  readonly code: FindingCode;
  readonly words: RegExp;
  /** One of the steps. */
  readonly remedy: RegExp;
  /** What is wrong besides, by its nature. */
  readonly also?: readonly FindingCode[];
  readonly given: (at: SetUp) => void | Promise<void>;
}

/** All at once: most of the time they wait for deadlines. */
export async function eachIsNamed(t: Test, cases: readonly Case[]): Promise<void> {
  const [autopilot, mqtt] = await Promise.all([autopilotServer(), broker()]);
  t.teardown(async () => {
    await autopilot.close();
    await mqtt.close();
  });
  await Promise.all(
    cases.map(async ({ name, code, words, remedy, also = [], given }) => {
      const at = healthy(autopilot, mqtt);
      await given(at);
      const { code: exit, findings } = await ask(at).finally(() => at.close());
      const finding = findings.find((one) => one.code === code);
      const wrong = findings.filter(({ verdict }) => verdict === 'wrong').map((one) => one.code);
      const isOther = (one: Finding['code']): boolean => one !== code && !also.some((known) => known === one);
      t.match(finding?.words, words, `${name}: ${code}`);
      t.same(wrong.filter(isOther), [], `${name}: and nothing else`);
      t.ok(
        finding?.remedy.some((step) => remedy.test(step)),
        `${name}: ${finding?.remedy.join(' / ')}`,
      );
      t.equal(at.said, 0, `${name}: nothing was sent to the autopilot`);
      t.equal(exit, wrong.length > 0 ? 5 : 6, `${name}: exit code`);
    }),
  );
}
