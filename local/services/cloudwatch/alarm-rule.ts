/**
 * The rule of a composite alarm: ALARM(x), OK(x), INSUFFICIENT_DATA(x), TRUE, FALSE, AND, OR, NOT.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
 */
import type { AlarmState } from './alarm-definition.ts';

/** Reads the state of an alarm by name or ARN. */
export type StateOf = (alarm: string) => AlarmState | undefined;

export function compileAlarmRule(rule: string): (stateOf: StateOf) => boolean {
  const tokens = [...rule.matchAll(/\s*("[^"]*"|[()]|[^\s()"]+)/g)].map((match) => match[1]!);
  let position = 0;
  type Node = (stateOf: StateOf) => boolean;
  const fail = (): never => {
    throw new Error(`the alarm rule cannot be read at "${tokens[position] ?? 'end'}": ${rule}`);
  };
  const accept = (token: string): boolean => tokens[position]?.toUpperCase() === token && ++position > 0;
  const expect = (token: string): void => {
    if (!accept(token)) fail();
  };
  const disjunction = (): Node => {
    const parts = [conjunction()];
    while (accept('OR')) parts.push(conjunction());
    return (stateOf) => parts.some((part) => part(stateOf));
  };
  const conjunction = (): Node => {
    const parts = [factor()];
    while (accept('AND')) parts.push(factor());
    return (stateOf) => parts.every((part) => part(stateOf));
  };
  const factor = (): Node => {
    if (accept('NOT')) {
      const inner = factor();
      return (stateOf) => !inner(stateOf);
    }
    if (accept('(')) {
      const inner = disjunction();
      expect(')');
      return inner;
    }
    if (accept('TRUE')) return () => true;
    if (accept('FALSE')) return () => false;
    const state = (['ALARM', 'OK', 'INSUFFICIENT_DATA'] as const).find((each) => accept(each)) ?? fail();
    expect('(');
    const alarm = (tokens[position++] ?? fail()).replace(/^"|"$/g, '');
    expect(')');
    return (stateOf) => stateOf(alarm) === state;
  };
  const test = disjunction();
  if (position < tokens.length) fail();
  return test;
}
