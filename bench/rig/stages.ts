/** Says what is done next and, when it takes longer than a moment, how long that usually takes, in seconds. */
export type Tell = (stage: string, expectedSeconds?: number) => void;

export interface Stages {
  readonly tell: Tell;
  /** Ends the last stage; nothing is printed after it. */
  readonly done: () => void;
}

/** How often a stage that goes on is repeated, ms; the first time after two seconds. */
const repeatMs = 10_000;

/** Prints stages with the time since the start, and keeps saying how far a long one is. */
export function stages(write: (line: string) => void, now: () => number = () => performance.now()): Stages {
  const start = now();
  let timers: (() => void)[] = [];
  const print = (text: string) => write(`${((now() - start) / 1000).toFixed(1).padStart(6)} s  ${text}`);
  const done = () => {
    for (const stop of timers) stop();
    timers = [];
  };
  const tell: Tell = (stage, expectedSeconds) => {
    done();
    print(stage);
    if (expectedSeconds === undefined) return;
    const began = now();
    const again = () => print(`  ... ${Math.round((now() - began) / 1000)} s of about ${expectedSeconds} s`);
    const first = setTimeout(again, 2000);
    const ticker = setInterval(again, repeatMs);
    timers = [() => clearTimeout(first), () => clearInterval(ticker)];
  };
  return { tell, done };
}
