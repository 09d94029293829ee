import { createHash, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';
import t from 'tap';
import { decode, encode, type Frame, isSecret, SignatureVerifier, Signer } from './index.ts';
import { stampOf } from './signing.ts';
import { concat, hex, parseAll, readLines } from './testing.ts';

const sha256 = (data: Uint8Array): Uint8Array => createHash('sha256').update(data).digest();
const equal = (a: Uint8Array, b: Uint8Array): boolean => timingSafeEqual(a, b);
const key = Uint8Array.from({ length: 32 }, (_, index) => index + 1);
const unixMs = Date.UTC(2026, 10, 21, 12);

const ack = (seq: number, sysid = 1) => encode('COMMAND_ACK', { command: 400, result: 0 }, { sysid, compid: 1, seq });
const signerOf = (linkId = 1, stamp = 0) => new Signer({ key, linkId, sha256, stamp });
const verifierOf = (options: Partial<ConstructorParameters<typeof SignatureVerifier>[0]> = {}) =>
  new SignatureVerifier({ key, sha256, equal, unixMs, ...options });

function frameOf(bytes: Uint8Array): Frame {
  const [frame] = parseAll([bytes]).frames;
  if (frame === undefined) throw new Error(`no frame in ${hex(bytes)}`);
  return frame;
}

const verdictOf = (verifier: SignatureVerifier, bytes: Uint8Array): string => {
  const verdict = verifier.verify(frameOf(bytes));
  return verdict.ok ? 'ok' : verdict.reason;
};

interface Vector {
  readonly signed?: boolean;
  readonly key: string;
  readonly linkId: number;
  readonly timestamp10us: string;
  readonly sysid: number;
  readonly compid: number;
  readonly seq: number;
  readonly name: string;
  readonly hex: string;
}
const vectors = readLines<Vector>('mavlink-vectors.jsonl').filter(({ signed }) => signed === true);

t.test('signs like an independent encoder', async (t) => {
  t.equal(vectors.length, 18);
  for (const vector of vectors) {
    const { sysid, compid, seq, linkId } = vector;
    const message = decode(frameOf(Buffer.from(vector.hex, 'hex')));
    if (message === null) throw new Error('unknown');
    const plain = encode(message.name, message.fields, { sysid, compid, seq });
    const stamp = Number(vector.timestamp10us) - 1;
    const signer = new Signer({ key: Buffer.from(vector.key, 'hex'), linkId, sha256, stamp });
    t.equal(hex(signer.sign(plain, { unixMs: 0 })), vector.hex, vector.name);
  }
});

t.test('a key is copied: who gave it may wipe it', async (t) => {
  const given = Buffer.from(key);
  const [signer, verifier] = [new Signer({ key: given, linkId: 1, sha256, stamp: 0 }), verifierOf({ key: given })];
  given.fill(0);
  const signed = signerOf().sign(ack(1), { unixMs });
  t.equal(hex(signer.sign(ack(1), { unixMs })), hex(signed));
  t.equal(verdictOf(verifier, signed), 'ok');
});

t.test('verifies what an independent encoder signed, once', async (t) => {
  const verifier = verifierOf({ key: Buffer.from(vectors[0]?.key ?? '', 'hex'), unixMs: 0 });
  const stream = concat(vectors.map((vector) => Buffer.from(vector.hex, 'hex')));
  const first = parseAll([stream], { signature: verifier });
  t.equal(first.frames.length, 18);
  t.same([first.parser.counters.badSignature, first.parser.counters.replayed], [0, 0]);
  const again = parseAll([stream], { signature: verifier });
  t.equal(again.frames.length, 0);
  t.equal(again.parser.counters.replayed, 18);
  t.equal(again.parser.counters.skippedBytes, 0, 'refused whole, not searched');
});

t.test('any changed bit of content, link, stamp or hash is refused', async (t) => {
  const signed = signerOf().sign(ack(1), { unixMs });
  for (let at = 13; at < signed.length; at++) {
    const changed = signed.slice();
    changed[at] = (changed[at] ?? 0) ^ 1;
    const { frames } = parseAll([changed], { signature: verifierOf() });
    t.equal(frames.length, 0, `byte ${at}`);
  }
  const other = new Signer({ key: new Uint8Array(32), linkId: 1, sha256 });
  t.equal(verdictOf(verifierOf(), other.sign(ack(1), { unixMs })), 'badSignature', 'another key');
});

t.test(
  'stamps: 10 µs since 2015, strictly increasing also within a millisecond and over a clock set back',
  async (t) => {
    t.equal(stampOf(Date.UTC(2015, 0, 1)), 0);
    t.equal(stampOf(Date.UTC(2015, 0, 1) + 1), 100);
    t.equal(stampOf(0), 0, 'a board that boots without a clock');
    const signer = signerOf();
    const stamps = [unixMs, unixMs, unixMs, unixMs - 3_600_000].map((now) => {
      signer.sign(ack(0), { unixMs: now });
      return signer.stamp;
    });
    const first = stampOf(unixMs);
    t.same(stamps, [first, first + 1, first + 2, first + 3]);
    const restarted = signerOf(1, signer.stamp);
    restarted.sign(ack(0), { unixMs: 0 });
    t.equal(restarted.stamp, first + 4, 'and over a restart without a clock');
  },
);

t.test('replay is refused by stream: sender and link', async (t) => {
  const verifier = verifierOf();
  const signer = signerOf();
  const older = signer.sign(ack(1), { unixMs });
  const newer = signer.sign(ack(2), { unixMs });
  t.equal(verdictOf(verifier, newer), 'ok');
  t.equal(verdictOf(verifier, newer), 'replayed');
  t.equal(verdictOf(verifier, older), 'replayed');
  t.equal(verdictOf(verifier, signerOf(2).sign(ack(3), { unixMs })), 'ok', 'the same stamp on another link');
  t.equal(verdictOf(verifier, signerOf(1).sign(ack(3, 9), { unixMs })), 'ok', 'and from another sender');
});

t.test('a new stream over a minute behind is refused, a known one only has to move on', async (t) => {
  const verifier = verifierOf();
  const late = (sysid: number, behindMs: number) => signerOf().sign(ack(0, sysid), { unixMs: unixMs - behindMs });
  t.equal(verdictOf(verifier, late(1, 60_001)), 'replayed');
  t.equal(verdictOf(verifier, late(1, 60_000)), 'ok');
  t.equal(verdictOf(verifier, signerOf().sign(ack(0, 2), { unixMs: unixMs + 600_000 })), 'ok');
  t.equal(verdictOf(verifier, late(1, 50_000)), 'ok', 'known: later than its own last');
  t.equal(verdictOf(verifier, late(3, 0)), 'replayed', 'new: ten minutes behind what was verified');
});

t.test('what was seen is refused after a restart too', async (t) => {
  const before = verifierOf();
  const signed = signerOf().sign(ack(1), { unixMs });
  t.equal(verdictOf(before, signed), 'ok');
  const state = JSON.parse(JSON.stringify(before.state));
  t.same(state.streams, [{ sysid: 1, compid: 1, linkId: 1, stamp: stampOf(unixMs) }]);
  t.equal(verdictOf(new SignatureVerifier({ key, sha256, equal, state }), signed), 'replayed');
});

t.test('streams are bounded, and none is forgotten for another', async (t) => {
  const verifier = verifierOf();
  const verdicts = Array.from({ length: 70 }, (_, index) =>
    verdictOf(verifier, signerOf(index).sign(ack(0), { unixMs })),
  );
  t.same(verdicts, [...Array(64).fill('ok'), ...Array(6).fill('replayed')]);
  t.equal(verdictOf(verifier, signerOf(0).sign(ack(0), { unixMs })), 'replayed');
});

t.test('unsigned frames are refused but those that radios inject', async (t) => {
  const status = { rssi: 1, remrssi: 1, txbuf: 1, noise: 1, remnoise: 1, rxerrors: 0, fixed: 0 };
  const radio = encode('RADIO_STATUS', status, { sysid: 51, compid: 68, seq: 0 });
  const { frames, parser } = parseAll([concat([ack(0), radio])], { signature: verifierOf() });
  t.same(
    frames.map(({ msgid }) => msgid),
    [109],
  );
  t.equal(parser.counters.unsignedRefused, 1);
  const lenient = verifierOf({ acceptUnsigned: () => true });
  t.equal(parseAll([ack(0)], { signature: lenient }).frames.length, 1);
});

t.test('the key shows nowhere', async (t) => {
  const secret = hex(key);
  for (const holder of [signerOf(), verifierOf()]) {
    const shown = `${inspect(holder, { showHidden: true, depth: 9 })} ${JSON.stringify(holder)} ${Object.keys(holder)}`;
    t.notMatch(shown, secret);
    t.notMatch(shown, /1,\s*2,\s*3,\s*4/);
  }
  t.ok(isSecret(256));
  t.notOk(isSecret(0));
});

t.test('a caller that signs what cannot be signed has a bug', async (t) => {
  t.throws(() => new Signer({ key: new Uint8Array(16), linkId: 0, sha256 }), /32 bytes/);
  const signed = signerOf().sign(ack(0), { unixMs });
  t.throws(() => signerOf().sign(signed, { unixMs }), /unsigned/);
  const broken = ack(0);
  broken[12] = (broken[12] ?? 0) ^ 0x80;
  t.throws(() => signerOf().sign(broken.subarray(0, 12), { unixMs }), /unsigned/);
});
