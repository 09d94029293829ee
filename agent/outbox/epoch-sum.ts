/**
 * A checksum over what a row of the table of epochs says of acks: SQLite has none, and a number that damage has made
 * larger would have rows left out that the controller never had.
 */
import type { Lane } from '@skein/protocol/fleet';
import { crc32c } from '@skein/protocol/telemetry';

export interface Summed {
  readonly epoch: string;
  readonly acked: Readonly<Record<Lane, number>>;
  readonly gone: Readonly<Record<Lane, number>>;
}

export function epochSum({ epoch, acked, gone }: Summed): number {
  return crc32c(Buffer.from([epoch, acked.urgent, acked.history, gone.urgent, gone.history].join('/')));
}
