import { messages } from '@skein/protocol/mavlink';
import { fault, number, text } from './fault.ts';

const reboot = fault({
  name: 'reboot',
  words: 'the autopilot restarts by itself: at once, or when a message comes in (`on=MISSION_ITEM_INT,nth=3`)',
  settings: {
    on: text('name of the message that does it; none: at once', '', (name) =>
      name === '' || messages.some((one) => one.name === name) ? null : `no message is called ${name}`,
    ),
    nth: number('which of them', 1, 1),
    every: number('again after so many seconds; 0: once', 0),
  },
  begin(stage, { on, nth, every }) {
    if (on === '') {
      stage.reboot();
      if (every > 0) stage.every(every * 1_000, () => stage.reboot());
      return;
    }
    let seen = 0;
    stage.meddle({
      received: (message) => {
        if (message?.name !== on) return false;
        seen += 1;
        if (seen !== nth) return false;
        // With the message in hand: it is neither carried out nor answered.
        stage.reboot();
        return true;
      },
    });
  },
});

const powerCut = fault({
  name: 'power-cut',
  words: 'the autopilot is off, and boots when the power is back',
  settings: {},
  begin(stage) {
    stage.meddle({ leaving: () => null, arriving: () => null });
    stage.onEnd(() => stage.reboot());
  },
});

export const powerFaults = [reboot, powerCut] as const;
