/** What changed between two configurations of a station, by the ids of connections, devices and points. */
import type { StationConfiguration } from '../station/station-configuration.ts';

export const comparedLists = ['connections', 'devices', 'points', 'derivedPoints'] as const;
type ListName = (typeof comparedLists)[number];

export interface ChangedItem {
  id: string;
  fields: Record<string, { old?: unknown; new?: unknown }>;
}
export interface ListDifference {
  added: string[];
  removed: string[];
  changed: ChangedItem[];
}
export type ConfigurationDifference = Record<ListName, ListDifference> & {
  /** Settings of the station itself: reports, clock, local/remote switch. */
  settings: ChangedItem['fields'];
};

export function diffConfigurations(
  before: StationConfiguration | undefined,
  after: StationConfiguration,
): ConfigurationDifference {
  const lists = Object.fromEntries(
    comparedLists.map((name) => [name, diffList(before?.[name] ?? [], after[name])]),
  ) as Record<ListName, ListDifference>;
  const settingsOf = (of: StationConfiguration | undefined): object =>
    of === undefined ? {} : { report: of.report, timeSync: of.timeSync, remoteControl: of.remoteControl };
  return { ...lists, settings: diffFields(settingsOf(before), settingsOf(after)) };
}

export const isSame = (difference: ConfigurationDifference): boolean =>
  Object.keys(difference.settings).length === 0 &&
  comparedLists.every((name) => {
    const { added, removed, changed } = difference[name];
    return added.length + removed.length + changed.length === 0;
  });

function diffList(before: readonly { id: string }[], after: readonly { id: string }[]): ListDifference {
  const old = new Map(before.map((item) => [item.id, item]));
  const now = new Set(after.map(({ id }) => id));
  const changed: ChangedItem[] = [];
  const added: string[] = [];
  for (const item of after) {
    const previous = old.get(item.id);
    if (previous === undefined) {
      added.push(item.id);
      continue;
    }
    const fields = diffFields(previous, item);
    if (Object.keys(fields).length > 0) changed.push({ id: item.id, fields });
  }
  return { added, removed: before.filter(({ id }) => !now.has(id)).map(({ id }) => id), changed };
}

function diffFields(before: object, after: object): ChangedItem['fields'] {
  const [old, now] = [before, after] as Record<string, unknown>[];
  const fields: ChangedItem['fields'] = {};
  for (const name of new Set([...Object.keys(old!), ...Object.keys(now!)]))
    if (canonical(old![name]) !== canonical(now![name]))
      fields[name] = {
        ...(old![name] === undefined ? {} : { old: old![name] }),
        ...(now![name] === undefined ? {} : { new: now![name] }),
      };
  return fields;
}

/** Stores keep no order of attributes, so an order is no difference. */
const canonical = (value: unknown): string | undefined =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
