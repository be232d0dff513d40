import type { Verdict } from '../domain/verdict.ts';

/** Exit codes, the same for every command that gives a verdict. */
export const exitCodes = { healthy: 0, broken: 1, couldNotTell: 2, usage: 64, interrupted: 130 } as const;

/** 0 healthy as far as the proof reaches, 1 broken or settling, 2 could not tell. */
export function exitCodeOf(verdict: Verdict): number {
  switch (verdict.state) {
    case 'healthy':
      return exitCodes.healthy;
    case 'broken':
    case 'settling':
      return exitCodes.broken;
    case 'unknown':
      return exitCodes.couldNotTell;
  }
}
