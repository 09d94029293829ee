/** Everything that can be set about an agent: type, default, check and documentation in one place. */
import { LadderSettings } from '@skein/protocol/fleet';
import { HOUR_STYLES } from '@skein/protocol/time';
import { type Static, Type } from 'typebox';
import { PageSettings } from './page/settings.ts';
import { PROFILES, WANT_PATTERN } from './profile/index.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

const STATION_URL = '^(udpin|udpout|tcp|memory)://\\S+$';

/** One end point for a ground station; a bare URL is one with nothing but defaults. */
export const StationConfig = Type.Union([
  Type.String({ pattern: STATION_URL }),
  Type.Object(
    {
      url: Type.String({ pattern: STATION_URL }),
      name: Type.Optional(Type.String({ pattern: '^[a-z0-9-]{1,32}$' })),
      mode: Type.Optional(Type.Union([Type.Literal('listen'), Type.Literal('control')])),
      sharePct: Type.Optional(Type.Number({ minimum: 1, maximum: 50 })),
      unlockMinutes: Type.Optional(Type.Number({ minimum: 1, maximum: 240 })),
    },
    { additionalProperties: false },
  ),
]);

export const AgentConfig = Type.Object({
  drone: Type.String({
    pattern: '^(?!all$)(?!group-)[a-z0-9-]{1,32}$',
    description: 'Name of this drone in the fleet: 1–32 of a–z, 0–9 and "-"; unique',
  }),
  groups: Type.Array(Type.String({ pattern: '^[a-z0-9-]{1,26}$' }), {
    default: [],
    maxItems: 16,
    description: 'Groups whose broadcasts this drone listens to',
  }),
  dataDir: Type.String({
    default: '/var/lib/skein-agent',
    minLength: 1,
    description: 'Folder for the outbox, recordings, logs and the status socket',
  }),
  profile: Type.Union(
    PROFILES.map((profile) => Type.Literal(profile)),
    {
      default: 'bvlos',
      description: `Safety profile the parameters of the autopilot must fit before it arms: ${PROFILES.join(', ')}`,
    },
  ),
  profileParameters: Type.Array(Type.String({ pattern: `^[A-Z0-9_]{1,16}=${WANT_PATTERN}$` }), {
    default: [],
    maxItems: 100,
    description:
      'What this drone expects in place of the profile, NAME=WANTED: "RTL_ALT=3000..6000", "FS_OPTIONS=bits+1-32", "FENCE_ENABLE=any"',
  }),
  batteryCells: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 32,
    description: 'Cells in series of the flight battery; 0 guesses from its voltage',
  }),
  station: Type.Array(StationConfig, {
    default: [],
    maxItems: 8,
    description:
      'End points for ground stations: udpin://0.0.0.0:14551, udpout://HOST:14550, tcp://0.0.0.0:5770 (stations connect there); [[station]] with url, name, mode (listen or control), sharePct, unlockMinutes',
  }),
  link: Type.Object(
    {
      url: Type.String({
        default: 'udpin://127.0.0.1:14550',
        pattern: '^(serial|udpin|udpout|tcp|memory)://\\S+$',
        description:
          'Way to the autopilot: serial:///dev/serial/by-id/NAME:921600 (or several bauds, comma between), udpin://0.0.0.0:14550, udpout://HOST:PORT, tcp://HOST:5760',
      }),
    },
    { description: 'The autopilot' },
  ),
  stream: Type.Object(
    {
      sharePct: Type.Number({
        default: 60,
        minimum: 5,
        maximum: 90,
        description: 'Share of the line that telemetry may take, %',
      }),
    },
    { description: 'What is asked of the autopilot' },
  ),
  uplink: Type.Object(
    {
      url: Type.String({
        default: 'mqtt://127.0.0.1:1883',
        pattern: '^((mqtt|mqtts|ws|wss)://\\S+)?$',
        description:
          'MQTT broker of the controller: mqtt://HOST:1883; empty to stay offline. USER:PASSWORD@ before the host would go before username and password; better write them there',
      }),
      topicRoot: Type.String({
        default: 'skein/1',
        minLength: 1,
        pattern: '^[^+#]+$',
        description: 'First part of every MQTT topic',
      }),
      username: Type.String({ default: '', description: 'MQTT user name; if given it must be the drone name' }),
      password: Type.String({ default: '', description: 'MQTT password' }),
      backfillKBps: Type.Number({
        default: 200,
        minimum: 1,
        maximum: 100_000,
        description: 'Most that history may take of the uplink, kilobytes a second',
      }),
      gatherS: Type.Number({ default: 7, minimum: 0, maximum: 8, description: 'Seconds history waits for company' }),
    },
    { description: 'The way to the controller' },
  ),
  linkLoss: Type.Object(
    {
      owner: Type.Union([Type.Literal('agent'), Type.Literal('autopilot')], {
        default: 'agent',
        description:
          'Who acts when the controller is lost: "agent", its ladder, with the failsafe of the autopilot as the net under it; "autopilot", its own ground-link failsafe (the ground-link heartbeat stops when the lease is over)',
      }),
    },
    { description: 'What happens when the controller is lost in flight' },
  ),
  ladder: LadderSettings,
  energy: Type.Object(
    {
      rangeM: Type.Number({
        default: 8_000,
        minimum: 100,
        maximum: 1_000_000,
        description: 'How far a full pack flies with payload, m; `goto` must fit with the way home',
      }),
      reservePct: Type.Number({
        default: 30,
        minimum: 0,
        maximum: 90,
        description: 'Charge that must be left after coming home, %',
      }),
    },
    { description: 'What the charge is good for' },
  ),
  delivery: Type.Object(
    {
      onAbort: Type.Union([Type.Literal('retract'), Type.Literal('abandon')], {
        default: 'retract',
        description:
          'What becomes of a winch line that is out when a flight is aborted or the link stays lost: "retract", reel it in first; "abandon", return with it as it is',
      }),
      retractS: Type.Number({
        default: 30,
        minimum: 1,
        maximum: 300,
        description: 'How long reeling in may take before the drone returns, s',
      }),
      hoverDropPct: Type.Number({
        default: 5,
        minimum: 0.5,
        maximum: 80,
        description:
          'By how much the hover current must fall when a parcel has left, %: about its part of the take-off weight; with less nothing counts as released',
      }),
    },
    { description: 'Deliveries' },
  ),
  reboot: Type.Object(
    {
      companionCommand: Type.Array(Type.String({ minLength: 1 }), {
        default: [],
        maxItems: 16,
        description:
          'Program and arguments that restart this computer; empty: the systemd unit skein-reboot.path, which waits for /run/skein/reboot-companion',
      }),
    },
    { description: 'Restarting what is aboard, on an order from the controller' },
  ),
  board: Type.Object(
    {
      bootIdFile: Type.String({
        default: '/proc/sys/kernel/random/boot_id',
        minLength: 1,
        description: 'File with the id of this run of the kernel: names the monotonic clock, proves a restart',
      }),
    },
    { description: 'The companion computer' },
  ),
  backoff: Type.Object(
    {
      minS: Type.Number({
        default: 1,
        minimum: 0.05,
        maximum: 60,
        description: 'Longest first pause before connecting again, s',
      }),
      maxS: Type.Number({
        default: 60,
        minimum: 0.1,
        maximum: 3600,
        description: 'Longest pause before connecting again, s',
      }),
    },
    { description: 'Pauses between attempts to reach the controller; each is random between 0 and its limit' },
  ),
  disk: Type.Object(
    {
      budgetMB: Type.Integer({
        default: 2304,
        minimum: 8,
        maximum: 1_114_112,
        description:
          'Most that the outbox (database, its log, a damaged file that is being salvaged) and the recordings take of the disk together, MB; never exceeded. Logs have their own: log.fileMB × log.files, logs.autopilotBudgetMB',
      }),
    },
    { description: 'What the agent may take of the disk' },
  ),
  outbox: Type.Object(
    {
      budgetMB: Type.Integer({
        default: 0,
        minimum: 0,
        maximum: 65_536,
        description: 'The part of disk.budgetMB for the outbox, MB, at least 4; 0: a ninth of it, at least 4',
      }),
      keepAckedHours: Type.Number({
        default: 48,
        minimum: 0,
        maximum: 8760,
        description:
          'Hours of running time to keep what the controller already has, for a controller restored from a backup',
      }),
    },
    { description: 'The buffer that survives outages' },
  ),
  recorder: Type.Object(
    {
      enabled: Type.Boolean({ default: true, description: 'Record every raw frame as .tlog' }),
      budgetMB: Type.Integer({
        default: 0,
        minimum: 0,
        maximum: 1_048_576,
        description: 'The part of disk.budgetMB for recordings, MB, the oldest go; 0: what the outbox leaves of it',
      }),
      segmentMB: Type.Integer({
        default: 32,
        minimum: 1,
        maximum: 1024,
        description: 'Size of one recording file, MB',
      }),
    },
    { description: 'Raw recordings, opened by QGroundControl, Mission Planner, MAVProxy' },
  ),
  logs: Type.Object(
    {
      autopilotBudgetMB: Type.Integer({
        default: 512,
        minimum: 1,
        maximum: 1_048_576,
        description: 'Most that logs fetched from the autopilot may take, MB; the oldest go',
      }),
    },
    { description: 'Logs of the autopilot, fetched by command' },
  ),
  page: PageSettings,
  display: Type.Object(
    {
      timeZone: Type.String({
        default: 'local',
        pattern: '^(local|UTC|[A-Za-z_]+(/[A-Za-z0-9_+-]+){0,2})$',
        description: 'Zone in which `status` shows times: local, UTC, or a name like Europe/Paris; UTC stands beside',
      }),
      timeFormat: Type.Union(
        HOUR_STYLES.map((style) => Type.Literal(style)),
        { default: '24h', description: `Hours of the day: ${HOUR_STYLES.join(' or ')}` },
      ),
    },
    { description: 'How people here read times; stored and sent is UTC' },
  ),
  log: Type.Object(
    {
      level: Type.Union(
        LOG_LEVELS.map((level) => Type.Literal(level)),
        { default: 'info', description: `Least important that is logged: ${LOG_LEVELS.join(', ')}` },
      ),
      dir: Type.String({ default: '', description: 'Folder of the log files; empty: log inside dataDir' }),
      fileMB: Type.Integer({
        default: 5,
        minimum: 1,
        maximum: 1024,
        description: 'Size at which a new log file is begun, MB',
      }),
      files: Type.Integer({ default: 5, minimum: 1, maximum: 100, description: 'Log files kept besides the newest' }),
      stdout: Type.Boolean({ default: false, description: 'Log on standard output instead of standard error' }),
    },
    { description: 'Structured logs, one JSON object a line' },
  ),
});
export type AgentConfig = Static<typeof AgentConfig>;

/** Keys whose values are never printed. */
export const SECRET_KEYS = ['uplink.password'] as const;
