/** The thread that writes the journal: its own, so that a slow outbox or recording never makes a command wait. */
import { parentPort } from 'node:worker_threads';
import { JournalFile } from './file.ts';
import type { FromJournal, ToJournal } from './messages.ts';

const port = parentPort;
if (!port) throw new Error('journal/worker.ts runs as a worker thread');

const say = (message: FromJournal): void => port.postMessage(message);
let file: JournalFile | null = null;

const described = (error: unknown) => {
  const { code = 'UNKNOWN', message } = error as NodeJS.ErrnoException;
  return { code, detail: message };
};

function open(path: string, newId: string): void {
  try {
    file = new JournalFile({ path, newId: () => newId });
    const { id, commands, lasting, damagedLines } = file.content;
    const { setAside } = file;
    say({ type: 'opened', id, commands: [...commands.values()], lasting: [...lasting], damagedLines, setAside });
    // Whoever starts in flight waits for what was read, not for this.
    file.tidy();
  } catch (error) {
    say({ type: 'open-failed', ...described(error) });
  }
}

function append(number: number, text: string): void {
  try {
    if (file === null) throw new Error('the journal is not open');
    file.append(text);
    say({ type: 'appended', number });
    file.tidy();
  } catch (error) {
    say({ type: 'append-failed', number, ...described(error) });
  }
}

port.on('message', (message: ToJournal) => {
  switch (message.type) {
    case 'open':
      open(message.path, message.newId);
      break;
    case 'append':
      append(message.number, message.text);
      break;
    case 'close':
      file?.close();
      say({ type: 'closed' });
      port.close();
      break;
  }
});
