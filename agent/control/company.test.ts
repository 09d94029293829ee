import t from 'tap';
import { CompanyWatch } from './company.ts';

const alone = { readOnly: false, why: '', uid2: null };
const answers = (uid2: string) => ({ ...alone, uid2 });

function watch(): { company: CompanyWatch; remembered: string[] } {
  const remembered: string[] = [];
  return { company: new CompanyWatch((uid2) => remembered.push(uid2)), remembered };
}

t.test('company on the wire is told once for each time it begins', async (t) => {
  const { company } = watch();
  const second = { ...alone, readOnly: true, why: 'A second companion is on the link' };
  t.same(company.observe(alone), []);
  t.same(company.observe(second), [`${second.why}: this agent only listens until it is gone`]);
  t.same(company.observe(second), []);
  t.same(company.observe(alone), []);
  t.equal(company.observe(second).length, 1, 'it is back');
});

t.test('the first autopilot ever is remembered without a word; it is the same while it is silent', async (t) => {
  const { company, remembered } = watch();
  company.restore(undefined);
  t.same(company.observe(answers('aa')), []);
  t.same(company.observe(alone), []);
  t.same(company.observe(answers('aa')), []);
  t.same(remembered, ['aa']);
});

t.test('another than in an earlier start, and another in this one', async (t) => {
  const { company, remembered } = watch();
  company.restore('aa');
  t.same(company.observe(alone), []);
  t.match(company.observe(answers('bb')), [/Another autopilot than before: aa → bb/]);
  t.same(company.observe(answers('bb')), []);
  t.match(company.observe(answers('cc')), [/bb → cc/]);
  t.same(remembered, ['bb', 'cc']);
});

t.test('the same as in an earlier start: nothing to say, nothing to write', async (t) => {
  const { company, remembered } = watch();
  company.restore('aa');
  t.same(company.observe(answers('aa')), []);
  t.same(remembered, []);
});

t.test('it answers before a slow card has told who it was before: told all the same', async (t) => {
  const { company, remembered } = watch();
  t.same(company.observe(answers('bb')), []);
  company.restore('aa');
  t.match(company.observe(answers('bb')), [/aa → bb/]);
  t.same(company.observe(answers('bb')), []);
  t.equal(remembered.at(-1), 'bb');

  const silent = watch().company;
  silent.observe(answers('bb'));
  silent.restore('aa');
  t.match(silent.observe(alone), [/aa → bb/], 'also if it is silent meanwhile');

  const same = watch().company;
  same.observe(answers('aa'));
  same.restore('aa');
  t.same(same.observe(answers('aa')), [], 'the same: no alarm');
});

t.test('a journal that fails and comes back tells what it told before: no second alarm', async (t) => {
  const { company } = watch();
  company.restore('aa');
  t.equal(company.observe(answers('bb')).length, 1);
  company.restore('aa');
  t.same(company.observe(answers('bb')), []);
});

t.test('what was remembered is no id: as if nothing was', async (t) => {
  for (const damaged of [null, 7, { uid2: 'aa' }]) {
    const { company } = watch();
    company.restore(damaged);
    t.same(company.observe(answers('bb')), []);
  }
});
