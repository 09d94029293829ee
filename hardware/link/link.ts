import { DeviceWatch } from './device.ts';
import { fault, faultOf, type LinkFault } from './faults.ts';
import { type Input, initialState, type MachineState, type Output, type Phase, step } from './machine.ts';
import { createMemoryHub, type MemoryHub } from './ports/memory.ts';
import type { Port, PortEvents } from './ports/port.ts';
import { openSerial } from './ports/serial.ts';
import { openTcp } from './ports/tcp.ts';
import { openUdpIn, openUdpOut } from './ports/udp.ts';
import { ByteRate } from './rate.ts';
import { Readers } from './readers.ts';
import type { Link, LinkOptions } from './types.ts';
import { type Endpoint, parseLinkUrl, variantsOf } from './url.ts';
import { Writer } from './writer.ts';

const sharedHub = createMemoryHub();

export function createLink(options: LinkOptions): Link {
  const parsed = parseLinkUrl(options.url);
  if (!parsed.ok) throw new TypeError(parsed.reason);
  const { endpoint } = parsed;
  const now = options.now ?? (() => performance.now());
  const random = options.random ?? Math.random;
  const log = options.onLog ?? (() => {});
  const hub = options.memory ?? sharedHub;
  const openPort = options.openPort ?? ((to, variant, events) => openReal(to, variant, events, hub));

  let machine: MachineState = initialState(variantsOf(endpoint));
  const rate = new ByteRate();
  const readers = new Readers(logBug);
  const writer = new Writer({
    now,
    timeoutMs: options.writeTimeoutMs ?? 2_000,
    onStalled: () => fail(fault('write-timeout', options.url)),
  });
  const watch = endpoint.kind === 'serial' ? new DeviceWatch(endpoint.path, deviceChanged) : null;
  const listeners = new Set<(phase: Phase) => void>();
  const oddities: Record<string, number> = {};
  const count = { bytesIn: 0, opens: 0, faults: 0, releaseTimeouts: 0 };

  let port: Port | null = null;
  /** Of the present port; what an older one still says is not heard. */
  let generation = 0;
  let heard = false;
  let timer: NodeJS.Timeout | undefined;
  let lastLogged: string | null = null;
  let closing: (() => void)[] = [];

  function logBug(error: unknown): void {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log({ level: 'error', event: 'reader-threw', message });
  }

  function currentBaud(): number | null {
    return endpoint.kind === 'serial' ? (endpoint.bauds[machine.variant] ?? endpoint.bauds[0]) : null;
  }

  function feed(input: Input): void {
    const before = machine;
    const [after, outputs] = step(before, input);
    machine = after;
    if (before.phase === 'releasing' && input.type === 'timeout') count.releaseTimeouts += 1;
    if (before.phase !== 'open' && after.phase === 'open' && port !== null) writer.attach(port, currentBaud());
    if (before.phase === 'open' && after.phase !== 'open') writer.detach();
    for (const output of outputs) perform(output);
    if (machine.phase !== before.phase) announce(machine.phase);
  }

  function perform(output: Output): void {
    if (output.type === 'open') {
      openNow(output.variant);
    } else if (output.type === 'release') {
      releaseNow();
    } else {
      clearTimeout(timer);
      if (output.ms !== null) timer = setTimeout(timeUp, output.ms);
    }
  }

  function timeUp(): void {
    const late = fault('open-timeout', options.url);
    if (machine.phase === 'opening') fail(late);
    else feed({ type: 'timeout', fault: late, jitter: random() });
  }

  function openNow(variant: number): void {
    generation += 1;
    const mine = generation;
    const own =
      <A extends unknown[]>(handle: (...args: A) => void) =>
      (...args: A): void => {
        if (mine === generation) handle(...args);
      };
    heard = false;
    const events: PortEvents = {
      onOpened: own(opened),
      onChunk: own(receive),
      onClosed: own(fail),
      onOddity: (name) => {
        oddities[name] = (oddities[name] ?? 0) + 1;
      },
    };
    const begin = own(() => {
      try {
        port = openPort(endpoint, variant, events);
      } catch (error) {
        // Some bindings throw at once for odd paths or settings.
        port = null;
        queueMicrotask(() => events.onClosed(faultOf(error, options.url)));
      }
    });
    // Noted before it is opened: one that goes right after, without an error, is then known not to be what was opened.
    if (watch === null) begin();
    else void watch.note().then(begin);
  }

  function releaseNow(): void {
    generation += 1;
    const mine = generation;
    const done = (): void => {
      if (mine === generation) feed({ type: 'released' });
    };
    const old = port;
    port = null;
    (old === null ? Promise.resolve() : old.close()).then(done, done);
  }

  function opened(where: string): void {
    count.opens += 1;
    lastLogged = null;
    log({ level: 'info', event: 'opened', message: `opened ${where}` });
    feed({ type: 'opened' });
  }

  function noteFault(found: LinkFault): void {
    count.faults += 1;
    // A missing device would otherwise fill the log with the same line every two seconds.
    if (lastLogged === found.code) return;
    lastLogged = found.code;
    log({ level: 'warn', event: 'fault', message: `${found.message}. ${found.advice}`, fault: found });
  }

  function fail(found: LinkFault): void {
    noteFault(found);
    feed({ type: 'failed', fault: found, jitter: random() });
  }

  function deviceChanged(is: 'there' | 'absent'): void {
    const found = fault(is === 'absent' ? 'EBADF' : 'device-changed', options.url);
    if (machine.phase === 'open') noteFault(found);
    if (machine.phase === 'open' || is === 'there') feed({ type: 'deviceChanged', fault: found });
  }

  function receive(chunk: Uint8Array): void {
    count.bytesIn += chunk.length;
    rate.add(chunk.length, now());
    if (!heard) {
      heard = true;
      feed({ type: 'heard' });
    }
    readers.deliver(chunk);
  }

  function announce(phase: Phase): void {
    for (const listener of [...listeners]) {
      try {
        listener(phase);
      } catch (error) {
        readers.errors += 1;
        logBug(error);
      }
    }
    if (phase !== 'closed') return;
    watch?.stop();
    log({ level: 'info', event: 'closed', message: `closed ${options.url}` });
    const waiting = closing;
    closing = [];
    for (const settle of waiting) settle();
  }

  return {
    url: options.url,
    endpoint,
    get phase() {
      return machine.phase;
    },
    get isOpen() {
      return machine.phase === 'open';
    },
    get lastError() {
      return machine.lastFault;
    },
    get counters() {
      return {
        ...count,
        bytesOut: writer.bytes,
        framesOut: writer.frames,
        readerErrors: readers.errors,
        droppedFull: { ...writer.droppedFull },
        droppedDown: { ...writer.droppedDown },
        droppedNoPeer: writer.noPeer,
        cutOff: writer.cutOff,
        oddities: { ...oddities },
      };
    },
    get measuredBytesPerS() {
      return rate.perSecond(now());
    },
    get nominalBytesPerS() {
      const baud = currentBaud();
      return baud === null ? null : baud / 10;
    },
    get baud() {
      return currentBaud();
    },
    start() {
      if (machine.phase !== 'closed') return;
      watch?.start(options.watchMs ?? 300);
      feed({ type: 'start' });
    },
    read: (reader) => readers.add(reader),
    write: (frame, priority) => writer.push(frame, priority),
    hint() {
      feed({ type: 'noFrames', fault: fault('no-frames', options.url) });
    },
    reopen() {
      feed({ type: 'reopen', fault: fault('reopened', options.url) });
    },
    onPhase(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    close() {
      if (machine.phase === 'closed') return Promise.resolve();
      const closed = new Promise<void>((resolve) => {
        closing.push(resolve);
      });
      feed({ type: 'stop' });
      return closed;
    },
  };
}

function openReal(endpoint: Endpoint, variant: number, events: PortEvents, hub: MemoryHub): Port {
  switch (endpoint.kind) {
    case 'serial':
      return openSerial(endpoint.path, endpoint.bauds[variant] ?? endpoint.bauds[0], events);
    case 'tcp':
      return openTcp(endpoint.host, endpoint.port, events);
    case 'udpin':
      return openUdpIn(endpoint.host, endpoint.port, events);
    case 'udpout':
      return openUdpOut(endpoint.host, endpoint.port, events);
    case 'memory':
      return hub.open(endpoint.name, events);
  }
}
