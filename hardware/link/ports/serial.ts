import { SerialPort } from 'serialport';
import { fault, faultOf } from '../faults.ts';
import type { Port, PortEvents } from './port.ts';

/** Opens a serial device, or a pseudo-terminal, at one baud. */
export function openSerial(path: string, baudRate: number, events: PortEvents): Port {
  let ended = false;
  let settleClosed: () => void = () => {};
  const closed = new Promise<void>((resolve) => {
    settleClosed = resolve;
  });
  let closing = false;

  // hupcl off: dropping DTR when we close resets some boards, and a closing companion must not restart an autopilot.
  const port = new SerialPort({ path, baudRate, autoOpen: false, hupcl: false });

  function end(error: unknown): void {
    if (ended) return;
    ended = true;
    settleClosed();
    if (closing) return;
    events.onClosed(error === null || error === undefined ? fault('hang-up', path) : faultOf(error, path));
  }

  function letGo(): void {
    if (port.isOpen) port.close((error) => (error ? end(error) : end(null)));
  }

  port.on('data', (chunk: Uint8Array) => {
    if (!ended && !closing) events.onChunk(chunk);
  });
  port.on('close', (error: unknown) => end(error));
  port.on('error', (error) => {
    const found = faultOf(error, path);
    // Modem lines and the like do not exist on every tty ("Inappropriate ioctl" on a pty); bytes flow all the same.
    if (found.code === 'ENOTTY' && port.isOpen) {
      events.onOddity('ignoredIoctls');
      return;
    }
    if (port.isOpen) letGo();
    else if (!port.opening) end(error);
  });
  port.open((error) => {
    if (error) end(error);
    else if (closing) letGo();
    else events.onOpened(`${path} at ${baudRate} baud`);
  });

  return {
    write(frame, done) {
      // A port that is not open would keep the frame until it is, and nobody wants it then.
      if (ended || !port.isOpen) return;
      port.write(frame, undefined, (error) => {
        if (!error) done(true);
      });
    },
    close() {
      closing = true;
      if (port.isOpen) letGo();
      else if (!port.opening) end(null);
      return closed;
    },
  };
}
