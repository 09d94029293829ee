import { MavFtpErr, MavFtpOpcode, MavSeverity, type Message } from '@skein/protocol/mavlink';
import type { Autopilot } from '../autopilot/autopilot.ts';
import type { Port } from '../port.ts';
import type { Service, Source } from '../service.ts';
import { crc32 } from './crc32.ts';
import { DATA_BYTES, type FtpMessage, pathOf, readFtp, writeFtp } from './ftp-payload.ts';
import type { ServedFile, Tree } from './tree.ts';

interface Session {
  readonly id: number;
  readonly from: Source;
  readonly port: Port;
  file: ServedFile | null;
  usedAtMs: number;
}

interface Request {
  readonly request: FtpMessage;
  readonly from: Source;
  readonly port: Port;
}

interface Burst extends Request {
  readonly session: Session;
  readonly file: ServedFile;
  offset: number;
  seq: number;
  sent: number;
}

const SESSIONS = 5;
/** A session is anybody's after this long, and closed after the other. */
const SESSION_BUSY_MS = 3_000;
const SESSION_DEAD_MS = 20_000;
const QUEUE = 5;
const BURST_MAX = 500;
const TICK_MS = 10;
const CRC_STEP = 65_536;

type Answer = Partial<FtpMessage> & { readonly opcode: number };

const done: Answer = { opcode: MavFtpOpcode.ACK };
const refused = (error: number): Answer => ({ opcode: MavFtpOpcode.NAK, size: 1, data: Uint8Array.of(error) });
const writing: ReadonlySet<number> = new Set([
  MavFtpOpcode.CREATEFILE,
  MavFtpOpcode.WRITEFILE,
  MavFtpOpcode.REMOVEFILE,
  MavFtpOpcode.CREATEDIRECTORY,
  MavFtpOpcode.REMOVEDIRECTORY,
  MavFtpOpcode.OPENFILEWO,
  MavFtpOpcode.RENAME,
]);

const encoder = new TextEncoder();

/**
 * MAVFTP as ArduPilot's GCS_FTP does it, for reading: sessions that the client numbers (0: the server does), one open file in each, requests
 * queued and the sixth dropped, bursts that nothing stops, a repeated request answered with the answer it had. Writing is refused.
 */
export class FtpServer implements Service {
  readonly #autopilot: Autopilot;
  readonly #tree: Tree;
  #sessions: Session[] = [];
  #queue: Request[] = [];
  #burst: Burst | null = null;
  #dueMs = Number.POSITIVE_INFINITY;
  #nextSession = 1;
  #last: { readonly from: Source; readonly reply: FtpMessage } | null = null;

  constructor(autopilot: Autopilot, tree: Tree) {
    this.#autopilot = autopilot;
    this.#tree = tree;
  }

  get nextDueMs(): number {
    return this.#dueMs;
  }

  restart(): void {
    this.#sessions = [];
    this.#queue = [];
    this.#burst = null;
    this.#last = null;
    this.#dueMs = Number.POSITIVE_INFINITY;
  }

  take(message: Message, from: Source, port: Port): boolean {
    if (message.name !== 'FILE_TRANSFER_PROTOCOL') return false;
    if (this.#queue.length < QUEUE) this.#queue.push({ request: readFtp(message.fields.payload), from, port });
    this.#work();
    return true;
  }

  tick(nowMs: number): void {
    if (nowMs < this.#dueMs) return;
    this.#goOn();
    this.#work();
  }

  #work(): void {
    while (this.#burst === null) {
      const next = this.#queue.shift();
      if (next === undefined) break;
      this.#answer(next);
    }
    this.#dueMs = this.#burst === null ? Number.POSITIVE_INFINITY : this.#autopilot.nowMs + TICK_MS;
  }

  #answer(asked: Request): void {
    const { request } = asked;
    if (request.opcode === MavFtpOpcode.ACK || request.opcode === MavFtpOpcode.NAK) return;
    if (request.opcode === MavFtpOpcode.RESETSESSION) {
      this.#sessions = this.#sessions.filter((one) => !isOf(one, asked));
      this.#reply(asked, request.session, done);
      return;
    }
    const session = this.#sessionOf(asked);
    if (session === null) {
      this.#reply(asked, request.session, refused(MavFtpErr.NOSESSIONSAVAILABLE));
      return;
    }
    const before = this.#repeated(asked, session);
    if (before !== null) {
      this.#send(asked, before);
      return;
    }
    session.usedAtMs = this.#autopilot.nowMs;
    const answer = this.#carryOut(asked, session);
    if (answer !== null) this.#reply(asked, session.id, answer);
  }

