/** The order in which the resources of a stack can be created: everything they refer to comes first. */
import type { Template, TemplateResource } from './assembly.ts';
import { isIntrinsic, subPlaceholder } from './resolve.ts';
import { ConfigurationError } from './types.ts';

/**
 * Logical ids, dependencies first, otherwise in the order of the template.
 * @throws ConfigurationError naming the cycle, if there is one
 */
export function creationOrder(stackName: string, resources: NonNullable<Template['Resources']>): string[] {
  const ordered = new Set<string>();
  const path: string[] = [];
  const visit = (id: string) => {
    if (ordered.has(id)) return;
    if (path.includes(id)) {
      const cycle = [...path.slice(path.indexOf(id)), id].join(' → ');
      throw new ConfigurationError(`Stack ${stackName}: these resources depend on each other in a circle: ${cycle}.`);
    }
    path.push(id);
    for (const dependency of dependenciesOf(resources[id]!)) if (resources[dependency]) visit(dependency);
    path.pop();
    ordered.add(id);
  };
  for (const id of Object.keys(resources)) visit(id);
  return [...ordered];
}

/** Every name the resource refers to, parameters and pseudo parameters among them. */
function dependenciesOf(resource: TemplateResource): Set<string> {
  const names = new Set([resource.DependsOn ?? []].flat());
  collectReferences(resource.Properties, names);
  return names;
}

function collectReferences(value: unknown, names: Set<string>): void {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    for (const item of value) collectReferences(item, names);
    return;
  }
  const entries = Object.entries(value);
  const [key, argument] = entries[0] ?? [];
  if (entries.length === 1 && key !== undefined && isIntrinsic(key, argument)) {
    if (key === 'Ref') names.add(argument);
    if (key === 'Fn::GetAtt') names.add(Array.isArray(argument) ? argument[0] : argument.split('.')[0]);
    if (key === 'Fn::Sub') {
      const text: string = Array.isArray(argument) ? argument[0] : argument;
      for (const [, literal, name] of text.matchAll(subPlaceholder)) if (!literal) names.add(name!.split('.')[0]!);
    }
  }
  for (const [, item] of entries) collectReferences(item, names);
}
