/** Asks for a drone's maintenance while somebody looks at it. */
import { useEffect, useState } from 'preact/hooks';
import { type Asked, ask } from '../shell/ask.ts';
import {
  NO_BASELINE,
  type Pack,
  type Parameters,
  readPack,
  readParameters,
  readUpkeep,
  type Upkeep,
} from './answers.ts';

const EVERY_MS = 15_000;

export interface Read {
  readonly upkeep: Upkeep;
  readonly packs: readonly Pack[];
  readonly parameters: Parameters;
}

async function read(drone: string): Promise<Asked<Read>> {
  const [said, diff] = await Promise.all([
    ask(`/api/v1/drones/${drone}/upkeep`, {}),
    ask(`/api/v1/drones/${drone}/parameters/diff`, {}),
  ]);
  if (!said.ok) return said;
  if (!diff.ok && diff.trouble.code !== 'no-baseline') return diff;
  const upkeep = readUpkeep(said.value);
  const packs: Pack[] = [];
  for (const id of upkeep.packs) {
    const pack = await ask(`/api/v1/packs/${id}`, {});
    if (!pack.ok) return pack;
    packs.push(readPack(id, pack.value));
  }
  return { ok: true, value: { upkeep, packs, parameters: diff.ok ? readParameters(diff.value) : NO_BASELINE } };
}

export interface Reading {
  /** null: nothing has come yet. */
  readonly value: Read | null;
  /** Why the last time failed; what is shown is older. */
  readonly trouble: string | null;
  readonly refresh: () => void;
}

export function useUpkeep(drone: string): Reading {
  const [value, setValue] = useState<Read | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => setValue(null), [drone]);
  useEffect(() => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      const asked = document.visibilityState === 'visible' ? await read(drone) : null;
      if (isOver) return;
      if (asked?.ok) setValue(asked.value);
      if (asked !== null) setTrouble(asked.ok ? null : asked.trouble.words);
      timer = setTimeout(() => void look(), EVERY_MS);
    };
    void look();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [drone, turn]);
  return { value, trouble, refresh: () => setTurn((one) => one + 1) };
}
