/** Over the map: the base or zone that was pressed, in words; and that what is drawn of them is old. */
import { ageExact } from '../format/times.ts';
import type { Fleet } from '../live/fleet.ts';
import { Close } from '../shell/close.tsx';
import type { BaseAnswer, ZoneAnswer } from './answers.ts';
import { baseOf, places, pressed, weatherAt } from './held.ts';
import { bandWords, inForce, timesWords, weatherAge, weatherWords, ZONE_MEANS, ZONE_WORDS } from './words.ts';

export function PlaceCard({ fleet }: { readonly fleet: Fleet }) {
  const which = pressed.value;
  void fleet.second.value;
  const nowMs = fleet.nowMs.peek() ?? Date.now();
  const base = which?.kind === 'base' ? baseOf(which.id) : null;
  const zone = which?.kind === 'zone' ? places.value.value?.zones.find((one) => one.id === which.id) : undefined;
  return (
    <div class="place-cards">
      <OldPlaces />
      {which !== null && (
        <section class="place-card" data-place={which.id} aria-label={which.kind === 'base' ? 'Base' : 'Zone'}>
          <Close
            onClick={() => {
              pressed.value = null;
            }}
          />
          {base !== null && <BaseWords base={base} nowMs={nowMs} />}
          {zone !== undefined && <ZoneWords zone={zone} nowMs={nowMs} />}
          {base === null && zone === undefined && <p>It is not there any more.</p>}
        </section>
      )}
    </div>
  );
}

function OldPlaces() {
  const trouble = places.trouble.value;
  const asOfMs = places.asOfMonoMs.value;
  if (trouble === null) return null;
  return (
    <p class="place-card" data-tone="attention" role="status">
      {asOfMs === null
        ? `Bases and zones cannot be read yet, so none are drawn: ${trouble}`
        : `Bases, zones and weather are ${ageExact(performance.now() - asOfMs)} old: ${trouble}`}
    </p>
  );
}

function BaseWords({ base, nowMs }: { readonly base: BaseAnswer; readonly nowMs: number }) {
  const weather = weatherAt(base.id);
  const closed = base.pads.filter((pad) => pad.closed !== null);
  return (
    <>
      <h3>{base.name}</h3>
      <p>
        Base {base.id}, {base.pads.length} {base.pads.length === 1 ? 'pad' : 'pads'}
        {closed.length > 0 && `, ${closed.length} closed`}
      </p>
      {closed.map((pad) => (
        <p key={pad.id}>
          Pad {pad.id} is closed: {pad.closed}
        </p>
      ))}
      <p data-weather>
        {weather === null ? 'No weather has been told.' : `${upper(weatherWords(weather))}. `}
        {weather !== null && <small>{weatherAge(weather, nowMs)}</small>}
      </p>
    </>
  );
}

function ZoneWords({ zone, nowMs }: { readonly zone: ZoneAnswer; readonly nowMs: number }) {
  const when = inForce(zone, nowMs);
  const times = timesWords(zone);
  return (
    <>
      <h3>{zone.name}</h3>
      <p>
        <b>{upper(ZONE_WORDS[zone.kind])}</b>, {bandWords(zone) ?? 'at every height'}
        {zone.speedMaxMps !== null && `, at most ${zone.speedMaxMps} m/s`}
      </p>
      {times !== null && (
        <p>
          {upper(times)}
          {when === 'later' && ': not in force yet'}
          {when === 'over' && ': over'}
        </p>
      )}
      <p class="note">{ZONE_MEANS[zone.kind]}</p>
    </>
  );
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
