/**
 * Ways to break store and forward, each a change of the real source that a voyage must notice. A text that is not found
 * exactly once is an error: the list follows the code.
 */
export interface Mutation {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'ack before commit',
    file: 'controller/ingest/committer.ts',
    from: 'outcome = await this.#o.store.commit(group, this.#o.clock.utcUs());',
    to: `outcome = { inserted: 0, gaps: 0, duplicates: 0, conflicts: [], filled: 0, expired: 0, unread: 0, refused: [] };
      void this.#o.store.commit(group, this.#o.clock.utcUs()).catch(() => {});`,
  },
  {
    name: 'evict before ack',
    file: 'agent/outbox/evictor.ts',
    from: 'if (to > state.acked || !may(row, count === 0)) break;',
    to: 'if (to > state.acked + 4 || !may(row, count === 0)) break;',
  },
  {
    name: 'evict all that was written',
    file: 'agent/outbox/evictor.ts',
    from: 'const state = epoch.lanes[lane];',
    to: 'const state = epoch.lanes[lane];\n        state.acked = Math.max(state.acked, state.next - 2);',
  },
  {
    name: 'epoch ignored',
    file: 'controller/store/day-rows.ts',
    from: 'function streamId(key: StreamKey): string {',
    to: "function streamId({ drone, lane }: StreamKey): string {\n  const key = { drone, epoch: 'any', lane };",
  },
  {
    name: 'lane ignored',
    file: 'controller/store/day-rows.ts',
    from: 'function streamId(key: StreamKey): string {',
    to: "function streamId({ drone, epoch }: StreamKey): string {\n  const key = { drone, epoch, lane: 'any' };",
  },
  {
    name: 'ack of an older session believed',
    file: 'agent/uplink/session.ts',
    from: "if (ack.session !== this.#id) return { taken: false, why: 'acksOtherSession' };",
    to: '',
  },
  {
    name: 'watermark from memory',
    file: 'controller/ingest/ingest.ts',
    from: 'epoch, lane, upTo: state.upTo, window',
    to: 'epoch, lane, upTo: state.queuedTo, window',
  },
  {
    name: 'seq reused after rollback',
    file: 'agent/outbox/mirror.ts',
    from: '  opened(report: StoreReport): void {',
    to: `  opened(report: StoreReport): void {
    const newest = report.epochs[0];
    if (!this.begun && newest !== undefined) {
      this.#epoch = newest.epoch;
      this.#next = { urgent: newest.lanes.urgent.next, history: newest.lanes.history.next };
    }`,
  },
  {
    name: 'number of what is sent and not durable given again',
    file: 'agent/outbox/mirror.ts',
    from: '    const changed = report.epochs.length !== this.#report.epochs.length;',
    to: `    const changed = report.epochs.length !== this.#report.epochs.length;
    const own = report.epochs.find((state) => state.epoch === this.#epoch)?.lanes;
    if (own !== undefined) this.#next = { ...this.#next, urgent: own.urgent.next };`,
  },
  {
    name: 'same key with other bytes acked',
    file: 'controller/store/telemetry-writer.ts',
    from: 'if (crc === row.crc) tally.duplicates++;',
    to: 'if (crc !== undefined) tally.duplicates++;',
  },
  {
    name: 'same key with other bytes acked, by memory',
    file: 'controller/ingest/ingest.ts',
    from: 'if (gap || stream.crcs?.get(header.seq) === header.crc) this.',
    to: 'if (gap || stream.crcs?.get(header.seq) !== undefined) this.',
  },
  {
    name: 'no resend timer',
    file: 'agent/uplink/lane.ts',
    from: 'if (oldest === undefined || nowMs - oldest.atMs < this.resendAfterMs) return false;',
    to: 'if (oldest === undefined || nowMs > 0) return false;',
  },
  {
    name: '`first` ignored',
    file: 'controller/ingest/ingest.ts',
    from: 'const missing = missingBefore(stream.state, first);',
    to: 'const missing = missingBefore(stream.state, Math.min(first, 1));',
  },
  {
    name: 'gap not written',
    file: 'agent/outbox/gaps.ts',
    from: 'this.#rows.addGap(rowKey(number, merged.lane, merged.from), merged.to, atS, bytes);',
    to: "if (gap.reason !== 'thinned') this.#rows.addGap(rowKey(number, merged.lane, merged.from), merged.to, atS, bytes);",
  },
  {
    name: 'emptied epoch forgotten',
    file: 'agent/outbox/epoch-book.ts',
    from: 'if (next.urgent === 1 && next.history === 1) {',
    to: 'if (next.urgent > 0) {',
  },
  {
    name: 'emptied epochs told to the first controller only',
    file: 'agent/outbox/past.ts',
    from: 'this.#told.clear();',
    to: '',
  },
  {
    name: 'salvage leaves rows behind',
    file: 'agent/outbox/salvage.ts',
    from: "if (lane === 'live' || gap?.reason === 'corrupt') continue;",
    to: "if (lane === 'live' || gap?.reason === 'corrupt' || seq % 3 === 0) continue;",
  },
  {
    name: 'how far a damaged file went is forgotten with it',
    file: 'agent/outbox/lying-aside.ts',
    from: 'this.#owed = furthest([...this.#o.aside.reach().toReversed(), ...this.#owed]);',
    to: '',
  },
  {
    name: 'sent from what is still salvaged',
    file: 'agent/outbox/mender.ts',
    from: 'return this.#held.get(',
    to: 'return this.#held.size > 0 ? undefined : this.#held.get(',
  },
  {
    name: 'what was held for a damaged file is held on when that is gone',
    file: 'agent/outbox/store.ts',
    from: 'if (this.asideBytes === 0) this.losses.unsalvaged += this.#mender.release();',
    to: '',
  },
  {
    name: 'the file is cut before its rows are written',
    file: 'agent/outbox/salvage.ts',
    from: 'if (!this.#store.restore(rows)) {',
    to: `this.#file.cutAfter(this.#rows.at(-1 - count)?.lastPage ?? 0);
    if (!this.#store.restore(rows)) {`,
  },
  {
    name: 'more given up than was acked',
    file: 'agent/outbox/mirror.ts',
    from: 'history: { first: history.first, next: history.next }',
    to: 'history: { first: Math.min(history.first + 1, history.next), next: history.next }',
  },
  {
    name: 'stored, but for every 40th',
    file: 'controller/store/telemetry-writer.ts',
    from: '    today.insertBatch(row);',
    to: '    if (row.seq % 40 !== 0) today.insertBatch(row);',
  },
  {
    name: 'gap over what is durable',
    file: 'agent/outbox/outbox.ts',
    from: 'const group = this.#pending.committed();',
    to: `const group = this.#pending.committed();
    const over = { reason: 'not-durable', samples: 0, monoFromUs: 0, monoToUs: 0 } as const;
    for (const one of group) {
      if (one.seq % 20 === 0 && one.gap === null) this.#pending.unshift(gapEntry(one, one.seq, one.to, over));
    }`,
  },
  {
    name: '`urgent` evicted',
    file: 'agent/outbox/evictor.ts',
    from: "const rows = this.#o.rows.batches(laneStart(number, 'history'), laneEnd(number, 'history'), this.#chunk);",
    to: "const rows = this.#o.rows.batches(laneStart(number, 'urgent'), laneEnd(number, 'history'), this.#chunk);",
  },
  {
    name: 'journal after action',
    file: 'agent/commands/runner.ts',
    from: 'const written = await this.#o.journal.command(',
    to: `const outcome = await executor.act(task, task.act);
    if (!isOver(task)) executor.act = async () => outcome;
    const written = await this.#o.journal.command(`,
  },
  {
    name: 're-send under another journal id',
    file: 'controller/commands/delivery.ts',
    from: 'if (d.sends > 0 && d.journal !== null && journal !== null && journal !== d.journal) {',
    to: 'if (d.sends < 0) {',
  },
  {
    name: 'expiry by wall clock',
    file: 'controller/commands/delivery.ts',
    from: 'const over = now.monoUs >= expiresMonoUs;',
    to: 'const over = now.utcUs >= c.command.expiresAtUtcUs && expiresMonoUs > 0;',
  },
  {
    name: '`offline` of an old session believed',
    file: 'controller/fleet/sessions.ts',
    from: 'const sessions = state.sessions.map((one) => (one.session === p.session ? gone : one));',
    to: 'const sessions = state.sessions.map((one) => (one.session === p.session ? gone : { ...one, online: false }));',
  },
];
