/** A command as it is typed, in this process, and what it says. */
import { Writable } from 'node:stream';
import { findCommand, readLine, type Terminal } from '../cli/index.ts';
import { EXIT } from '../exit.ts';
import { PROGRAM } from '../program.ts';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function typed(name: string, ...args: readonly string[]): Promise<Said> {
  let out = '';
  let err = '';
  const io: Terminal = {
    out: (text) => {
      out += text;
    },
    complain: (lines) => {
      err += `${lines.join('\n')}\n`;
    },
    stream: new Writable({
      decodeStrings: false,
      write(text: string | Buffer, _encoding, done) {
        out += text.toString();
        done();
      },
    }),
    colours: false,
  };
  const command = findCommand(PROGRAM, name);
  if (command === null) throw new Error(`${name} is no command`);
  const read = readLine(PROGRAM.name, command, args);
  if (!read.ok) io.complain(read.problems);
  return { code: read.ok ? await command.run(read.line, io, PROGRAM) : EXIT.usage, out, err };
}
