/** The wildcards and variables of policy texts, as regular expressions. */

/** Values of the policy variables, e.g. `iot:ClientId`. */
export type PolicyVariables = Readonly<Record<string, string>>;

/** The regular expression of a pattern with its variables filled in literally; undefined when a variable has no value, which matches nothing. */
export function wildcardPattern(pattern: string, variables: PolicyVariables): string | undefined {
  let source = '';
  for (const piece of pattern.split(/(\$\{[^}]*\})/)) {
    if (!piece.startsWith('${')) {
      source += literally(piece).replaceAll('\\*', '.*').replaceAll('\\?', '.');
      continue;
    }
    const name = piece.slice(2, -1);
    const value = name === '*' || name === '?' || name === '$' ? name : variables[name];
    if (value === undefined) return undefined;
    source += literally(value);
  }
  return source;
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
