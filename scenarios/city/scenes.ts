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

/** A drone in the air with a parcel; waits until there is one. */
async function flying({ life, wait, world }: SceneStage) {
  for (;;) {
    const { orders } = await life.api
      .get<{ orders: readonly OrderView[] }>('/orders?limit=20')
      .catch(() => ({ orders: [] }));
    const id = orders.find(({ state }) => state === 'outbound')?.drone;
    const drone = world.drones.find((one) => one.id === id);
    if (drone !== undefined) return drone;
    await wait(1);
  }
}

export const SCENES: Readonly<Record<string, Scene>> = {
  outage: {
    words: [
      'The agent of a drone in flight is stopped for 40 s, as by an outage of its board.',
      'Look at: its row turns stale, then lost, with what it must be doing now; its order waits and does nothing; after its return',
      'the live view is right at once, history fills in behind it as "filled in later".',
    ],
    async play(stage) {
      const { id, agent } = await flying(stage);
      agent.program.signal('SIGSTOP');
      stage.say(`${id}: its board stands still`);
      await stage.wait(40);
      agent.program.signal('SIGCONT');
      stage.say(`${id}: its board goes on`);
    },
  },
  reboot: {
    words: [
      'An operator restarts the autopilot of a drone that stands on the ground.',
      'Look at: the command card: interlock, carried out, proved by the time since boot; one in the air refuses the same.',
    ],
    async play(stage) {
      const { api } = stage.life;
      const air = await flying(stage);
      const ground = stage.world.drones.find(({ id }) => id !== air.id && /stork|crane/.test(id));
      for (const id of [ground?.id, air.id].filter((one) => one !== undefined)) {
        stage.say(`reboot of ${id} is ordered`);
        await api.post('/commands', {
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
      'Look at: "position not trusted" with its reason, the last trusted place and how sure it is; nothing that needs a position is',
      'begun meanwhile; the release waits at its gate.',
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
      'Look at: it is never called delivered and its order is given to nobody else; after its energy is over the order is "lost"',
      'and asks people: settle it with delivered, lost or relaunch.',
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
      'A storm comes over both bases for 90 s.',
      'Look at: nothing new starts, orders say why; who flies goes on; with the ground stop no operator can start anything either.',
    ],
    async play(stage) {
      const { api } = stage.life;
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
