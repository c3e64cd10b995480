/**
 * The document in parts that a person can read: one for each area of work, valid by itself. Every operation of the whole is
 * in exactly one of them.
 */
import type { Locale } from '../i18n/locale.ts';
import { mapValues } from './document-schemas.ts';
import { referredTo } from './references.ts';
import type { Json } from './to-schema.ts';

export interface Area {
  /** Names its document, e.g. `billing`. */
  id: string;
  title: Record<Locale, string>;
  /** Whose operations are here, unless another area takes their tag. */
  domains: readonly string[];
  /** Tags of other areas' domains that are read here. @default none */
  tags?: readonly string[];
}

/** An area with all it holds, for a page that leads to it. */
export interface AreaContents extends Pick<Area, 'id' | 'title'> {
  tags: string[];
}

/** @throws Error when a tag is in no area, or in several */
export function contentsOf(document: Json, areas: readonly Area[]): AreaContents[] {
  const contents = areas.map(({ id, title }) => ({ id, title, tags: [] as string[] }));
  for (const { name, 'x-domain': domain } of document['tags'] as Json[]) {
    const takers = areas.filter(({ tags = [] }) => tags.includes(name));
    const [area, ...others] = takers.length > 0 ? takers : areas.filter(({ domains }) => domains.includes(domain));
    if (!area) throw new Error(`Documentation: "${name}" of domain ${domain} is in no area. Give the domain one.`);
    if (others.length > 0) throw new Error(`Documentation: "${name}" is in area ${area.id} and ${others[0]!.id}.`);
    contents[areas.indexOf(area)]!.tags.push(name);
  }
  return contents;
}

/** The part of the document that is about an area, with the components it needs. */
export function documentOf(document: Json, { title, tags }: AreaContents): Json {
  const isHere = ({ tags: [tag] }: Json): boolean => tags.includes(tag);
  const paths = pick(
    mapValues(document['paths'], (methods) => pick(methods, isHere)),
    (methods) => Object.keys(methods).length > 0,
  );
  const operations = Object.values<Json>(paths).flatMap((methods) => Object.values<Json>(methods));
  const ids = new Set(operations.map(({ operationId }) => operationId));
  const webhooks = pick(document['webhooks'], ({ post }) => isHere(post));
  const schemes = new Set(operations.flatMap(({ security }) => security.flatMap(Object.keys)));
  const needed = neededBy(document, [paths, webhooks]);
  return {
    ...document,
    info: { ...document['info'], title: `${document['info'].title}: ${title.en}` },
    'x-permissions': (document['x-permissions'] as Json[])
      .map((one) => ({ ...one, operations: one['operations'].filter((id: string) => ids.has(id)) }))
      .filter((one) => one.operations.length > 0),
    tags: (document['tags'] as Json[]).filter(({ name }) => tags.includes(name)),
    paths,
    webhooks,
    components: mapValues(document['components'], (components, kind) =>
      pick(components, (_, name) =>
        kind === 'securitySchemes' ? schemes.has(name) : needed.has(`#/components/${kind}/${name}`),
      ),
    ),
  };
}

/** What a value refers to, and what that refers to in turn. */
function neededBy(document: Json, value: unknown, needed = new Set<string>()): Set<string> {
  for (const reference of referencesIn(value)) {
    if (needed.has(reference)) continue;
    needed.add(reference);
    neededBy(document, referredTo(document, reference), needed);
  }
  return needed;
}

/** Every reference in a value, as often as it is there. */
function* referencesIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  const { $ref } = value as Json;
  if (typeof $ref === 'string') yield $ref;
  for (const part of Object.values(value)) yield* referencesIn(part);
}

const pick = (object: Json, isWanted: (value: any, key: string) => boolean): Json =>
  Object.fromEntries(Object.entries(object).filter(([key, value]) => isWanted(value, key)));
