/**
 * The two kinds of database file and how each version becomes the next. `PRAGMA user_version` is the number of steps
 * taken. Append steps; never change one that has been released (testdata/ holds databases of released versions).
 */
import type { Database } from 'better-sqlite3';
import { StoreError } from './errors.ts';

/** `telemetry/YYYY-MM-DD.db`: what arrived on that UTC day. A key lives in one file only: `position` sees to that. */
export const DAY_STEPS: readonly string[] = [
  `
  CREATE TABLE batch (
    drone TEXT NOT NULL, epoch TEXT NOT NULL, lane TEXT NOT NULL, seq INTEGER NOT NULL,
    crc INTEGER NOT NULL, boot TEXT NOT NULL, mono_from INTEGER NOT NULL, mono_to INTEGER NOT NULL,
    rows INTEGER NOT NULL, received_us INTEGER NOT NULL, bytes BLOB NOT NULL
  );
  CREATE UNIQUE INDEX batch_key ON batch (drone, epoch, lane, seq);
  CREATE INDEX batch_time ON batch (drone, boot, mono_from);
  CREATE TABLE gap (
    drone TEXT NOT NULL, epoch TEXT NOT NULL, lane TEXT NOT NULL, from_seq INTEGER NOT NULL, to_seq INTEGER NOT NULL,
    reason TEXT NOT NULL, samples INTEGER NOT NULL, boot TEXT NOT NULL, mono_from INTEGER NOT NULL,
    mono_to INTEGER NOT NULL, received_us INTEGER NOT NULL,
    PRIMARY KEY (drone, epoch, lane, from_seq)
  ) WITHOUT ROWID;
  CREATE TABLE position (
    drone TEXT NOT NULL, epoch TEXT NOT NULL, lane TEXT NOT NULL, up_to INTEGER NOT NULL,
    PRIMARY KEY (drone, epoch, lane)
  ) WITHOUT ROWID;
  CREATE TABLE boot (
    drone TEXT NOT NULL, boot TEXT NOT NULL, mono_from INTEGER NOT NULL, mono_to INTEGER NOT NULL,
    span INTEGER NOT NULL, offset INTEGER NOT NULL,
    PRIMARY KEY (drone, boot)
  ) WITHOUT ROWID;
  CREATE TABLE clock (
    drone TEXT NOT NULL, boot TEXT NOT NULL, mono INTEGER NOT NULL, utc INTEGER NOT NULL, err INTEGER NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (drone, boot, mono)
  ) WITHOUT ROWID;
  CREATE TABLE quarantine (
    drone TEXT NOT NULL, epoch TEXT NOT NULL, lane TEXT NOT NULL, seq INTEGER NOT NULL, crc INTEGER NOT NULL,
    received_us INTEGER NOT NULL, bytes BLOB NOT NULL,
    UNIQUE (drone, epoch, lane, seq, crc)
  );
  `,
  // What comes in its lane's order goes into chunks, one after the other (docs/decisions/0018-chunks.md); `batch` keeps what
  // earlier versions stored and what comes late.
  `
  CREATE TABLE chunk (
    id INTEGER PRIMARY KEY, first_drone TEXT NOT NULL, last_drone TEXT NOT NULL, bytes BLOB NOT NULL
  );
  CREATE TABLE place (
    drone TEXT NOT NULL, epoch TEXT NOT NULL, lane TEXT NOT NULL, seq_to INTEGER NOT NULL, seq_from INTEGER NOT NULL,
    boot TEXT NOT NULL, mono_from INTEGER NOT NULL, mono_to INTEGER NOT NULL, received_to INTEGER NOT NULL,
    chunks BLOB NOT NULL,
    PRIMARY KEY (drone, epoch, lane, seq_to)
  ) WITHOUT ROWID;
  CREATE TABLE settled (up_to INTEGER NOT NULL);
  INSERT INTO settled VALUES (0);
  `,
];

