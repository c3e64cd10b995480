/**
 * Schemas that occur more than once in the document become its components, so that it is small and readers meet one `Invoice`
 * instead of twelve. Routes need not know: a component is what is written twice, called after the answer, body or field it is.
 */
import { pascalCase, singular } from './component-names.ts';
import { mapSchemas, type Title } from './document-schemas.ts';
import { mapParts, type Step } from './schema-parts.ts';
import type { Json } from './to-schema.ts';

/** Shorter ones are easier to read where they stand. */
const worthAName = 100;

interface Node {
  schema: Json;
  size: number;
  /** Ways to call it, some of them by the schema that holds it. */
  titles: (Title | PartTitle)[];
  uses: number;
  name: string;
  rank: number;
}

/** The name of a part begins with the name of what holds it, known once that is named. */
interface PartTitle {
  owner: Node;
  field: string;
}

/** @param known components by name; whatever equals one of them refers to it */
export function nameSchemas(document: Json, known: Json): Json {
  const nodes = new Map<string, Node>();
  const nodeOf = (schema: Json): { node: Node; isNew: boolean } => {
    const key = JSON.stringify(schema);
    const found = nodes.get(key);
    if (found) return { node: found, isNew: false };
    const node: Node = { schema, size: key.length, titles: [], uses: 0, name: '', rank: 0 };
    nodes.set(key, node);
    return { node, isNew: true };
  };

  /** Counts a schema and, the first time, its parts: what occurs only inside of a component occurs once. */
  const count = (schema: Json, titles: Node['titles']): Json => {
    if (!isNameable(schema)) return mapParts(schema, (part, { keyword }) => count(part, through(keyword, titles)));
    const { node, isNew } = nodeOf(schema);
    node.titles.push(...titles);
    node.uses += 1;
    if (isNew) mapParts(schema, (part, step) => count(part, [{ owner: node, field: fieldOf(part, step, schema) }]));
    return schema;
  };
  for (const [name, schema] of Object.entries(known)) count(schema, [{ name, rank: -1 }]);
  mapSchemas(document, count);

  const components = nameNodes([...nodes.values()]);
  const refer = (schema: Json): Json => {
    const name = isNameable(schema) ? components.get(nodeOf(schema).node) : undefined;
    return name === undefined ? mapParts(schema, refer) : { $ref: `#/components/schemas/${name}` };
  };
  const named = mapSchemas(document, refer);
  const schemas = [...components]
    .map(([{ schema }, name]) => [name, mapParts(schema, refer)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...named, components: { ...document['components'], schemas: Object.fromEntries(schemas) } };
}

const isNameable = ({ type, properties, enum: choices, anyOf, oneOf }: Json): boolean =>
  (type === 'object' && properties !== undefined) || choices !== undefined || (anyOf ?? oneOf)?.length > 2;

/** A list, a record or something that may be null is called like what it holds. */
function through(keyword: Step['keyword'], titles: Node['titles']): Node['titles'] {
  if (keyword !== 'items' && keyword !== 'additionalProperties') return titles;
  return titles.map((title) =>
    'owner' in title ? { ...title, field: singular(title.field) } : { ...title, name: singular(title.name) },
  );
}

/** A field is called by its name, a choice by the constant that tells it from the others, one of many alike by none. */
function fieldOf(part: Json, { keyword, name }: Step, owner: Json): string {
  if (keyword === 'properties') return isTable(owner) ? '' : pascalCase(name);
  const constant = Object.values((part['properties'] ?? {}) as Json).find(
    ({ const: value }) => typeof value === 'string',
  );
  return constant ? pascalCase(constant.const) : `Choice${name}`;
}

/** Whether an object is a table by known keys: every field is like the others. */
function isTable({ properties = {} }: Json): boolean {
  const [first, ...others] = Object.values(properties as Json).map((part) => JSON.stringify(part));
  return others.length > 0 && others.every((other) => other === first);
}

/** Those that are something by themselves come first, the best known before all; then parts, which are called after what holds them. */
function nameNodes(nodes: readonly Node[]): Map<Node, string> {
  const components = new Map<Node, string>();
  const taken = new Set<string>();
  const give = (node: Node, titles: readonly Title[]): void => {
    const isComponent = titles[0]!.rank < 0 || (node.uses > 1 && node.size >= worthAName);
    Object.assign(
      node,
      isComponent ? (titles.find(({ name }) => !taken.has(name)) ?? numbered(titles[0]!, taken)) : titles[0],
    );
    if (!isComponent) return;
    taken.add(node.name);
    components.set(node, node.name);
  };
  const own = nodes.map((node) => ({ node, titles: node.titles.filter(isOwn).sort(byRank) }));
  const known = own.filter(({ titles }) => titles.length > 0).sort((a, b) => byTitles(a.titles, b.titles));
  for (const { node, titles } of known) give(node, titles);
  const parts = own.filter(({ titles }) => titles.length === 0).map(({ node }) => node);
  // What holds a part is larger.
  for (const node of parts.sort((a, b) => b.size - a.size)) give(node, node.titles.map(titleOfPart).sort(byRank));
  return components;
}

const isOwn = (title: Title | PartTitle): title is Title => !('owner' in title);

const titleOfPart = (title: Title | PartTitle): Title =>
  isOwn(title)
    ? title
    : { name: title.field ? title.owner.name + title.field : entryOf(title.owner.name), rank: title.owner.rank + 1 };

const entryOf = (table: string): string => (singular(table) === table ? `${table}Entry` : singular(table));

const byRank = (a: Title, b: Title): number =>
  a.rank - b.rank || a.name.length - b.name.length || (a.name < b.name ? -1 : Number(a.name > b.name));

/** Of two that would be called the same, the next name decides: not the place in the document, which changes. */
const byTitles = ([a, ...restOfA]: readonly Title[], [b, ...restOfB]: readonly Title[]): number =>
  a && b ? byRank(a, b) || byTitles(restOfA, restOfB) : 0;

function numbered({ name, rank }: Title, taken: ReadonlySet<string>): Title {
  let number = 2;
  while (taken.has(`${name}${number}`)) number += 1;
  return { name: `${name}${number}`, rank };
}
