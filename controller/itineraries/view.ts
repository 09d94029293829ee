/** An itinerary as the API shows it, and in short as the live view does. */
import { reasonWords } from '@skein/protocol/fleet';
import { formatUtc } from '@skein/protocol/time';
import type { Entry, Plan } from './entry.ts';
import type { DeliveryBrief, ItineraryBrief } from './ports.ts';
import { isSettling, type Parcel, type Stand, type Step } from './stand.ts';

const words = (reason: string | null): string | null => (reason === null ? null : reasonWords(reason));

function stepView({ state, reason, atUtcUs, by, item }: Step<string>) {
  return { state, reason, words: words(reason), at: formatUtc(atUtcUs), by, ...(item === undefined ? {} : { item }) };
}

function parcelView(parcel: Parcel, plan: Plan | null) {
  const { item, state, reason, detail, latDeg, lonDeg, atUtcUs, settled, steps } = parcel;
  return {
    ...{ item, parcel: parcelName(plan, item), state, reason, words: words(reason), at: formatUtc(atUtcUs) },
    ...{ latDeg, lonDeg, evidence: detail, settled, settling: isSettling(parcel), steps: steps.map(stepView) },
  };
}

interface Finding {
  readonly item: number | null;
  readonly rule: string;
  readonly value: unknown;
  readonly limit: unknown;
  readonly words: string;
}

function isFinding(one: unknown): one is Finding {
  if (typeof one !== 'object' || one === null) return false;
  const { item, rule, words: said } = one as Partial<Finding>;
  return (item === null || Number.isInteger(item)) && typeof rule === 'string' && typeof said === 'string';
}

/** What speaks against it: found here as it was assigned, or by the drone with what only it knows. */
function refusalsOf({ state, refusals, detail }: Stand): readonly Finding[] {
  if (refusals.length > 0 || state !== 'refused') return refusals;
  const said: unknown = detail?.refusals;
  return Array.isArray(said)
    ? said.filter(isFinding).map(({ item, rule, value = null, limit = null, words: told }) => {
        return { item, rule, value, limit, words: told };
      })
    : [];
}

export function standView(stand: Stand, plan: Plan | null) {
  const { drone, version, state, reason, detail, item, atUtcUs, issuedBy, warnings, untargeted } = stand;
  return {
    ...{
      drone,
      version,
      state,
      reason,
      words: words(reason),
      at: formatUtc(atUtcUs),
      item,
      items: itemsOf(plan),
      detail,
    },
    ...{
      issuedBy,
      refusals: refusalsOf(stand),
      warnings,
      untargeted,
      takingBack: stand.takingBack !== null && stand.open,
    },
    sentAt: stand.sentUtcUs === null ? null : formatUtc(stand.sentUtcUs),
    answered: stand.answered > 0,
    deliveries: Object.values(stand.parcels)
      .sort((a, b) => a.item - b.item)
      .map((parcel) => parcelView(parcel, plan)),
    steps: stand.steps.map(stepView),
  };
}
export type StandView = ReturnType<typeof standView>;

export function itineraryView(record: Entry) {
  const newest = record.newest;
  const { itinerary, issuedBy, source, warnings, notes } = newest.about;
  return {
    ...{ id: record.id, version: newest.version, name: itinerary?.name ?? null, itinerary, issuedBy, source },
    ...{ warnings, notes, givenAt: formatUtc(newest.atUtcUs), versions: record.plans.map((one) => one.version) },
    untargeted: itinerary === null,
    drones: record.stands.map((stand) => standView(stand, record.plan(stand.version))),
  };
}
export type ItineraryView = ReturnType<typeof itineraryView>;

export function itineraryBrief(id: string, stand: Stand, plan: Plan | null): ItineraryBrief {
  const { version, state, reason, item, atUtcUs } = stand;
  return { id, version, state, reason, words: words(reason), item, items: itemsOf(plan), at: formatUtc(atUtcUs) };
}

export function deliveryBrief(id: string, stand: Stand, plan: Plan | null): DeliveryBrief | null {
  const parcel = Object.values(stand.parcels).reduce<Parcel | null>(
    (newest, one) => (newest === null || one.atUtcUs >= newest.atUtcUs ? one : newest),
    null,
  );
  if (parcel === null) return null;
  const { item, state, reason, atUtcUs } = parcel;
  const about = { itinerary: id, version: stand.version, item, parcel: parcelName(plan, item) };
  const settling = isSettling(parcel) ? (parcel.settled?.word ?? null) : null;
  return { ...about, state, reason, words: words(reason), at: formatUtc(atUtcUs), settling };
}

function itemsOf(plan: Plan | null): number | null {
  return plan?.about.itinerary?.items.length ?? null;
}

function parcelName(plan: Plan | null, item: number): string | null {
  const found = plan?.about.itinerary?.items[item];
  return found?.do === 'deliver' ? (found.parcel ?? null) : null;
}
