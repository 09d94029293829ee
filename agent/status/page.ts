/** The status as a page a technician reads in the field. Pure: status in, text out. */
import { type Face, formatUtc, UTC_FACE, zoned } from '@skein/protocol/time';
import type { AgentStatus } from './status.ts';

const seconds = (ms: number): string => (ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`);
/** A span of time with as much of it as matters. */
const fine = (us: number): string => {
  const size = Math.abs(us);
  if (size < 1e6) return `${Math.round(size / 1000)} ms`;
  if (size < 600e6) return `${(size / 1e6).toFixed(1)} s`;
  return size < 172_800e6 ? `${(size / 3600e6).toFixed(1)} h` : `${Math.round(size / 86_400e6)} d`;
};
const ahead = (us: number): string => `${fine(us)} ${us > 0 ? 'ahead' : 'behind'}`;
/** Less is no difference, µs. */
const SAME_US = 500;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** Frames for the autopilot that the line did not take: nothing that is kept. */
const NOT_KEPT_ANYWAY = 'linkFramesOut';

/** What is not safe where everything should be: it stands before all else. */
function unsafe({ outbox, recorder }: AgentStatus): string {
  return [
    outbox.volatileBytes > 0 ? `${megabytes(outbox.volatileBytes)} ONLY IN MEMORY: do not cut the power. ` : '',
    recorder?.state === 'paused' ? 'RECORDING IS PAUSED. ' : '',
  ].join('');
}

/** Everything only where nothing was lost, nothing is at risk, and what should be recorded is. */
function keeping(status: AgentStatus): string {
  if (unsafe(status) !== '') return 'Not all is on the disk';
  const hasLost = Object.entries(status.losses).some(([name, count]) => name !== NOT_KEPT_ANYWAY && count > 0);
  return hasLost ? 'Keeping what comes (some was lost since the start)' : 'Keeping everything';
}

/** The one line that matters: what is at risk, is it sending, and how far behind. */
export function headline(status: AgentStatus): string {
  return `${unsafe(status)}${sending(status)}`;
}

function sending(status: AgentStatus): string {
  const { uplink, outbox } = status;
  const behind = `Behind by ${outbox.backlogRows}.`;
  if (uplink.url === '') return `Offline by configuration (uplink.url is empty). Keeping ${outbox.backlogRows}.`;
  if (uplink.state !== 'up') {
    return `Not connected to the controller (${uplink.lastError ?? 'connecting'}). ${keeping(status)}; ${behind.toLowerCase()}`;
  }
  if (uplink.leaseLeftMs === 0) return `Connected to the broker, but no controller answers. ${behind}`;
  return `Sending. ${behind}`;
}

function linkLine({ link, vehicle }: AgentStatus): string {
  const { autopilot } = vehicle;
  if (!link.open) return `link       ${link.url}: not open${link.error === null ? '' : ` — ${link.error}`}`;
  if (autopilot.sysid === null)
    return `link       ${link.url}: open, no autopilot heard yet (${link.bytesIn} bytes came)`;
  const age = autopilot.lastHeartbeatAgeMs ?? 0;
  return `link       ${link.url}: ${autopilot.alive ? 'autopilot alive' : `autopilot silent for ${seconds(age)}`}, ${Math.round(link.inBytesPerS)} B/s in`;
}

function vehicleLine({ vehicle }: AgentStatus): string {
  const { autopilot, mode, version } = vehicle;
  if (autopilot.sysid === null) return 'vehicle    none';
  const armed = autopilot.armed ? 'ARMED' : 'disarmed';
  return `vehicle    system ${autopilot.sysid}, ${version ?? 'version unknown'}, ${armed}, ${mode ?? 'mode unknown'}`;
}

function streamsLine({ vehicle }: AgentStatus): string {
  const { streams } = vehicle.autopilot;
  const by = (state: string) => streams.filter((stream) => stream.state === state).map((stream) => stream.name);
  const parts = [`${by('granted').length} of ${streams.length} granted`];
  if (by('denied').length > 0) parts.push(`refused: ${by('denied').join(', ')}`);
  if (by('silent').length > 0) parts.push(`unanswered: ${by('silent').join(', ')}`);
  if (by('left-out').length > 0) parts.push(`no room on the line: ${by('left-out').join(', ')}`);
  return `streams    ${parts.join('; ')}`;
}

function outboxLine({ outbox }: AgentStatus): string {
  const used = `${megabytes(outbox.usedBytes)} of ${megabytes(outbox.budgetBytes)}`;
  const worst = `durable within ${seconds(outbox.worstNotDurableMs)} at worst, longest commit ${seconds(outbox.longestCommitMs)}`;
  const held = outbox.volatileBytes > 0 ? `, ${megabytes(outbox.volatileBytes)} ONLY IN MEMORY` : '';
  const aside = outbox.asideBytes > 0 ? `, SALVAGING A DAMAGED FILE (${megabytes(outbox.asideBytes)} to go)` : '';
  const ahead =
    outbox.aheadOfCard > 0
      ? `; the controller has ${outbox.aheadOfCard} of earlier starts that THIS CARD HAS NOT: it lost its last writes, or is an old copy`
      : '';
  const unwritten =
    outbox.sentUnwritten > 0
      ? `; ${outbox.sentUnwritten} urgent of earlier starts were sent, and those ended before this card had them`
      : '';
  return `outbox     ${used}${held}${aside}; ${worst}${ahead}${unwritten}`;
}

function recorderLine({ recorder }: AgentStatus): string {
  if (recorder === null) return 'recorder   off';
  return `recorder   ${recorder.state}, ${megabytes(recorder.bytes)} in ${recorder.files} files`;
}

function logsLine({ commanding }: AgentStatus): string[] {
  const { bytes, files, budgetBytes, counters } = commanding.autopilotLogs;
  const { removedLogs = 0, refusedLogs = 0 } = counters;
  if (files === 0 && refusedLogs === 0) return [];
  const gone = [
    removedLogs > 0 ? `${removedLogs} older removed` : null,
    refusedLogs > 0 ? `${refusedLogs} refused: NO ROOM` : null,
  ].filter((words) => words !== null);
  const held = `${megabytes(bytes)} of ${megabytes(budgetBytes)} in ${files} of the autopilot`;
  return [`logs       ${[held, ...gone].join('; ')}`];
}

function controlLine({ commanding }: AgentStatus): string {
  const { control, groundLink } = commanding;
  const by = control.commander === null ? '' : `, in command: ${control.commander}`;
  const ground = groundLink.sending
    ? `ground link up for ${seconds(groundLink.upMs)}`
    : `ground link ${groundLink.on ? 'not sent' : 'off'}`;
  return `control    ${control.state} (${control.why})${by}; ${ground}`;
}

function ladderLine({ commanding }: AgentStatus): string[] {
  const { owner, rung, words, leaseLostMs } = commanding.ladder;
  if (rung === 'none') return [];
  return [`link loss  for ${seconds(leaseLostMs ?? 0)} (owner ${owner}): ${words}`];
}

function commandsLine({ commanding }: AgentStatus): string {
  const { commands, journal } = commanding;
  const running = commands.running.map(({ type, phase }) => `${type} ${phase}`);
  const last = commands.last
    .filter(({ command }) => commands.running.every(({ id }) => id !== command))
    .slice(0, 3)
    .map(({ type, state, reason }) => `${type} ${state}${reason === '' || reason === 'done' ? '' : ` (${reason})`}`);
  const said = [...running, ...last];
  return `commands   ${said.length === 0 ? 'none yet' : said.join(', ')}; journal ${journal.state}`;
}

function positionLine({ trust }: AgentStatus): string {
  const { state, reason, words, lastAgeMs, radiusM } = trust;
  if (reason === null) return `position   ${state}`;
  const last =
    lastAgeMs === null
      ? 'none was trusted yet'
      : `last trusted ${seconds(lastAgeMs)} ago, within ${Math.round(radiusM ?? 0)} m of where it should be`;
  return `position   ${state.toUpperCase()} (${reason}): ${words}; ${last}`;
}

function safetyLine({ safety }: AgentStatus): string {
  const { lock, profile, preflight } = safety;
  const fits = profile.ok === null ? 'not read yet' : profile.ok ? 'fits' : 'DIFFERS';
  const ready = preflight.stops.length === 0 ? 'pre-flight has no stop' : `not ready (${preflight.stops.join(', ')})`;
  const locked = lock === null ? '' : `LOCKED ${lock.here ? 'at the drone' : `by ${lock.by}`}: ${lock.reason}; `;
  return `safety     ${locked}profile ${profile.name} ${fits}; ${ready}`;
}

function itineraryLine({ itinerary }: AgentStatus): string[] {
  const { current, custody, parcels } = itinerary;
  if (current === null && custody === 'none') return [];
  const why = current === null || current.reason === '' ? '' : ` (${current.reason})`;
  const item = current === null || current.item === null ? '' : `, item ${current.item + 1} of ${current.items}`;
  const stands = current === null ? 'none' : `${current.id} version ${current.version}: ${current.state}${why}${item}`;
  const held = parcels.map(({ name, item, state }) => `${name ?? `item ${item}`} ${state}`).join(', ');
  const aboard = custody === 'none' ? 'no parcel' : `custody ${custody}${held === '' ? '' : `: ${held}`}`;
  return [`itinerary  ${stands}; ${aboard}`];
}

function stationsLine({ stations }: AgentStatus): string[] {
  if (stations.length === 0) return [];
  const each = stations.map(({ name, open, unlockedLeftMs, heard }) => {
    const may = unlockedLeftMs === null ? '' : `, MAY CHANGE THE VEHICLE for ${seconds(unlockedLeftMs)}`;
    return `${name} ${open ? `${heard} heard` : 'not open'}${may}`;
  });
  return [`stations   ${each.join('; ')}`];
}

function batteryLine({ commanding }: AgentStatus): string[] {
  const { reportedPct, remembered, effectivePct } = commanding.battery;
  if (reportedPct === null) return [];
  if (remembered === null) return [`battery    ${reportedPct} %`];
  return [`battery    ${effectivePct} % to count on: it says ${reportedPct} %, but restarted at ${remembered.pct} %`];
}

/** Against what is believed. Where sources contradict each other nobody is right yet. */
function sourceWords({ aheadUs }: AgentStatus['timekeeping']['sources'][number], standing: string): string {
  const isSplit = standing === 'split';
  if (Math.abs(aheadUs) < SAME_US) return isSplit ? 'believed' : 'right';
  return isSplit ? `${fine(aheadUs)} ${aheadUs > 0 ? 'ahead of' : 'behind'} it` : ahead(aheadUs);
}

function clockLines({ clock, timekeeping }: AgentStatus, face: Face): string[] {
  if (clock === null) {
    const floor = formatUtc(timekeeping.notBeforeUtcUs).slice(0, 16);
    return [`clock      unset: nobody has told the time yet; it is not before ${floor}Z`];
  }
  const { utcUs, errUs, source, standing, agreeing, liars, boardUs } = clock;
  const here = zoned(utcUs / 1000, face);
  const shown = here.offset === 'UTC' ? '' : ` = ${here.date} ${here.time} ${here.offset}`;
  const others = agreeing.filter((one) => one !== source);
  const believed = {
    split: `${source}, others DISAGREE`,
    single: `${source} alone`,
    agreed: [source, ...others].join(', '),
  }[standing];
  const board = Math.abs(boardUs) <= errUs ? 'the board agrees' : `the board is ${ahead(boardUs)}`;
  const told = timekeeping.sources.map(
    (one) => `${one.source} ${sourceWords(one, standing)} ± ${fine(one.errUs)}${one.outvoted ? ' OUTVOTED' : ''}`,
  );
  return [
    `clock      ${new Date(utcUs / 1000).toISOString()}${shown} ± ${fine(errUs)} (${believed ?? source}); ${board}`,
    ...(told.length > 1 || liars.length > 0 ? [`           ${told.join('; ')}`] : []),
  ];
}

function pageLine({ page }: AgentStatus): string {
  if (page.url === null) return 'page       none is set (page.address)';
  return `page       ${page.url}${page.open ? '' : `, NOT SERVED${page.problem === null ? '' : `: ${page.problem}`}`}`;
}

function lostLine({ losses }: AgentStatus): string {
  const named = Object.entries(losses).filter(([, count]) => count > 0);
  if (named.length === 0) return 'lost       nothing';
  return `lost       ${named.map(([name, count]) => `${name} ${count}`).join(', ')}`;
}

/** Times as whoever reads them wants them; UTC stands beside. */
export function statusPage(status: AgentStatus, face: Face = UTC_FACE): string {
  const problems = status.problems.map((problem) => `! ${problem}`);
  const lines = [
    headline(status),
    ...problems,
    '',
    `drone      ${status.drone}, agent ${status.version}, start ${status.n}, up ${seconds(status.uptimeMs)}`,
    linkLine(status),
    vehicleLine(status),
    streamsLine(status),
    controlLine(status),
    ...ladderLine(status),
    commandsLine(status),
    positionLine(status),
    safetyLine(status),
    ...itineraryLine(status),
    ...stationsLine(status),
    ...batteryLine(status),
    `uplink     ${status.uplink.url || '—'}: ${status.uplink.state}, ack in ${status.uplink.smoothedAckMs === null ? '—' : seconds(status.uplink.smoothedAckMs)}`,
    outboxLine(status),
    recorderLine(status),
    ...logsLine(status),
    ...clockLines(status, face),
    pageLine(status),
    lostLine(status),
  ];
  return `${lines.join('\n')}\n`;
}
