/**
 * Where a meter or point counts as the input of areas: one row a source, so that energy enters one area on any day and two who
 * define areas at once cannot both have it. A transformer may share its feeder's input, since the two are told apart and never
 * added; what flows out of one area into another is counted `returned` there and `input` here.
 */
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { overlap } from './day-spans.ts';
import type { DaySpan, LossArea } from './loss-area-entity.ts';

interface InputSpan extends DaySpan {
  areaId: string;
  /** Of the area. */
  parentId?: string;
  counts: 'input' | 'returned';
}

interface SourceKey {
  kind: 'meter' | 'point';
  id: string;
}

interface InputSource extends SourceKey {
  spans: InputSpan[];
}

export const inputSourceEntity = defineEntity<InputSource, SourceKey>()({
  name: 'input of loss areas',
  table: 'billing',
  key: ({ kind, id }) => ({ pk: ['LOSS-INPUT', kind, id], sk: ['LOSS-INPUT'] }),
  idOf: ({ id }) => id,
});

/** Whether an area is the other's transformer: their balances lie within each other. */
export const isWithin = (
  a: { areaId: string; parentId?: string | undefined },
  b: { areaId: string; parentId?: string | undefined },
): boolean => a.parentId === b.areaId || b.parentId === a.areaId;

/**
 * Takes the inputs of an area as it becomes, and gives back those it had.
 * @param after undefined of one that is deleted
 * @throws AppError `conflict` where another area counts the same on one of the days
 */
export async function claimInputs(
  session: TenantSession,
  unit: UnitOfWork,
  after: LossArea | undefined,
  before: LossArea | undefined,
): Promise<void> {
  const [had, has] = [inputsOf(before), inputsOf(after)];
  const areaId = (after ?? before)!.id;
  const keys = [...new Map([...had, ...has].map(([key]) => [textOf(key), key])).values()];
  const rows: (InputSource & Stored)[] = await session.getMany(inputSourceEntity, keys, { consistent: true });
  const known = new Map(rows.map((row) => [textOf(row), row]));
  for (const key of keys) {
    const row = known.get(textOf(key));
    const own = has.flatMap(([of, span]) => (textOf(of) === textOf(key) ? [span] : []));
    const { kept = [], others = [] } = Object.groupBy(row?.spans ?? [], (span) =>
      span.areaId === areaId ? 'kept' : 'others',
    );
    // A new name of an area is no matter of its inputs.
    if (isSame(own, kept)) continue;
    for (const span of own) {
      const taken = others.find(
        (other) => other.counts === span.counts && overlap(other, span) && !isWithin(other, span),
      );
      if (taken !== undefined) throw countedElsewhere(key, taken);
    }
    const spans = [...others, ...own];
    const refused = (): AppError => new AppError('version_conflict');
    if (row === undefined) unit.create(inputSourceEntity, { ...key, spans }, { isAudited: false, refused });
    else unit.update(inputSourceEntity, row, { spans }, { isAudited: false, refused });
  }
}

/** Whether an area has the spans that are kept of it. */
const isSame = (own: readonly InputSpan[], kept: readonly InputSpan[]): boolean =>
  own.length === kept.length && own.every((span) => kept.some((one) => areAlike(span, one)));

const areAlike = (a: InputSpan, b: InputSpan): boolean =>
  a.from === b.from && a.to === b.to && a.counts === b.counts && a.parentId === b.parentId;

const textOf = ({ kind, id }: SourceKey): string => `${kind}/${id}`;

/** A field that is removed is null until it is stored. */
function inputsOf(area: LossArea | undefined): [SourceKey, InputSpan][] {
  if (area === undefined) return [];
  const { id: areaId, parentId, inputMeters, inputPoints } = area;
  const spanOf = ({ from, to }: DaySpan, counts: InputSpan['counts']): InputSpan => ({
    areaId,
    ...(parentId == null ? {} : { parentId }),
    counts,
    from,
    ...(to === undefined ? {} : { to }),
  });
  return [
    ...inputMeters.map((span): [SourceKey, InputSpan] => [{ kind: 'meter', id: span.meterId }, spanOf(span, 'input')]),
    ...(inputPoints ?? []).map((span): [SourceKey, InputSpan] => [
      { kind: 'point', id: span.pointId },
      spanOf(span, span.counts),
    ]),
  ];
}

const countedElsewhere = ({ id }: SourceKey, { areaId, from, to }: InputSpan): AppError =>
  new AppError('conflict', undefined, {
    texts: {
      en: `"${id}" is an input of the area "${areaId}" from ${from}${to === undefined ? ' on' : ` until ${to}`}, and its energy would count twice. End it there first, or make one the other’s transformer with \`parentId\`; what flows from one area into the other \`counts\` as \`returned\` in the first.`,
      ar: `"${id}" مدخل للمنطقة "${areaId}" من ${from}${to === undefined ? '' : ` حتى ${to}`}، فتُحسب طاقته مرتين. أنهِه هناك أولًا، أو اجعل إحداهما محوّل الأخرى عبر \`parentId\`؛ وما يمر من منطقة إلى أخرى يُحسب \`returned\` في الأولى.`,
    },
  });
