/** Reads items by document paths and cuts projections out of them. */
import { type AttributeValue, attributeOf, emptyItem, type Item } from '../values/attribute-value.ts';
import type { DocumentPath } from './syntax-tree.ts';

/** Attributes nest up to 32 levels deep (Constraints in Amazon DynamoDB, attributes). */
const maxPathLevels = 32;
const maxListIndex = 2 ** 31 - 1;

/** Throws for paths longer than any document is deep. */
export function checkPath(path: DocumentPath): void {
  if (path.length > maxPathLevels)
    throw new Error(`The document path has too many nesting levels; nesting levels: ${path.length}`);
  const index = path.find((step) => typeof step === 'number' && step > maxListIndex);
  if (index !== undefined) throw new Error(`List index is not within the allowable range; index: [${index}]`);
}

/** The value at a path, or undefined when any step of it is missing. */
export function valueAt(item: Item, path: DocumentPath): AttributeValue | undefined {
  let value = attributeOf(item, path[0]);
  for (let depth = 1; depth < path.length && value !== undefined; depth += 1) value = childOf(value, path[depth]!);
  return value;
}

export function childOf(value: AttributeValue, step: string | number): AttributeValue | undefined {
  if (typeof step === 'number') return value.L?.[step];
  return value.M === undefined ? undefined : attributeOf(value.M, step);
}

/**
 * The part of an item that the paths name. Elements of lists keep their order but close ranks.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ProjectionExpressions.html
 */
export function project(item: Item, paths: readonly DocumentPath[]): Item {
  if (paths.every((path) => path.length === 1)) {
    const flat = emptyItem();
    for (const [name] of paths) {
      const value = attributeOf(item, name);
      if (value !== undefined) flat[name] = value;
    }
    return flat;
  }
  return projectMap(item, paths);
}

type Steps = readonly (string | number)[];

function projectMap(map: Item, paths: readonly Steps[]): Item {
  const result = emptyItem();
  for (const [name, rests] of groupByFirstStep(paths)) {
    const value = typeof name === 'string' ? attributeOf(map, name) : undefined;
    const part = value === undefined ? undefined : projectValue(value, rests);
    if (part !== undefined) result[name as string] = part;
  }
  return result;
}

function projectValue(value: AttributeValue, rests: readonly Steps[]): AttributeValue | undefined {
  if (rests.some((rest) => rest.length === 0)) return value;
  if (value.M !== undefined) {
    const map = projectMap(value.M, rests);
    return Object.keys(map).length === 0 ? undefined : { M: map };
  }
  if (value.L === undefined) return undefined;
  const elements = [...groupByFirstStep(rests)]
    .filter(([step]) => typeof step === 'number')
    .sort(([a], [b]) => (a as number) - (b as number))
    .map(([step, deeper]) => {
      const element = value.L![step as number];
      return element === undefined ? undefined : projectValue(element, deeper);
    })
    .filter((element) => element !== undefined);
  return elements.length === 0 ? undefined : { L: elements };
}

function groupByFirstStep(paths: readonly Steps[]): Map<string | number, Steps[]> {
  const groups = new Map<string | number, Steps[]>();
  for (const [first, ...rest] of paths) {
    const group = groups.get(first!);
    if (group === undefined) groups.set(first!, [rest]);
    else group.push(rest);
  }
  return groups;
}
