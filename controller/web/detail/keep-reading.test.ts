import t from 'tap';
import { keepReading } from './keep-reading.ts';

t.test('what is said later is read later, also after trouble; once ended nothing is told', async (t) => {
  const told: unknown[] = [];
  let asked = 0;
  let pending: AbortSignal | null = null;
  await new Promise<void>((resolve) => {
    const end = keepReading<number>({
      everyMs: 1,
      read: async (signal) => {
        asked += 1;
        if (asked === 2) throw new Error('the controller does not answer');
        if (asked === 4) {
          pending = signal;
          // Ended while an answer is under way.
          setTimeout(() => {
            end();
            setTimeout(resolve, 0);
          }, 0);
          await new Promise((late) => signal.addEventListener('abort', late));
        }
        return asked;
      },
      onAnswer: (answer) => told.push(answer),
      onTrouble: (words) => told.push(words),
    });
  });
  t.same(told, [1, 'the controller does not answer', 3]);
  t.match(pending, { aborted: true });
});
