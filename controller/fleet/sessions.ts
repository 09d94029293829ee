/**
 * Which session of a drone is the current one, is it online, do two boards claim one identity. Pure.
 *
 *   highest n            = the current session, among those alive (online, heard within 30 s)
 *   offline              counts only for the session it names
 *   another board, boot  heard while this one was alive (30 s) = conflict, until 60 s without evidence
 */
export const ALIVE_US = 30e6;
export const CONFLICT_HOLD_US = 60e6;
/** Sessions remembered of one drone. */
const MAX_SESSIONS = 8;

export interface Session {
  readonly session: string;
  readonly n: number;
  readonly boot: string;
  readonly board: string | null;
  /** Epoch drawn by this session: where its live data comes from; null until known. */
  readonly epoch: string | null;
  readonly online: boolean;
  readonly heardMonoUs: number;
  readonly sinceMonoUs: number;
  readonly reconnects: number;
}

export interface ConflictState {
  readonly reason: 'two-boards' | 'two-boots' | 'checksum';
  readonly sinceMonoUs: number;
  readonly seenMonoUs: number;
  readonly sessions: readonly string[];
}

export interface SessionsState {
  readonly sessions: readonly Session[];
  readonly current: string | null;
  readonly conflict: ConflictState | null;
}

export interface PresenceInput {
  readonly session: string;
  readonly n: number;
  readonly boot: string;
  readonly board: string | null;
  readonly bootAgeMs: number | null;
  readonly online: boolean;
  /** Newest epoch it lists, null when none. */
  readonly newestEpoch: string | null;
}

export type SessionOutput =
  | { readonly type: 'online'; readonly session: string }
  | { readonly type: 'offline'; readonly session: string }
  | { readonly type: 'new-session'; readonly session: string; readonly rebooted: boolean }
  | { readonly type: 'identity-conflict'; readonly conflict: ConflictState }
  /** An `offline` of a session that is not the current one. */
  | { readonly type: 'old-offline' };

export interface SessionStep {
  readonly state: SessionsState;
  readonly outputs: readonly SessionOutput[];
}

export const NO_SESSIONS: SessionsState = { sessions: [], current: null, conflict: null };

export function currentOf(state: SessionsState): Session | null {
  return state.sessions.find((one) => one.session === state.current) ?? null;
}

/** Alive: online, and heard within 30 s. */
export function isAlive(session: Session, nowMonoUs: number): boolean {
  return session.online && nowMonoUs - session.heardMonoUs <= ALIVE_US;
}

export function onPresence(state: SessionsState, p: PresenceInput, nowMonoUs: number): SessionStep {
  const known = state.sessions.find((one) => one.session === p.session);
  if (!p.online) return goOffline(state, p, known, nowMonoUs);
  const taken = state.sessions.some((one) => one.session !== p.session && one.epoch === p.newestEpoch);
  const mine: Session = {
    session: p.session,
    n: p.n,
    boot: p.boot,
    board: p.board,
    // The newest epoch listed may still be an earlier session's, when this one has stored nothing yet.
    epoch: known?.epoch ?? (taken ? null : p.newestEpoch),
    online: true,
    heardMonoUs: nowMonoUs,
    sinceMonoUs: known?.online ? known.sinceMonoUs : nowMonoUs,
    reconnects: (known?.reconnects ?? 0) + (known && !known.online ? 1 : 0),
  };
  const before = currentOf(state);
  const outputs: SessionOutput[] = [];
  const wins = before === null || before.session === mine.session || outranks(mine, before, nowMonoUs);
  if (wins && before?.session !== mine.session) {
    outputs.push({
      type: 'new-session',
      session: mine.session,
      rebooted: before !== null && before.boot !== mine.boot,
    });
  }
  if (wins && !(before?.session === mine.session && before.online)) {
    outputs.push({ type: 'online', session: mine.session });
  }
  const others = state.sessions.filter((one) => one.session !== mine.session);
  const rival = others.find((one) => isAlive(one, nowMonoUs) && contradicts(one, mine, p.bootAgeMs, nowMonoUs));
  const step = rival ? raise(state, rival, mine, nowMonoUs) : { conflict: state.conflict, outputs: [] };
  outputs.push(...step.outputs);
  const sessions = [mine, ...others].sort((a, b) => b.heardMonoUs - a.heardMonoUs).slice(0, MAX_SESSIONS);
  return { state: { sessions, current: wins ? mine.session : state.current, conflict: step.conflict }, outputs };
}