  /** The answer to a request that comes again. */
  #repeated({ request, from }: Request, session: Session): FtpMessage | null {
    const last = this.#last;
    if (last === null || last.from.sysid !== from.sysid || last.from.compid !== from.compid) return null;
    const { reply } = last;
    return reply.session === session.id && reply.seq === ((request.seq + 1) & 0xffff) ? reply : null;
  }

  #sessionOf(asked: Request): Session | null {
    const { request, from, port } = asked;
    const { nowMs } = this.#autopilot;
    this.#sessions = this.#sessions.filter(({ usedAtMs }) => nowMs - usedAtMs < SESSION_DEAD_MS);
    const found = this.#sessions.find((one) => isOf(one, asked) && one.id === request.session);
    if (found !== undefined) return found;
    if (this.#sessions.length >= SESSIONS) {
      const oldest = this.#sessions.reduce((a, b) => (a.usedAtMs <= b.usedAtMs ? a : b));
      if (nowMs - oldest.usedAtMs < SESSION_BUSY_MS) return null;
      this.#sessions = this.#sessions.filter((one) => one !== oldest);
    }
    const id = request.session === 0 ? this.#nextSession : request.session;
    if (request.session === 0) this.#nextSession = (this.#nextSession % 255) + 1;
    const session: Session = { id, from, port, file: null, usedAtMs: nowMs };
    this.#sessions.push(session);
    return session;
  }

  /** Null: a burst has begun. */
  #carryOut(asked: Request, session: Session): Answer | null {
    const { request } = asked;
    switch (request.opcode) {
      case MavFtpOpcode.NONE:
        return done;
      case MavFtpOpcode.TERMINATESESSION:
        this.#sessions = this.#sessions.filter((one) => one !== session);
        return done;
      case MavFtpOpcode.LISTDIRECTORY:
        return request.size === 0 ? refused(MavFtpErr.INVALIDDATASIZE) : listing(this.#tree, request);
      case MavFtpOpcode.OPENFILERO: {
        if (session.file !== null) return refused(MavFtpErr.FAIL);
        session.file = this.#tree.open(pathOf(request));
        return session.file === null ? refused(MavFtpErr.FILENOTFOUND) : number32(session.file.sizeBytes);
      }
      case MavFtpOpcode.READFILE: {
        const data = session.file?.read(request.offset, Math.min(DATA_BYTES, request.size));
        if (data === undefined) return refused(MavFtpErr.FILENOTFOUND);
        return data.length === 0
          ? refused(MavFtpErr.EOF)
          : { ...done, offset: request.offset, size: data.length, data };
      }
      case MavFtpOpcode.BURSTREADFILE: {
        const { offset, seq } = request;
        if (session.file === null) return refused(MavFtpErr.FILENOTFOUND);
        this.#burst = { ...asked, session, file: session.file, offset, seq: seq + 1, sent: 0 };
        this.#goOn();
        return null;
      }
      case MavFtpOpcode.CALCFILECRC: {
        const file = this.#tree.open(pathOf(request));
        return file === null ? refused(MavFtpErr.FILENOTFOUND) : number32(checksumOf(file));
      }
      default:
        if (writing.has(request.opcode)) return refused(MavFtpErr.FILEPROTECTED);
        this.#autopilot.voice.say(`Unsupported FTP: ${request.opcode}`, MavSeverity.DEBUG);
        return refused(MavFtpErr.UNKNOWNCOMMAND);
    }
  }

  /** As much of the burst as the line takes in 10 ms. */
  #goOn(): void {
    const burst = this.#burst;
    if (burst === null) return;
    const { request, session, file, port } = burst;
    const most = request.size === 0 ? DATA_BYTES : Math.min(DATA_BYTES, request.size);
    session.usedAtMs = this.#autopilot.nowMs;
    const pieces = Math.ceil((port.parametersPerS * TICK_MS) / 2_000);
    for (let piece = 0; piece < pieces; piece += 1) {
      const data = file.read(burst.offset, most);
      const answer = {
        seq: burst.seq & 0xffff,
        session: session.id,
        requestOpcode: request.opcode,
        offset: burst.offset,
      };
      if (data.length === 0) {
        this.#burst = null;
        const [opcode, size] = [MavFtpOpcode.NAK, 1];
        this.#send(burst, { ...answer, opcode, size, burstComplete: true, data: Uint8Array.of(MavFtpErr.EOF) });
        return;
      }
      burst.sent += 1;
      const burstComplete = burst.sent === BURST_MAX;
      this.#send(burst, { ...answer, opcode: MavFtpOpcode.ACK, size: data.length, burstComplete, data });
      burst.offset += data.length;
      burst.seq += 1;
      if (burstComplete) {
        this.#burst = null;
        return;
      }
    }
  }

  #reply(asked: Request, session: number, answer: Answer): void {
    const { seq, opcode: requestOpcode } = asked.request;
    const none = { size: 0, burstComplete: false, offset: 0, data: new Uint8Array(0) };
    this.#send(asked, { ...none, seq: (seq + 1) & 0xffff, session, requestOpcode, ...answer });
  }

  #send({ from, port }: Request, reply: FtpMessage): void {
    this.#last = { from, reply };
    port.send('FILE_TRANSFER_PROTOCOL', {
      target_network: 0,
      target_system: from.sysid,
      target_component: from.compid,
      payload: writeFtp(reply),
    });
  }
}

const isOf = (session: Session, { from, port }: Request): boolean =>
  session.port === port && session.from.sysid === from.sysid && session.from.compid === from.compid;

function number32(value: number): Answer {
  const data = new Uint8Array(4);
  new DataView(data.buffer).setUint32(0, value, true);
  return { ...done, size: 4, data };
}

function checksumOf(file: ServedFile): number {
  let crc = 0;
  for (let at = 0; at < file.sizeBytes; at += CRC_STEP) crc = crc32(file.read(at, CRC_STEP), crc);
  return crc;
}

/** As many entries from the asked one on as fit. */
function listing(tree: Tree, request: FtpMessage): Answer {
  const entries = tree.list(pathOf(request));
  if (entries === null) return refused(MavFtpErr.FILENOTFOUND);
  const data = new Uint8Array(DATA_BYTES);
  let size = 0;
  for (const entry of entries.slice(request.offset)) {
    const words = entry.kind === 'folder' ? `D${entry.name}\0` : `F${entry.file.name}\t${entry.file.sizeBytes}\0`;
    const bytes = encoder.encode(words);
    if (size + bytes.length >= DATA_BYTES) break;
    data.set(bytes, size);
    size += bytes.length;
  }
  return size === 0 ? refused(MavFtpErr.EOF) : { ...done, offset: request.offset, size, data };
}
