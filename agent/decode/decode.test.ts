import { createReadStream, readFileSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { decodeRecording, summaryLine } from './decode.ts';

const data = (name: string) => fileURLToPath(new URL(`../../protocol/mavlink/testdata/${name}`, import.meta.url));

/** Gathers what is written; `slow` takes each part only after a turn of the loop. */
function sink(slow = false) {
  const parts: string[] = [];
  const writable = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _encoding, done) {
      parts.push(chunk.toString());
      if (slow) setImmediate(done);
      else done();
    },
  });
  return { writable, lines: () => parts.join('').split('\n').slice(0, -1) };
}

t.test('a recorded flight decodes line by line, in chunks of any size', async (t) => {
  const wanted = readFileSync(data('flight-excerpt.jsonl'), 'utf8').trim().split('\n');
  for (const highWaterMark of [1 << 20, 997]) {
    const { writable, lines } = sink(highWaterMark === 997);
    const summary = await decodeRecording(createReadStream(data('flight-excerpt.tlog'), { highWaterMark }), writable);
    t.match(summary, { format: 'tlog', frames: wanted.length, skippedBytes: 0, cut: false });
    t.same(
      lines().map((line) => JSON.parse(line)),
      wanted.map((line) => JSON.parse(line)),
    );
  }
});

t.test('raw bytes with console text between the frames: no times, and the rest is summed up', async (t) => {
  const { writable, lines } = sink();
  const summary = await decodeRecording(createReadStream(data('boot-console.raw')), writable);
  t.match(summary, { format: 'raw', frames: 447, skippedBytes: 172, lostBySeq: 0 });
  t.equal(lines().length, 447);
  t.notOk(lines().some((line) => 't' in JSON.parse(line)));
  t.match(summaryLine(summary), /447 frames \(raw\).*172 bytes belong to no frame/);
});

t.test('nothing, and nothing but noise, are files too', async (t) => {
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(100_000, 0xfd), Buffer.from('hello')]) {
    const { writable, lines } = sink();
    const summary = await decodeRecording(Readable.from([bytes]), writable);
    t.match(summary, { format: 'raw', frames: 0, skippedBytes: bytes.length });
    t.same(lines(), []);
  }
});

t.test('a reader that goes away ends it quietly', async (t) => {
  const flight = readFileSync(data('flight-excerpt.tlog'));
  let pushed = 0;
  const endless = new Readable({
    read() {
      pushed++;
      this.push(flight);
    },
  });
  let writes = 0;
  const gone = new Writable({
    write(_chunk, _encoding, done) {
      writes++;
      done(writes > 3 ? Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }) : null);
    },
  });
  const summary = await decodeRecording(endless, gone);
  t.equal(summary.cut, true);
  t.ok(pushed < 50, `${pushed} pieces were read`);
});

t.test('a file that cannot be read rejects with the reason', async (t) => {
  await t.rejects(decodeRecording(createReadStream('/no/such/file'), sink().writable), /ENOENT/);
});

t.test('a slow reader leaves no listeners behind', async (t) => {
  const { writable } = sink(true);
  let most = 0;
  const input = createReadStream(data('flight-excerpt.tlog'), { highWaterMark: 997 });
  input.on('data', () => {
    most = Math.max(most, writable.listenerCount('close'), writable.listenerCount('error'));
  });
  input.pause();
  await decodeRecording(input, writable);
  t.ok(most < 6, `at most ${most} at once`);
});
