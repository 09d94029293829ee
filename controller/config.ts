/** Everything that can be set, with its default and what it means. `controller.example.toml` shows the same. */
import { DeliveryMethod } from '@skein/protocol/fleet';
import { type Static, Type } from 'typebox';

const text = (fallback: string, description: string) => Type.String({ default: fallback, description });
const whole = (fallback: number, minimum: number, maximum: number, description: string) =>
  Type.Integer({ default: fallback, minimum, maximum, description });
const real = (fallback: number, minimum: number, maximum: number, description: string) =>
  Type.Number({ default: fallback, minimum, maximum, description });
const port = (fallback: number, description: string) => whole(fallback, 0, 65_535, description);

/** Classes of evidence that propose something (docs/alerts.md). */
export const ACTING = ['fence', 'battery', 'vibration', 'esc', 'no-progress', 'off-route'] as const;
export type ActingClass = (typeof ACTING)[number];
const acting = (name: string) =>
  Type.Object({
    acts: Type.Boolean({
      default: false,
      description: `What is proposed at an alert ${name} is sent without being asked for, while Skein has control`,
    }),
  });

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

const Webhook = Type.Object(
  {
    /** Under it its place in the feed is kept: another address of the same name goes on there. */
    name: Type.String({ pattern: '^[a-z0-9-]{1,32}$' }),
    url: Type.String({ pattern: '^https?://[^\\s]+$', maxLength: 2000 }),
    /** Left out: all. */
    kinds: Type.Optional(Type.Array(Type.String({ pattern: '^[a-z][a-z0-9-]{0,31}$' }), { maxItems: 16 })),
    secretFile: Type.String({ minLength: 1 }),
    fromStart: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

export const ConfigSchema = Type.Object({
  dataDir: Type.String({
    default: 'skein-data',
    minLength: 1,
    description: 'Directory of the databases and logs; made when missing',
  }),
  webhooks: Type.Array(Webhook, {
    default: [],
    maxItems: 16,
    description:
      'Who is sent the events (docs/events.md); [[webhooks]] with name, url, kinds, secretFile, fromStart, at the end of the file, in the place of this line',
  }),
  http: Type.Object(
    {
      host: text('127.0.0.1', 'Address of the web page and the API; loopback only until accounts and TLS exist'),
      port: port(8080, 'Its port; 0 takes any that is free'),
      allowedHosts: Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
        default: [],
        description: 'Host names besides localhost that requests may name (a proxy or tunnel in front)',
      }),
    },
    { description: 'Web page, API, live stream, metrics' },
  ),
  broker: Type.Object(
    {
      url: text('', 'An external MQTT broker, mqtt://host:1883; empty: the embedded one'),
      host: text('127.0.0.1', 'Address the embedded broker listens on; loopback only until accounts and TLS exist'),
      port: port(1883, 'Its port; 0 takes any that is free'),
      topicRoot: Type.String({
        default: 'skein/1',
        pattern: '^[a-zA-Z0-9_-]+(/[a-zA-Z0-9_-]+)*$',
        description: 'What all topics begin with; the same as the agents’ uplink.topicRoot',
      }),
      maxPacketKB: whole(1024, 16, 65_536, 'Largest MQTT packet taken, kB'),
      maxConnections: whole(20_000, 1, 1_000_000, 'Connections at a time'),
      maxPerAddress: whole(10_000, 1, 1_000_000, 'Connections of one address; many drones may share one behind a NAT'),
      connectsPerS: real(200, 1, 1e6, 'New connections a second of one address'),
      connectBurst: whole(2000, 1, 1_000_000, 'New connections of one address at once'),
      publishesPerS: real(500, 1, 1e6, 'Messages a second of one connection; beyond it is read from more slowly'),
      publishBurst: whole(2000, 1, 1_000_000, 'Messages of one connection at once'),
    },
    { description: 'The MQTT broker the drones connect to, and the guard before it' },
  ),
  store: Type.Object(
    {
      url: text('', 'Where data is kept; empty or sqlite: in dataDir. PostgreSQL is not there yet'),
      keepDays: whole(
        90,
        1,
        36_500,
        'Days of telemetry kept; older ones go only once three younger ones have telemetry',
      ),
      budgetMB: whole(51_200, 64, 100_000_000, 'Telemetry kept, MB; the oldest days go first'),
      reserveMB: whole(
        32,
        0,
        1_000_000,
        'Disk kept free for events, commands and the urgent lane when it is full, MB; history waits meanwhile',
      ),
      syncCommits: Type.Boolean({
        default: true,
        description: 'Wait for the disk before each ack; false is for benches: a power cut then loses acked data',
      }),
      slowMs: whole(5000, 100, 600_000, 'A commit that takes longer is reported as slow, ms'),
    },
    { description: 'Databases' },
  ),
  events: Type.Object(
    {
      keyFile: text(
        '',
        'Ed25519 key (PEM, PKCS 8) that signs the daily checkpoints of the events; empty: dataDir/checkpoint.key. Made when missing',
      ),
    },
    { description: 'The events: what happened, and the proof that nobody changed it since' },
  ),
  ingest: Type.Object(
    {
      queueMB: whole(64, 1, 16_384, 'Telemetry held in memory before it is committed, MB; history may fill half of it'),
      lingerMs: whole(10, 0, 1000, 'How long a group waits for company before it is committed, ms'),
    },
    { description: 'The way from the broker to the store' },
  ),
  fleet: Type.Object(
    {
      maxDrones: whole(20_000, 1, 1_000_000, 'Drones known at most; one more is refused and counted'),
    },
    { description: 'The fleet in memory' },
  ),
  returns: Type.Object(
    {
      lowestM: real(60, 10, 1000, 'Height above home at which a drone returns whose own return height is not known, m'),
      stepM: real(20, 15, 200, 'Between two whose ways could meet, m'),
      highestM: real(
        120,
        20,
        1000,
        'No drone is sent up beyond it, m above home; who would have to be is told to hold',
      ),
    },
    { description: 'A return of several drones at once: a height of its own for each' },
  ),
  itineraries: Type.Object(
    {
      ceilingM: real(120, 2, 9000, 'No item of a plan flies higher above home, m'),
      ceilingAmslM: real(0, 0, 9000, 'No item flies higher above mean sea level, m; 0: no such ceiling'),
      legMaxM: real(10_000, 10, 1e6, 'Longest leg of a plan, m'),
      marginM: real(5, 0, 1000, 'Kept from fences and no-fly zones, m'),
      speedMaxMps: real(20, 0.5, 100, 'Fastest speed that a plan may ask for, m/s'),
      baseWithinM: real(500, 1, 1e6, 'The first place of a plan lies at most so far from its base, m'),
      reservePct: real(25, 0, 100, 'Charge left at the end of a plan, %'),
      batteryWh: real(0, 0, 1e6, 'Energy of a full pack, Wh; 0: not known, energy is then not checked here'),
      cruiseW: real(420, 1, 1e5, 'What a drone draws in level flight, W'),
      hoverW: real(450, 1, 1e5, 'Hovering and descending, W'),
      climbW: real(600, 1, 1e5, 'Climbing, W'),
      cruiseMps: real(10, 0.5, 100, 'How fast it flies where the plan names no speed, m/s'),
      airspeedMaxMps: real(18, 0.5, 100, 'How fast it can fly through the air, m/s'),
      noFlyFile: text(
        '',
        'GeoJSON with no-fly zones: Polygon, or Point with radiusM; properties name, fromM, toM, frame (home, amsl)',
      ),
    },
    { description: 'What plans must lie within; sent to the drones with each plan (docs/itineraries.md)' },
  ),
  orders: Type.Object(
    {
      group: Type.String({
        default: '',
        pattern: '^[a-z0-9-]{0,26}$',
        description: 'Only drones of this group are given orders; empty: all',
      }),
      emptyKg: real(6, 0.1, 1000, 'Mass of a drone with its battery and without a parcel, kg'),
      payloadMaxKg: real(2, 0, 1000, 'Heaviest parcel that a drone carries, kg'),
      methods: Type.Array(DeliveryMethod, {
        default: ['winch'],
        description: 'How the drones of this fleet can release: place, gripper, winch, drop',
      }),
      dropOffMaxM: real(15_000, 10, 1e6, 'A drop-off lies at most so far from its base, m'),
      windMaxMps: real(10, 0, 50, 'Mean wind above which nothing is started, m/s'),
      gustMaxMps: real(14, 0, 80, 'Gusts above which nothing is started, m/s'),
      temperatureMinC: real(-10, -60, 60, 'Nothing is started when it is colder, °C'),
      temperatureMaxC: real(40, -60, 60, 'Nothing is started when it is hotter, °C'),
      askAfterS: whole(
        900,
        0,
        604_800,
        'An alert calls people who have not come for so long to load or unload, s; 0: none',
      ),
    },
    { description: 'The fleet that orders are given to, and when it flies (docs/orders.md)' },
  ),
  detector: Type.Object(
    Object.fromEntries(ACTING.map((name) => [name, acting(name)])) as Record<ActingClass, ReturnType<typeof acting>>,
    { description: 'What the detector does (docs/alerts.md)' },
  ),
  maintenance: Type.Object(
    {
      hours: real(0, 0, 1e6, 'Hours armed since its inspection at which a drone gets no orders; 0: no limit'),
      flights: whole(0, 0, 1_000_000, 'Flights since then; 0: no limit'),
      hardLandings: whole(0, 0, 1_000_000, 'Hard landings since then; 0: no limit'),
      packCycles: real(0, 0, 1e6, 'Equivalent full cycles of a pack since its inspection; 0: no limit'),
      packFlights: whole(0, 0, 1_000_000, 'Flights of a pack since then; 0: no limit'),
      packHours: real(0, 0, 1e6, 'Hours armed of a pack since then; 0: no limit'),
      packMinCellV: real(0, 0, 5, 'A cell lower than this in flight holds its pack, V; 0: no limit'),
      packMaxTemperatureC: real(0, 0, 200, 'A pack hotter than this in flight is held, °C; 0: no limit'),
      everyS: whole(300, 1, 86_400, 'How often the flights of a drone are counted, s'),
    },
    { description: 'When a drone is to be inspected, unless its settings say otherwise (docs/fleet-configuration.md)' },
  ),
  map: Type.Object(
    {
      tiles: text('', 'A PMTiles file with streets, drawn under the fleet; empty: coast, borders and grid only'),
      style: text('', 'A MapLibre style (JSON) that draws it in place of the page’s own; empty: the page’s own'),
    },
    { description: 'The ground of the page’s map (docs/map.md)' },
  ),
  live: Type.Object(
    {
      maxClients: whole(200, 1, 10_000, 'Live connections of pages at a time'),
    },
    { description: 'The live stream' },
  ),
  log: Type.Object(
    {
      level: Type.Union(
        LEVELS.map((level) => Type.Literal(level)),
        { default: 'info', description: `How much is logged: ${LEVELS.join(', ')}` },
      ),
      dir: text('', 'Directory of the log files; empty: <dataDir>/log'),
      stderr: Type.Boolean({ default: true, description: 'Log to stderr as well' }),
      maxFileMB: whole(16, 1, 10_000, 'A log file is closed at this size, MB'),
      keepFiles: whole(8, 1, 1000, 'Closed log files kept'),
    },
    { description: 'Log, JSON lines' },
  ),
});

