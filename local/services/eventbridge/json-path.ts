/**
 * The JSON path subset of input transformers and pipes: dot notation, array indices and wildcards.
 * @see EventBridge User Guide, "Amazon EventBridge input transformation"
 */
type Step = string | number | '*';

/** Compiles a path such as `$.detail.items[0].id`; throws for syntax EventBridge does not support. */
export function compilePath(path: string): (root: unknown) => unknown {
  const steps = parseSteps(path);
  return (root) => steps.reduce<{ value: unknown; many: boolean }>(follow, { value: root, many: false }).value;
}

function parseSteps(path: string): Step[] {
  if (!path.startsWith('$')) throw new SyntaxError(`The JSON path "${path}" must start with "$".`);
  const steps: Step[] = [];
  const token = /\.([\p{L}\p{N}_/:@#-]+|\*)|\[(\d+|\*)\]|\['([^']+)'\]|\["([^"]+)"\]/uy;
  token.lastIndex = 1;
  while (token.lastIndex < path.length) {
    const start = token.lastIndex;
    const match = token.exec(path);
    if (match === null)
      throw new SyntaxError(`The JSON path "${path}" is not supported from "${path.slice(start)}" on.`);
    const [, name, index, single, double] = match;
    if (name === '*' || index === '*') steps.push('*');
    else steps.push(index === undefined ? (name ?? single ?? double)! : Number(index));
  }
  return steps;
}

/** After a wildcard the value is the list of everything the rest of the path finds. */
function follow({ value, many }: { value: unknown; many: boolean }, step: Step): { value: unknown; many: boolean } {
  if (many) {
    const found = (value as unknown[]).flatMap((element) => {
      const next = follow({ value: element, many: false }, step);
      return next.many ? (next.value as unknown[]) : [next.value];
    });
    return { value: found.filter((element) => element !== undefined), many: true };
  }
  if (step === '*') {
    const children = typeof value === 'object' && value !== null ? Object.values(value) : [];
    return { value: children, many: true };
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
    return { value: undefined, many: false };
  return { value: (value as Record<Step, unknown>)[step], many: false };
}
