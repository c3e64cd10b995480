/**
 * Which points the members of a data set tell. A member is a whole object or a part around the value, which brings
 * quality and time along; or the value alone, whose quality and time are members of their own, told when they change.
 */
import { parseReference, type Reference } from '../../protocols/iec61850/acsi/reference.ts';
import type { Report } from '../../protocols/iec61850/acsi/subscription.ts';
import type { MmsType } from '../../protocols/iec61850/mms/type-specification.ts';
import type { MmsValue } from '../../protocols/iec61850/mms/value.ts';
import type { Sample } from '../../runtime/driver.ts';
import { type Binding, readingOf, stepsOf } from './binding.ts';
import { badSample, type Reading, sampleOf } from './sample.ts';

export interface BoundPoint {
  id: string;
  binding: Binding;
}

interface Told {
  point: BoundPoint;
  role: 'around' | 'value' | 'quality' | 'time';
  /** From the member to the container, and the type of the member; for `around` and `value`. */
  path: (string | number)[];
  type: MmsType;
}

/** What a report of events is: it happened, and is told whatever its value. */
const eventReasons = new Set(['dataChange', 'qualityChange', 'dataUpdate', 'applicationTrigger']);

export class ReportPoints {
  /** By the place of the member. */
  readonly #told: Told[][] = [];
  readonly #latest = new Map<string, Partial<Reading>>();
  readonly pointIds = new Set<string>();

  /** @param members references of the data set, in its order @param typeOf of a member */
  static async create(
    points: readonly BoundPoint[],
    members: readonly string[],
    typeOf: (member: Reference) => Promise<MmsType | undefined>,
  ): Promise<ReportPoints> {
    const self = new ReportPoints();
    for (const [index, text] of members.entries()) {
      const told: Told[] = [];
      self.#told[index] = told;
      const member = parseOrUndefined(text);
      if (!member) continue;
      for (const point of points) {
        const role = roleOf(member, point.binding);
        if (!role) continue;
        const type = role.role === 'around' || role.role === 'value' ? await typeOf(member) : undefined;
        if (!type && (role.role === 'around' || role.role === 'value')) continue;
        told.push({ point, ...role, type: type ?? { kind: 'boolean' } });
        if (role.role === 'around' || role.role === 'value') self.pointIds.add(point.id);
      }
    }
    return self;
  }

  /** Samples of one report; a point that several members tell comes once. */
  samples({ members, timeOfEntryMs }: Report): Sample[] {
    const touched = new Map<string, { isEvent: boolean; failure: string | undefined }>();
    for (const { index, value, reasons } of members) {
      for (const told of this.#told[index] ?? []) {
        const before = touched.get(told.point.id);
        const isEvent = reasons.some((reason) => eventReasons.has(reason)) || (before?.isEvent ?? false);
        const failure = value.type === 'access-error' ? value.error : undefined;
        touched.set(told.point.id, { isEvent, failure: failure ?? before?.failure });
      }
    }
    // Values first: a quality or a time that came with them is theirs, wherever it stands.
    for (const isValue of [true, false]) {
      for (const { index, value } of members) {
        for (const told of this.#told[index] ?? []) {
          const ofValue = told.role === 'around' || told.role === 'value';
          if (ofValue === isValue && value.type !== 'access-error') this.#keep(told, value);
        }
      }
    }
    return [...touched].flatMap(([pointId, { isEvent, failure }]): Sample[] => {
      const sample = failure ? badSample(pointId, failure) : this.#sample(pointId);
      if (!sample) return [];
      // The value has no time of its own: it is that of the entry.
      if (sample.sourceTimeMs === undefined && timeOfEntryMs !== undefined) sample.sourceTimeMs = timeOfEntryMs;
      return [isEvent ? { ...sample, isEvent } : sample];
    });
  }

  #keep({ point, role, path, type }: Told, value: MmsValue): void {
    const before = this.#latest.get(point.id) ?? {};
    if (role === 'quality') this.#latest.set(point.id, { ...before, quality: value });
    else if (role === 'time') this.#latest.set(point.id, { ...before, time: value });
    else {
      const own = role === 'around' ? readingOf(value, type, point.binding.path, path) : readingOf(value, type, path);
      if (!own) return;
      // A value alone keeps the quality it had. Its time was that of the change before.
      this.#latest.set(point.id, role === 'around' ? own : { quality: before.quality, value: own.value });
    }
  }

  #sample(pointId: string): Sample | undefined {
    const { value, quality, time } = this.#latest.get(pointId) ?? {};
    return value && sampleOf(pointId, { value, quality, time });
  }
}

function parseOrUndefined(text: string): Reference | undefined {
  try {
    return parseReference(text);
  } catch {
    return undefined;
  }
}

function roleOf(member: Reference, { container, path }: Binding): Pick<Told, 'role' | 'path'> | undefined {
  if (member.device !== container.device || member.node !== container.node || member.fc !== container.fc)
    return undefined;
  const [own, wanted] = [stepsOf(member.path), stepsOf(container.path)];
  if (startsWith(wanted, own)) return { role: 'around', path: wanted.slice(own.length) };
  if (!startsWith(own, wanted)) return undefined;
  const below = own.slice(wanted.length);
  if (below.length === 1 && below[0] === 'q') return { role: 'quality', path: [] };
  if (below.length === 1 && below[0] === 't') return { role: 'time', path: [] };
  return startsWith(path, below) ? { role: 'value', path: path.slice(below.length) } : undefined;
}

const startsWith = (path: readonly (string | number)[], start: readonly (string | number)[]): boolean =>
  start.length <= path.length && start.every((step, at) => path[at] === step);
