/**
 * Input templates of rules and pipes: text or JSON with `<placeholders>`. Whether a placeholder stands
 * inside a JSON string decides how its value is written.
 * @see EventBridge User Guide, "Amazon EventBridge input transformation" and "Amazon EventBridge Pipes input transformation"
 */
type Part = string | { name: string; quoted: boolean };

/** The text for one placeholder: its value, or undefined when the path leads nowhere. */
export type Lookup<Scope> = (scope: Scope) => unknown;

/**
 * @param resolve turns the text between `<` and `>` into a lookup, or undefined when it is no placeholder
 */
export function compileTemplate<Scope>(
  template: string,
  resolve: (name: string) => Lookup<Scope> | undefined,
): (scope: Scope) => string {
  const lookups = new Map<string, Lookup<Scope>>();
  const parts = split(template, (name) => {
    const lookup = lookups.get(name) ?? resolve(name);
    if (lookup !== undefined) lookups.set(name, lookup);
    return lookup !== undefined;
  });
  // A placeholder alone stands for its JSON value.
  const isJson = /^\s*([[{"]|<[^>]+>\s*$)/.test(template);
  return (scope) =>
    parts
      .map((part) => (typeof part === 'string' ? part : write(lookups.get(part.name)!(scope), part.quoted, isJson)))
      .join('');
}

function split(template: string, isPlaceholder: (name: string) => boolean): Part[] {
  const parts: Part[] = [];
  let text = '';
  let quoted = false;
  for (let index = 0; index < template.length; index += 1) {
    const character = template[index]!;
    if (quoted && character === '\\') {
      text += character + (template[index + 1] ?? '');
      index += 1;
      continue;
    }
    const end = character === '<' ? template.indexOf('>', index) : -1;
    const name = end < 0 ? '' : template.slice(index + 1, end);
    if (name !== '' && isPlaceholder(name)) {
      parts.push(text, { name, quoted });
      text = '';
      index = end;
      continue;
    }
    if (character === '"') quoted = !quoted;
    text += character;
  }
  parts.push(text);
  return parts;
}

/** A string is quoted unless the template does so; whatever stands inside quotes is escaped, so that the result stays JSON. */
function write(value: unknown, quoted: boolean, isJson: boolean): string {
  // "... a JSON path that doesn't exist in the event": the variable does not appear; a bare one leaves an empty string.
  if (value === undefined) return quoted || !isJson ? '' : '""';
  if (!isJson) return typeof value === 'string' ? value : JSON.stringify(value);
  if (!quoted) return JSON.stringify(value);
  return JSON.stringify(typeof value === 'string' ? value : JSON.stringify(value)).slice(1, -1);
}