export type Config = Static<typeof ConfigSchema>;

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/** What the schema cannot say. Each problem names the key and what to write. */
export function configProblems(config: Config): string[] {
  const problems: string[] = [];
  for (const [key, host] of [
    ['http.host', config.http.host],
    ['broker.host', config.broker.host],
  ] as const) {
    if (LOOPBACK.includes(host)) continue;
    problems.push(
      `${key} = "${host}": this version listens on loopback only, because TLS and accounts do not exist yet; ` +
        'write 127.0.0.1 and, to reach it from elsewhere, put an SSH tunnel or a proxy that authenticates before it',
    );
  }
  if (config.store.url !== '' && !config.store.url.startsWith('sqlite')) {
    problems.push(`store.url = "${config.store.url}": only SQLite is there yet; leave it empty`);
  }
  if (config.broker.url !== '' && !/^mqtt:\/\/[^/\s]+/.test(config.broker.url)) {
    problems.push(
      `broker.url = "${config.broker.url}": write mqtt://host:port, or leave it empty for the embedded broker`,
    );
  }
  const names = new Set<string>();
  for (const { name, url } of config.webhooks) {
    if (names.has(name)) problems.push(`webhooks: ${name} is there twice: each needs a name of its own`);
    names.add(name);
    const parsed = URL.parse(url);
    if (parsed === null) problems.push(`webhooks: ${name}: url cannot be read: write https://host/path`);
    else if (parsed.username !== '' || parsed.password !== '')
      problems.push(`webhooks: ${name}: no user or password in url: the signature says who sends`);
  }
  return problems;
}
