/** Scenes of the demo (`make demo SCENE=…`): what is done to the city, when, and what to look at. */
import type { World } from '../world.ts';
import type { CityLife, OrderView } from './life.ts';
import { BASES, CALM, STORM } from './places.ts';

export interface SceneStage {
  readonly world: World;
  readonly life: CityLife;
  readonly say: (line: string) => void;
  /** Resolves after so long, or rejects when the demo ends. */
  readonly wait: (seconds: number) => Promise<void>;
}

export interface Scene {
  /** What happens, and what to look at. */
  readonly words: readonly string[];
  /** It ends the controller, and starts it again within 30 s. */
  readonly revives?: true;
  readonly play: (stage: SceneStage) => Promise<void>;
}

interface Seen {
  readonly kinds: {
    readonly position?: { readonly values: { readonly altRelM: number | null } };
    readonly velocity?: { readonly values: { readonly northMps: number | null; readonly eastMps: number | null } };
  };
}
const ALOFT_M = 20;
const ON_ITS_WAY_MPS = 4;

/** A drone on its way with a parcel, not only off its pad; waits until there is one. */
async function flying({ life, wait, world }: SceneStage) {
  for (;;) {
    const { orders } = await life.api
      .get<{ orders: readonly OrderView[] }>('/orders?limit=20')
      .catch(() => ({ orders: [] }));
    // Each of them: the newest may be held, or silent, for as long as it likes.
    const out = new Set(orders.filter(({ state }) => state === 'outbound').map(({ drone }) => drone));
    for (const drone of world.drones.filter(({ id }) => out.has(id))) {
      const seen = await life.api.get<Seen>(`/drones/${drone.id}`).catch(() => null);
      const { position, velocity } = seen?.kinds ?? {};
      const speedMps = Math.hypot(velocity?.values.northMps ?? 0, velocity?.values.eastMps ?? 0);
      if ((position?.values.altRelM ?? 0) > ALOFT_M && speedMps > ON_ITS_WAY_MPS) return drone;
    }
    await wait(1);
  }
}

export const SCENES: Readonly<Record<string, Scene>> = {
  outage: {
    words: [
      'The way of a drone in flight to the controller is cut for 40 s, as by a mobile network that is gone.',
      'Look at: its row turns stale within seconds and lost after 30 s; its panel says what it must be doing now, and for how long; it',
      'flies on, its order does nothing meanwhile, and nothing is released while it is not heard. Afterwards the live view is right at once,',
      'and history fills in behind it, dotted as "filled in later". (A minute after it was cut it would come home: the ladder.)',
    ],
    async play(stage) {
      const { id, uplink } = await flying(stage);
      uplink?.cut();
      stage.say(`${id}: not heard any more`);
      await stage.wait(40);
      uplink?.mend();
      stage.say(`${id}: its network is back`);
    },
  },
  reboot: {
    words: [
      'An operator restarts the autopilot of a drone that stands on the ground.',
      'Look at: the command in its panel, proved by the time since boot, with how long it was away; its pre-flight list until it is ready',
      'again. The one in the air is ordered the same and refuses: armed.',
    ],
    async play(stage) {
      const { api } = stage.life;
      const certain = api.certain();
      const air = await flying(stage);
      const { orders } = await api.get<{ orders: readonly OrderView[] }>('/orders?limit=20');
      const taken = new Set(orders.filter(({ state }) => state !== 'closed').map(({ drone }) => drone));
      const ground = stage.world.drones.find(({ id }) => id !== air.id && /stork|crane/.test(id) && !taken.has(id));
      for (const id of [ground?.id, air.id].filter((one) => one !== undefined)) {
        stage.say(`reboot of ${id} is ordered`);
        await certain.post('/commands', {
          targets: [id],
          type: 'reboot',
          params: { target: 'autopilot' },
          issuedBy: 'Ann',
        });
      }
    },
  },
  'bad-gps': {
    words: [
      'The receiver of a drone in flight jumps 300 m aside for 30 s.',
      'Look at: within seconds its position is not trusted, with the reason, and alerts say what its estimator makes of it; the failsafe of',
      'the autopilot lands it where it is (badge FAILSAFE). Nothing is done against that, nothing that needs a position is begun: the parcel',
      'stays aboard, and once it stands the order asks people to take it off.',
    ],
    async play(stage) {
      const { id, simulator } = await flying(stage);
      simulator.program.tell('fault gps-glitch:metres=300@0+30');
      stage.say(`${id}: its receiver is wrong by 300 m`);
      await stage.wait(30);
      stage.say(`${id}: its receiver is right again`);
    },
  },
  'lost-drone': {
    words: [
      'A drone with a parcel falls silent for ever.',
      'Look at: its row turns stale, after 30 s lost; its panel says what it must be doing and until when its energy lasts. It is never',
      'called delivered and its order is given to nobody else. Ten minutes after its energy must be over (some half an hour) the order is',
      '"lost" and asks people: settle it with delivered, lost or relaunch. An operator may say that earlier.',
    ],
    async play(stage) {
      const { id, agent, simulator } = await flying(stage);
      stage.say(`${id}: silent from now on`);
      await agent.program.kill9();
      await simulator.program.kill9();
    },
  },
  storm: {
    words: [
      'A storm comes over both bases for 90 s, and Ann stops the fleet.',
      'Look at: the ground stop on every page; who flies goes on and comes home; nothing new starts, the orders that wait say why, and no',
      'operator can start anything either. When it is over they go on by themselves.',
    ],
    async play(stage) {
      const api = stage.life.api.certain();
      await flying(stage);
      for (const { id } of BASES) await api.put(`/weather/${id}`, STORM);
      const stop = await api.post<{ id: string }>('/ground-stops', {
        reach: 'fleet',
        reason: 'storm',
        issuedBy: 'Ann',
      });
      stage.say('storm: 17 m/s, gusts of 26 m/s; ground stop by Ann');
      await stage.wait(90);
      for (const { id } of BASES) await api.put(`/weather/${id}`, CALM);
      await api.post(`/ground-stops/${stop.id}/lift`, { issuedBy: 'Ann' });
      stage.say('the storm is over, the ground stop is lifted');
    },
  },
  takeover: {
    words: [
      'A pilot turns the mode switch of a drone in flight.',
      'Look at: the badge PILOT within a heartbeat; the itinerary is interrupted, the order waits, nothing is sent any more until the',
      'drone is on the ground or an operator resumes with "take control".',
    ],
    async play(stage) {
      const { id, simulator } = await flying(stage);
      simulator.program.tell('fault pilot:mode=Loiter,throttle=1500');
      stage.say(`${id}: a pilot has it`);
    },
  },
  'broker-down': {
    words: [
      'The controller, its broker with it, is killed in mid-flight and comes back after 20 s.',
      'Look at: the page says that it is not live, and since when; drones fly on, buffer, come back; the order goes on where it was,',
      'nothing is sent twice, history has no hole.',
    ],
    revives: true,
    async play(stage) {
      await flying(stage);
      const { controller } = stage.world;
      await controller.program.kill9();
      stage.say('the controller is dead');
      await stage.wait(20);
      await controller.program.start();
      stage.say('the controller is back');
    },
  },
};