/** Something other than a presence came from a session: it is alive. */
export function onHeard(state: SessionsState, session: string, nowMonoUs: number): SessionsState {
  const sessions = state.sessions.map((one) => (one.session === session ? { ...one, heardMonoUs: nowMonoUs } : one));
  return { ...state, sessions };
}

/**
 * Live data names its epoch, not its session: an epoch that is nobody's becomes this session's. null: it is another's.
 */
export function bindEpoch(state: SessionsState, session: string, epoch: string): SessionsState | null {
  const owner = state.sessions.find((one) => one.epoch === epoch);
  if (owner) return owner.session === session ? state : null;
  return { ...state, sessions: state.sessions.map((one) => (one.session === session ? { ...one, epoch } : one)) };
}

/** One batch number came with two contents: somebody else writes under this identity, or a copied card does. */
export function onChecksumConflict(state: SessionsState, nowMonoUs: number): SessionStep {
  const sessions = state.current === null ? [] : [state.current];
  const sinceMonoUs = state.conflict?.sinceMonoUs ?? nowMonoUs;
  const conflict: ConflictState = { reason: 'checksum', sinceMonoUs, seenMonoUs: nowMonoUs, sessions };
  const outputs: SessionOutput[] = state.conflict ? [] : [{ type: 'identity-conflict', conflict }];
  return { state: { ...state, conflict }, outputs };
}

/** Time passes: a conflict without new evidence ends. */
export function onTick(state: SessionsState, nowMonoUs: number): SessionsState {
  if (state.conflict === null || nowMonoUs - state.conflict.seenMonoUs <= CONFLICT_HOLD_US) return state;
  return { ...state, conflict: null };
}

function goOffline(state: SessionsState, p: PresenceInput, known: Session | undefined, nowMonoUs: number): SessionStep {
  if (known === undefined) return { state, outputs: [{ type: 'old-offline' }] };
  const gone: Session = { ...known, online: false, sinceMonoUs: known.online ? nowMonoUs : known.sinceMonoUs };
  const sessions = state.sessions.map((one) => (one.session === p.session ? gone : one));
  const isCurrent = state.current === p.session;
  if (!isCurrent) return { state: { ...state, sessions }, outputs: [{ type: 'old-offline' }] };
  return { state: { ...state, sessions }, outputs: known.online ? [{ type: 'offline', session: p.session }] : [] };
}

/**
 * Among those alive the highest n; of two with one n (a restored or copied card) the one that was there first. One whose
 * disk was wiped counts from 1 again: it is current as soon as the other is gone.
 */
function outranks(mine: Session, before: Session, nowMonoUs: number): boolean {
  return mine.n > before.n || !isAlive(before, nowMonoUs);
}

function contradicts(other: Session, mine: Session, bootAgeMs: number | null, nowMonoUs: number): boolean {
  if (other.board !== null && mine.board !== null && other.board !== mine.board) return true;
  if (other.boot === mine.boot) return false;
  // One board that rebooted: the other boot was last heard before this one began.
  const beganMonoUs = bootAgeMs === null ? null : nowMonoUs - bootAgeMs * 1e3;
  return beganMonoUs === null || other.heardMonoUs > beganMonoUs;
}

function raise(
  state: SessionsState,
  rival: Session,
  mine: Session,
  nowMonoUs: number,
): { conflict: ConflictState; outputs: SessionOutput[] } {
  const boards = rival.board !== null && mine.board !== null && rival.board !== mine.board;
  const conflict: ConflictState = {
    reason: boards ? 'two-boards' : 'two-boots',
    sinceMonoUs: state.conflict?.sinceMonoUs ?? nowMonoUs,
    seenMonoUs: nowMonoUs,
    sessions: [mine, rival].sort((a, b) => b.n - a.n).map((one) => one.session),
  };
  return { conflict, outputs: state.conflict ? [] : [{ type: 'identity-conflict', conflict }] };
}

/** What of this is an event of the drone; null: it is only counted. */
export function eventOf(
  out: SessionOutput,
): { readonly type: string; readonly data: Readonly<Record<string, unknown>> } | null {
  switch (out.type) {
    case 'online':
    case 'offline':
      return { type: out.type, data: { session: out.session } };
    case 'new-session':
      return { type: 'session', data: { session: out.session, rebooted: out.rebooted } };
    case 'identity-conflict':
      return { type: out.type, data: { reason: out.conflict.reason, sessions: out.conflict.sessions } };
    case 'old-offline':
      return null;
  }
}
