/**
 * The thread that touches SQLite. Started twice by sqlite-store.ts: as the one writer, and as a reader.
 *
 *   main ── {id, call, args} ──► worker ── {id, ok, value | error} ──► main
 *                                       ── {unsettled} ──►             by itself: settling a day failed
 */
import { parentPort, workerData } from 'node:worker_threads';
import { commandKeys, commandOf, commandsOf, openCommands, recentDeliveries } from './command-projection.ts';
import { documentKeys, documentOf, documentsOf } from './document-projection.ts';
import { toStoreError } from './errors.ts';
import { blockAfter } from './event-blocks.ts';
import { searchEvents } from './event-search.ts';
import { itinerariesOf, itineraryKeys, itineraryOf, lastStands, openItineraries } from './itinerary-projection.ts';
import { type PackedItems, unpackItems } from './packing.ts';
import { Reader } from './reader.ts';
import type { Committed, Notice, Reply, Request, Role, WorkerOptions } from './rpc.ts';
import { WebhookTable } from './webhook-table.ts';
import { Writer } from './writer.ts';

const port = parentPort;
if (port === null) throw new Error('store/worker.ts is started by sqlite-store.ts, not by hand');
const { role, ...options } = workerData as WorkerOptions & { role: Role };

const onUnsettled = (day: string, error: unknown): void => {
  port.postMessage({ unsettled: toStoreError(error, day).message } satisfies Notice);
};
const writer = role === 'writer' ? new Writer(options, onUnsettled) : null;
const reader = role === 'reader' ? new Reader(options.dataDir) : null;

function commit(to: Writer, { packed, nowUtcUs }: { packed: PackedItems; nowUtcUs: number }): Committed {
  const before = to.core.newestEvent;
  const result = to.telemetry.commit(unpackItems(packed), nowUtcUs);
  const newest = to.core.newestEvent;
  return { result, newest: newest > before ? newest : null };
}

function perform(request: Request): unknown {
  if (request.call === 'close') {
    writer?.close();
    reader?.close();
    return null;
  }
  if (reader) {
    switch (request.call) {
      case 'series':
        return reader.series(request.args.query, request.args.untilMs);
      case 'events':
        return reader.events(request.args);
      case 'searchEvents':
        return searchEvents(reader.core, request.args);
      case 'command':
        return commandOf(reader.core, request.args);
      case 'commands':
        return commandsOf(reader.core, request.args);
      case 'openCommands':
        return openCommands(reader.core);
      case 'recentDeliveries':
        return recentDeliveries(reader.core, request.args);
      case 'commandKeys':
        return commandKeys(reader.core, request.args);
      case 'itinerary':
        return itineraryOf(reader.core, request.args);
      case 'itineraries':
        return itinerariesOf(reader.core, request.args);
      case 'openItineraries':
        return openItineraries(reader.core);
      case 'lastStands':
        return lastStands(reader.core);
      case 'itineraryKeys':
        return itineraryKeys(reader.core, request.args);
      case 'block':
        return blockAfter(reader.core, request.args);
      case 'document':
        return documentOf(reader.core, request.args);
      case 'documents':
        return documentsOf(reader.core, request.args);
      case 'deadLetters':
        return new WebhookTable(reader.core).list(request.args);
      case 'documentKeys':
        return documentKeys(reader.core, request.args);
    }
  }
  if (writer) {
    switch (request.call) {
      case 'start':
        writer.start();
        return writer.core.newestEvent;
      case 'commit':
        return commit(writer, request.args);
      case 'positions':
        return writer.positions(request.args.drone, request.args.epochs);
      case 'drones':
        return writer.core.drones();
      case 'saveDrones':
        return writer.lend(() => writer.core.saveDrones(request.args));
      case 'append':
        return writer.lend(() => writer.core.append(request.args.events, request.args.nowUtcUs));
      case 'webhooks':
        return writer.core.webhooks.all();
      case 'saveWebhook':
        return writer.lend(() => writer.core.webhooks.save(request.args));
      case 'resendDeadLetters':
        return writer.lend(() => writer.core.webhooks.resend(request.args));
      case 'discardDeadLetters':
        return writer.lend(() => writer.core.webhooks.discard(request.args));
      case 'retain':
        return writer.retain(request.args);
      case 'stats':
        return writer.stats();
      case 'rebuild':
        return writer.core.rebuild();
    }
  }
  throw new Error(`the ${role} does not know ${request.call}`);
}

port.on('message', (request: Request & { id: number }) => {
  let reply: Reply;
  try {
    reply = { id: request.id, ok: true, value: perform(request) };
  } catch (error) {
    const { code, detail } = toStoreError(error, request.call);
    reply = { id: request.id, ok: false, code, detail };
  }
  port.postMessage(reply);
  if (request.call === 'close') port.close();
});
