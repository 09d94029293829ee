import t from 'tap';
import { addText, type Said, textsOf } from './said.ts';

const one = (atMs: number, text: string): Said => ({ atMs, severity: 'info', text, repeats: 0 });

t.test('newest first, each once, bounded', async (t) => {
  let said: readonly Said[] = [];
  said = addText(said, one(1000, 'a'));
  said = addText(said, one(5000, 'b'));
  said = addText(said, one(5400, 'b'));
  said = addText(said, one(9000, 'b'));
  t.same(
    said.map((s) => s.atMs),
    [9000, 5000, 1000],
  );
  t.equal(addText(said, one(10_000, '')), said);
  for (let i = 0; i < 100; i += 1) said = addText(said, one(20_000 + i * 2000, `t${i}`));
  t.equal(said.length, 60);
});

t.test('from an answer of the controller', async (t) => {
  const said = textsOf({
    from: '',
    to: '',
    rows: 1,
    times: ['2026-11-21T20:00:00.000000Z'],
    columns: { severity: ['warning'], text: ['EKF variance'], repeats: [2] },
    gaps: [],
    filledLater: [],
  });
  t.same(said, [{ atMs: Date.UTC(2026, 10, 21, 20), severity: 'warning', text: 'EKF variance', repeats: 2 }]);
});
