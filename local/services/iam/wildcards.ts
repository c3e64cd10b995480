/** Matches the patterns of policies: `*` and `?` in actions, values and ARNs. */
import { ConfigurationError } from '../../runtime/types.ts';

export type TextMatcher = (text: string) => boolean;

/** A pattern as a whole; without wildcards it is plain equality. */
export function compileWildcard(pattern: string): TextMatcher {
  refuseVariables(pattern);
  if (pattern === '*') return () => true;
  if (!/[*?]/.test(pattern)) return (text) => text === pattern;
  const source = pattern
    .replace(/[\\^$.+()[\]{}|/-]/g, '\\$&')
    .replaceAll('*', '[\\s\\S]*')
    .replaceAll('?', '[\\s\\S]');
  const expression = new RegExp(`^${source}$`);
  return (text) => expression.test(text);
}

/** Names of actions do not care for case. */
export function compileAction(pattern: string): TextMatcher {
  const matches = compileWildcard(pattern.toLowerCase());
  return (action) => matches(action.toLowerCase());
}

/**
 * "Each of the six colon-delimited components of the ARN is checked separately and each can include a wildcard"; the
 * last one may hold colons itself.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 */
export function compileArn(pattern: string): TextMatcher {
  refuseVariables(pattern);
  if (pattern === '*') return () => true;
  if (!/[*?]/.test(pattern)) return (arn) => arn === pattern;
  const parts = splitArn(pattern).map(compileWildcard);
  return (arn) => {
    const given = splitArn(arn);
    return given.length === parts.length && parts.every((matches, index) => matches(given[index]!));
  };
}

function splitArn(arn: string): string[] {
  const parts = arn.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}

/** Policy variables depend on who asks; taken literally they would never match. */
function refuseVariables(pattern: string): void {
  const variable = /\$\{[^}]*\}/.exec(pattern)?.[0];
  if (variable !== undefined)
    throw new ConfigurationError(`the policy variable ${variable} in "${pattern}" is not played locally.`);
}
