/** What goes wrong, each as a share of occasions. */
export interface Luck {
  readonly refuses: number;
  readonly failsUpload: number;
  readonly pilot: number;
  readonly gateCloses: number;
  readonly sticks: number;
  readonly unproved: number;
  readonly crashes: number;
  readonly strays: number;
  /** Of flights over known ground, that take longer than anybody has thought. */
  readonly slow: number;
}

export const NO_LUCK: Luck = {
  ...{ refuses: 0, failsUpload: 0, pilot: 0, gateCloses: 0, sticks: 0, unproved: 0, crashes: 0, strays: 0 },
  slow: 0,
};
