/**
 * As much of a WebSocket (RFC 6455) as a bench needs, on a bare socket: whoever counts bytes, times their arrival or reads
 * nothing at all has them here as they come. No compression, no messages in fragments.
 */
import { createHash, randomBytes } from 'node:crypto';
import http, { type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

const TEXT = 0x1;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
const FIN = 0x80;
const MASKED = 0x80;
/** Its §1.3. */
const ACCEPT = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Puts frames together; `onFrame` is called with the payload of each. */
class FrameReader {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #wanted = 2;
  readonly #onFrame: (opcode: number, payload: Buffer) => void;

  constructor(onFrame: (opcode: number, payload: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    // Joined once it is enough: a message of megabytes comes in hundreds of pieces.
    while (this.#bytes >= this.#wanted) {
      const all = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
      const rest = this.#frame(all);
      this.#chunks = [rest];
      this.#bytes = rest.length;
    }
  }

  /** What follows the frame; all of it where that is not whole yet, and how much is wanted is known better. */
  #frame(all: Buffer): Buffer {
    const short = (all[1] ?? 0) & 0x7f;
    const masked = ((all[1] ?? 0) & MASKED) !== 0;
    const head = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + (masked ? 4 : 0);
    if (all.length < head) {
      this.#wanted = head;
      return all;
    }
    const length = short === 126 ? all.readUInt16BE(2) : short === 127 ? Number(all.readBigUInt64BE(2)) : short;
    if (all.length < head + length) {
      this.#wanted = head + length;
      return all;
    }
    this.#wanted = 2;
    const payload = all.subarray(head, head + length);
    if (masked) {
      const mask = all.subarray(head - 4, head);
      for (let i = 0; i < length; i++) payload[i] = (payload[i] ?? 0) ^ (mask[i & 3] ?? 0);
    }
    this.#onFrame((all[0] ?? 0) & 0x0f, payload);
    return all.subarray(head + length);
  }
}

function frame(opcode: number, payload: Uint8Array, mask: Uint8Array | null): Buffer {
  const { length } = payload;
  const wide = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + wide + (mask?.length ?? 0));
  head[0] = FIN | opcode;
  head[1] = (mask === null ? 0 : MASKED) | (wide === 0 ? length : wide === 2 ? 126 : 127);
  if (wide === 2) head.writeUInt16BE(length, 2);
  if (wide === 8) head.writeBigUInt64BE(BigInt(length), 2);
  if (mask !== null) head.set(mask, 2 + wide);
  const body = mask === null ? payload : payload.map((byte, i) => byte ^ (mask[i & 3] ?? 0));
  return Buffer.concat([head, body]);
}

export interface WebSocketEvents {
  onText(text: Buffer): void;
  onClosed?(): void;
}

/** One end of a connection. The server's has what the hub of the live view asks of a socket. */
export class BareWebSocket {
  readonly #socket: Socket;
  readonly #masks: boolean;

  constructor(socket: Socket, masks: boolean, head: Buffer, events: WebSocketEvents) {
    this.#socket = socket;
    this.#masks = masks;
    const reader = new FrameReader((opcode, payload) => {
      if (opcode === TEXT) events.onText(payload);
      else if (opcode === PING) this.#write(PONG, payload);
      else if (opcode === CLOSE) socket.end();
    });
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => reader.push(chunk));
    socket.on('error', () => socket.destroy());
    socket.once('close', () => events.onClosed?.());
    if (head.length > 0) reader.push(head);
  }

  get bufferedAmount(): number {
    return this.#socket.writableLength;
  }

  get bytesRead(): number {
    return this.#socket.bytesRead;
  }

  get closed(): boolean {
    return this.#socket.destroyed;
  }

  send(text: string): void {
    this.#write(TEXT, Buffer.from(text));
  }

  /** Reads nothing more: what the other end sends stays with it. */
  freeze(): void {
    this.#socket.pause();
  }

  close(code: number): void {
    this.#write(CLOSE, Buffer.from([code >> 8, code & 0xff]));
  }

  terminate(): void {
    this.#socket.destroy();
  }

  #write(opcode: number, payload: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(frame(opcode, payload, this.#masks ? randomBytes(4) : null));
  }
}

/** The server's end of an upgrade. */
export function acceptWebSocket(
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
  events: WebSocketEvents,
): BareWebSocket {
  const key = request.headers['sec-websocket-key'] ?? '';
  const accept = createHash('sha1').update(`${key}${ACCEPT}`).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
  );
  return new BareWebSocket(socket, false, head, events);
}

/** The client's end; rejects where the server does not upgrade. */
export function openWebSocket(url: string, events: WebSocketEvents): Promise<BareWebSocket> {
  const headers = {
    ...{ upgrade: 'websocket', connection: 'upgrade', 'sec-websocket-version': '13' },
    'sec-websocket-key': randomBytes(16).toString('base64'),
  };
  return new Promise((resolve, reject) => {
    const request = http.get(url, { headers, agent: false });
    request.once('upgrade', (_response, socket: Socket, head) =>
      resolve(new BareWebSocket(socket, true, head, events)),
    );
    request.once('response', ({ statusCode }) => reject(new Error(`${url}: ${statusCode}, no upgrade`)));
    request.once('error', reject);
  });
}
