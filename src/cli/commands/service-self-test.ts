import { selfTestParts } from '../../app/wire.ts';
import { selfTest, selfTestText } from '../../service/self-test.ts';
import { answer } from '../answer.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';

/** `rekindle service self-test`: whether the agent could work here; 0 yes, 1 no, 2 could not look. */
export async function serviceSelfTestCommand(options: CommonOptions): Promise<number> {
  const answers = await selfTest(selfTestParts(options), options);
  answer(options, 'service-self-test', { text: selfTestText(answers), json: { answers } });
  if (answers.some(({ answer: given }) => given === 'no')) return exitCodes.broken;
  const isSure = answers.every(({ answer: given }) => given === 'yes');
  return isSure ? exitCodes.healthy : exitCodes.couldNotTell;
}
