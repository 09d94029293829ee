/** What is wanted of each drone and what is known of it: desired and reported, each with a version, and where they differ. */
import type { AirframeSettings, DesiredSettings, Parameters } from '@skein/protocol/fleet/configuration';
import { type Actor, type Answer, type Held, type Kept, NOT_STORED, refuse, wholePatch } from './ports.ts';

/** A parameter as it was last read back from the autopilot. */
export interface ReadBack {
  readonly value: number;
  readonly atUtcUs: number;
  /** Id of the command that read it. */
  readonly command: string;
}

export interface SettingsDoc {
  readonly desired?: DesiredSettings;
  /** Counts what people put. */
  readonly desiredVersion?: number;
  readonly reported?: { readonly parameters?: Readonly<Record<string, ReadBack>> };
}

export interface Difference {
  readonly parameter: string;
  readonly desired: number;
  /** null: it was never read back. */
  readonly reported: number | null;
}

export interface SettingsView {
  readonly drone: string;
  readonly version: number;
  readonly desired: DesiredSettings;
  readonly reported: {
    readonly parameters: Readonly<Record<string, ReadBack>>;
    readonly versions: Readonly<Record<string, string>>;
  };
  readonly differences: readonly Difference[];
}

const NONE: AirframeSettings = {};

export class Settings {
  readonly #kept: Kept<SettingsDoc>;
  /** null: never heard of. */
  readonly #versions: (drone: string) => Readonly<Record<string, string>> | null;

  constructor(kept: Kept<SettingsDoc>, versions: (drone: string) => Readonly<Record<string, string>> | null) {
    this.#kept = kept;
    this.#versions = versions;
  }

  desired(drone: string): DesiredSettings {
    return this.#kept.get(drone)?.doc.desired ?? {};
  }

  airframe(drone: string): AirframeSettings {
    return this.desired(drone).airframe ?? NONE;
  }

  /** null: a drone that was never heard and of which nothing is set. */
  get(drone: string): SettingsView | null {
    const held = this.#kept.get(drone);
    const versions = this.#versions(drone);
    if (held === null && versions === null) return null;
    return viewOf(drone, held, versions ?? {});
  }

  /** The whole of it. `version`: that of the desired settings it was made from; left out: whatever they are now. */
  async put(
    drone: string,
    desired: DesiredSettings,
    { version, by }: { readonly version?: number | undefined; readonly by: Actor },
  ): Promise<Answer<SettingsView>> {
    const before = this.#kept.get(drone);
    const now = before?.doc.desiredVersion ?? 0;
    if (version !== undefined && version !== now) {
      return refuse('settings-changed', `they are at version ${now}, not ${version}: read them again`);
    }
    const set = { desired: wholePatch(before?.doc.desired, desired), desiredVersion: now + 1 };
    const written = await this.#kept.write([{ id: drone, type: 'put', set, open: false, by }]);
    const view = this.get(drone);
    return written && view !== null ? { ok: true, fresh: before === null, value: view } : NOT_STORED;
  }

  /** What the autopilot was seen to have. */
  async readBack(drone: string, parameters: Readonly<Record<string, ReadBack>>, cause: string): Promise<boolean> {
    const set = { reported: { parameters } };
    return this.#kept.write([
      { id: drone, type: 'read-back', set, open: false, by: { kind: 'drone', name: drone }, cause },
    ]);
  }

  /** What is wanted and was not read back so. */
  missing(drone: string): Parameters {
    const doc = this.#kept.get(drone)?.doc;
    return Object.fromEntries(differencesOf(doc).map(({ parameter, desired }) => [parameter, desired]));
  }
}

function viewOf(
  drone: string,
  held: Held<SettingsDoc> | null,
  versions: Readonly<Record<string, string>>,
): SettingsView {
  const { desired = {}, desiredVersion = 0, reported } = held?.doc ?? {};
  return {
    ...{ drone, version: desiredVersion, desired, differences: differencesOf(held?.doc) },
    reported: { parameters: reported?.parameters ?? {}, versions },
  };
}

/** As the autopilot keeps them: float32. */
function differencesOf(doc: SettingsDoc | undefined): readonly Difference[] {
  const wanted = Object.entries(doc?.desired?.parameters ?? {});
  return wanted.flatMap(([parameter, desired]) => {
    const reported = doc?.reported?.parameters?.[parameter]?.value ?? null;
    return reported !== null && Math.fround(reported) === Math.fround(desired)
      ? []
      : [{ parameter, desired, reported }];
  });
}