/** `core.db`: drones, events, and what outlives a day file. */
export const CORE_STEPS: readonly string[] = [
  `
  CREATE TABLE drone (
    id TEXT PRIMARY KEY, first_seen_us INTEGER NOT NULL, last_seen_us INTEGER NOT NULL, state TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE event (
    id INTEGER PRIMARY KEY AUTOINCREMENT, entity TEXT NOT NULL, version INTEGER NOT NULL, type TEXT NOT NULL,
    at_us INTEGER NOT NULL, data TEXT NOT NULL, key TEXT UNIQUE, hash TEXT NOT NULL,
    UNIQUE (entity, version)
  );
  CREATE TABLE position (
    drone TEXT NOT NULL, epoch TEXT NOT NULL, lane TEXT NOT NULL, up_to INTEGER NOT NULL, day TEXT NOT NULL,
    PRIMARY KEY (drone, epoch, lane)
  ) WITHOUT ROWID;
  CREATE TABLE clock (
    drone TEXT NOT NULL, boot TEXT NOT NULL, mono INTEGER NOT NULL, utc INTEGER NOT NULL, err INTEGER NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (drone, boot, mono)
  ) WITHOUT ROWID;
  `,
  // Projections of the events of `command:<id>` (command-projection.ts).
  `
  CREATE TABLE command (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE delivery (
    command TEXT NOT NULL, drone TEXT NOT NULL, place INTEGER NOT NULL, open INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (command, drone)
  ) WITHOUT ROWID;
  CREATE INDEX delivery_drone ON delivery (drone, command);
  CREATE INDEX delivery_open ON delivery (command) WHERE open = 1;
  CREATE TABLE command_key (
    key TEXT PRIMARY KEY, hash TEXT NOT NULL, command TEXT NOT NULL, at_us INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX command_key_time ON command_key (at_us);
  `,
  // Projections of the events of `itinerary:<id>` (itinerary-projection.ts).
  `
  CREATE TABLE itinerary (
    id TEXT NOT NULL, version INTEGER NOT NULL, at_us INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (id, version)
  ) WITHOUT ROWID;
  CREATE TABLE stand (
    itinerary TEXT NOT NULL, drone TEXT NOT NULL, version INTEGER NOT NULL, open INTEGER NOT NULL,
    at_us INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (itinerary, drone, version)
  ) WITHOUT ROWID;
  CREATE INDEX stand_open ON stand (itinerary) WHERE open = 1;
  CREATE INDEX stand_drone ON stand (drone, at_us);
  CREATE TABLE itinerary_key (
    key TEXT PRIMARY KEY, hash TEXT NOT NULL, itinerary TEXT NOT NULL, at_us INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX itinerary_key_time ON itinerary_key (at_us);
  `,
  // Who did it, why, and when by the hybrid clock; what their hash covers (event-chain.ts). Documents (document-projection.ts).
  `
  ALTER TABLE event ADD COLUMN form INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE event ADD COLUMN stamp TEXT;
  ALTER TABLE event ADD COLUMN actor_kind TEXT;
  ALTER TABLE event ADD COLUMN actor_name TEXT;
  ALTER TABLE event ADD COLUMN cause TEXT;
  CREATE TABLE document (
    entity TEXT PRIMARY KEY, kind TEXT NOT NULL, version INTEGER NOT NULL, open INTEGER NOT NULL,
    created_us INTEGER NOT NULL, at_us INTEGER NOT NULL, body TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX document_kind ON document (kind, created_us, entity);
  CREATE INDEX document_open ON document (kind, created_us, entity) WHERE open = 1;
  CREATE INDEX document_closed ON document (kind, created_us, entity) WHERE open = 0;
  CREATE TABLE document_key (
    kind TEXT NOT NULL, key TEXT NOT NULL, hash TEXT NOT NULL, entity TEXT NOT NULL, at_us INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
  ) WITHOUT ROWID;
  CREATE INDEX document_key_time ON document_key (at_us);
  `,
  // How far each webhook has come, and what it did not take (webhook-table.ts); no projections: nothing makes them again.
  `
  CREATE TABLE webhook (
    name TEXT PRIMARY KEY, position INTEGER NOT NULL, delivered INTEGER NOT NULL, dropped INTEGER NOT NULL, disabled TEXT
  ) WITHOUT ROWID;
  CREATE TABLE dead_letter (
    webhook TEXT NOT NULL, event INTEGER NOT NULL, at_us INTEGER NOT NULL, tries INTEGER NOT NULL, reason TEXT NOT NULL,
    resend INTEGER NOT NULL, PRIMARY KEY (webhook, event)
  ) WITHOUT ROWID;
  CREATE INDEX dead_letter_resend ON dead_letter (webhook, event) WHERE resend = 1;
  `,
];

/** From this version of core.db on everything that is verified stands in it as it does now. */
export const CORE_VERIFIABLE = 4;

/** Brings a database to the newest version, each step in a transaction of its own. */
export function migrate(db: Database, steps: readonly string[], file: string): void {
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version > steps.length) throw new StoreError('too-new', file);
  steps.slice(version).forEach((sql, i) => {
    db.transaction(() => {
      db.exec(sql);
      db.pragma(`user_version = ${version + i + 1}`);
    }).immediate();
  });
}
