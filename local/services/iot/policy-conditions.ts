/**
 * The Condition element of a policy statement, for the text operators. An operator that is not
 * known here fails closed: an Allow does not apply, a Deny does.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
import { BlockList } from 'node:net';
import { type PolicyVariables, wildcardPattern } from './policy-wildcards.ts';

export type Condition = () => boolean;

type Test = (actual: string, wanted: string, variables: PolicyVariables) => boolean;

const POSITIVE: Record<string, Test> = {
  StringEquals: (actual, wanted) => actual === wanted,
  StringEqualsIgnoreCase: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  StringLike: like,
  Bool: (actual, wanted) => actual === wanted,
  IpAddress: inBlock,
};
const NEGATIVE: Record<string, Test> = {
  StringNotEquals: POSITIVE['StringEquals']!,
  StringNotEqualsIgnoreCase: POSITIVE['StringEqualsIgnoreCase']!,
  StringNotLike: like,
  NotIpAddress: inBlock,
};

/** Every operator and every key must hold; of the values listed for a key, any. */
export function compileConditions(element: unknown, variables: PolicyVariables, effect: 'Allow' | 'Deny'): Condition {
  if (element === undefined) return () => true;
  const tests: boolean[] = [];
  for (const [name, keys] of Object.entries(element as Record<string, Record<string, unknown>>)) {
    const operator = name.replace(/^(ForAllValues|ForAnyValue):/, '').replace(/IfExists$/, '');
    for (const [key, values] of Object.entries(keys)) {
      const actual = variables[key];
      const wanted = [values].flat().map(String);
      if (actual === undefined) tests.push(name.endsWith('IfExists') || operator in NEGATIVE);
      else if (POSITIVE[operator]) tests.push(wanted.some((value) => POSITIVE[operator]!(actual, value, variables)));
      else if (NEGATIVE[operator]) tests.push(!wanted.some((value) => NEGATIVE[operator]!(actual, value, variables)));
      else return () => effect === 'Deny';
    }
  }
  const holds = tests.every(Boolean);
  return () => holds;
}

function like(actual: string, wanted: string, variables: PolicyVariables): boolean {
  const source = wildcardPattern(wanted, variables);
  return source !== undefined && new RegExp(`^${source}$`, 's').test(actual);
}

function inBlock(actual: string, wanted: string): boolean {
  const [address = '', prefix] = wanted.split('/');
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  const block = new BlockList();
  block.addSubnet(address, Number(prefix ?? (family === 'ipv4' ? 32 : 128)), family);
  return block.check(actual, actual.includes(':') ? 'ipv6' : 'ipv4');
}
