import type { Itinerary } from '@skein/protocol/fleet';
import t from 'tap';
import type { SendPorts } from '../shell/ask.ts';
import { assignOrRaise } from './send.ts';

const PLAN: Itinerary = { id: 'round', version: 3, items: [{ do: 'take-off', altM: 30 }, { do: 'return' }] };

/** A controller that refuses version 3 with this code, and takes version 4. */
function controller(code: string): { readonly asked: string[]; readonly ports: SendPorts } {
  const asked: string[] = [];
  let version = PLAN.version;
  const answer = (status: number, body: object): Response =>
    new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
  const view = () => ({ id: PLAN.id, version, itinerary: { ...PLAN, version }, drones: [] });
  const fetching = async (path: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> => {
    const url = String(path);
    asked.push(url.split('?')[0] ?? '');
    if (url.endsWith('/assign')) {
      if (version === PLAN.version) return answer(409, { code, title: 'Refused', detail: 'version 3 is over' });
      return answer(200, view());
    }
    version = (JSON.parse(String(init?.body)) as Itinerary).version;
    return answer(201, view());
  };
  return { asked, ports: { fetch: fetching, monoMs: () => 0, wait: async () => {} } };
}

t.test('a version that is over goes out again as the next one', async (t) => {
  const { asked, ports } = controller('itinerary-over');
  const { assigned, given } = await assignOrRaise(PLAN, ['d1'], 'Ann', ports);
  t.equal(assigned.ok, true);
  t.equal(given?.version, 4);
  t.same(asked, ['/api/v1/itineraries/round/assign', '/api/v1/itineraries', '/api/v1/itineraries/round/assign']);
});

t.test('what was taken back is not given again under the same id: the words are shown', async (t) => {
  const { asked, ports } = controller('itinerary-taken-back');
  const { assigned, given } = await assignOrRaise(PLAN, ['d1'], 'Ann', ports);
  t.match(assigned, { ok: false, trouble: { code: 'itinerary-taken-back', words: /version 3 is over/ } });
  t.equal(given, null);
  t.same(asked, ['/api/v1/itineraries/round/assign'], 'nothing else is asked');
});
