/** Data objects of the common data classes (IEC 61850-7-3) that a small station needs, as declarations for a model. */
import type { FunctionalConstraint } from '../acsi/functional-constraint.ts';
import { bitsOf } from '../asn1/bit-string.ts';
import type { MmsType } from '../mms/type-specification.ts';
import { utcTimeOf } from '../mms/utc-time.ts';
import type { MmsValue } from '../mms/value.ts';
import type {
  AttributeContent,
  AttributeDefinition,
  ControlDefinition,
  DataObjectDefinition,
  LogicalNodeDefinition,
} from './model.ts';

export const basicTypes = {
  boolean: { kind: 'boolean' },
  int32: { kind: 'integer', size: 32 },
  int8: { kind: 'integer', size: 8 },
  uint8: { kind: 'unsigned', size: 8 },
  uint32: { kind: 'unsigned', size: 32 },
  float32: { kind: 'float', width: 32, exponentWidth: 8 },
  float64: { kind: 'float', width: 64, exponentWidth: 11 },
  quality: { kind: 'bit-string', size: -13 },
  doublePosition: { kind: 'bit-string', size: 2 },
  check: { kind: 'bit-string', size: -2 },
  timestamp: { kind: 'utc-time' },
  visibleString255: { kind: 'visible-string', size: -255 },
  visibleString129: { kind: 'visible-string', size: -129 },
  unicode255: { kind: 'mms-string', size: -255 },
  octets64: { kind: 'octet-string', size: -64 },
  octets8: { kind: 'octet-string', size: 8 },
  entryTime: { kind: 'binary-time', hasDate: true },
} satisfies Record<string, MmsType>;

export const zero = {
  boolean: { type: 'boolean', value: false },
  integer: { type: 'integer', value: 0 },
  unsigned: { type: 'unsigned', value: 0 },
  float: { type: 'float', value: 0, width: 32 },
  quality: { type: 'bit-string', value: bitsOf(13) },
  intermediate: { type: 'bit-string', value: bitsOf(2) },
  timestamp: { type: 'utc-time', value: utcTimeOf(0) },
  string: { type: 'visible-string', value: '' },
  unicode: { type: 'mms-string', value: '' },
} satisfies Record<string, MmsValue>;

export const value = (type: MmsType, initial: MmsValue): AttributeContent => ({ kind: 'value', type, initial });

const attribute = (
  name: string,
  fc: FunctionalConstraint,
  content: AttributeContent,
  trigger?: AttributeDefinition['trigger'],
): AttributeDefinition => ({ name, fc, content, ...(trigger && { trigger }) });

const qualityAndTime = (fc: FunctionalConstraint): AttributeDefinition[] => [
  attribute('q', fc, value(basicTypes.quality, zero.quality), 'qchg'),
  attribute('t', fc, value(basicTypes.timestamp, zero.timestamp)),
];

const status = (name: string, type: MmsType, initial: MmsValue): DataObjectDefinition => ({
  name,
  attributes: [attribute('stVal', 'ST', value(type, initial), 'dchg'), ...qualityAndTime('ST')],
});

/** SPS, DPS, INS: one status with quality and time. */
export const singlePointStatus = (name: string) => status(name, basicTypes.boolean, zero.boolean);
export const doublePointStatus = (name: string) => status(name, basicTypes.doublePosition, zero.intermediate);
const integerStatus = (name: string) => status(name, basicTypes.int32, zero.integer);

const magnitude: AttributeContent = {
  kind: 'structure',
  components: [{ name: 'f', content: value(basicTypes.float32, zero.float) }],
};

/** MV: a measured value as float. */
export const measuredValue = (name: string): DataObjectDefinition => ({
  name,
  attributes: [
    attribute('mag', 'MX', magnitude, 'dchg'),
    ...qualityAndTime('MX'),
    attribute('d', 'DC', value(basicTypes.visibleString255, zero.string)),
  ],
});

/** HMV, reduced: harmonics as an array of vectors. */
export const harmonicValue = (name: string, count: number): DataObjectDefinition => ({
  name,
  attributes: [
    attribute('har', 'MX', {
      kind: 'array',
      count,
      element: { kind: 'structure', components: [{ name: 'mag', content: magnitude }] },
    }),
    ...qualityAndTime('MX'),
  ],
});

/** ASG: an analogue setting, kept once for each group. */
export const analogueSetting = (name: string, initial = 0): DataObjectDefinition => ({
  name,
  attributes: (['SG', 'SE'] as const).map((fc) =>
    attribute('setMag', fc, {
      kind: 'structure',
      components: [{ name: 'f', content: value(basicTypes.float32, { type: 'float', value: initial, width: 32 }) }],
    }),
  ),
});

const controlModels = ['status-only', 'direct-normal', 'sbo-normal', 'direct-enhanced', 'sbo-enhanced'];

function controllable(object: DataObjectDefinition, control: ControlDefinition): DataObjectDefinition {
  const configuration = [
    attribute(
      'ctlModel',
      'CF',
      value(basicTypes.int8, { type: 'integer', value: controlModels.indexOf(control.model) }),
    ),
  ];
  if (control.model.startsWith('sbo')) {
    const timeout: MmsValue = { type: 'unsigned', value: control.sboTimeoutMs ?? 30_000 };
    configuration.push(attribute('sboTimeout', 'CF', value(basicTypes.uint32, timeout)));
  }
  return { ...object, attributes: [...object.attributes, ...configuration], control };
}

type ControlOptions = Omit<ControlDefinition, 'model' | 'value'>;

/** SPC: a switch with one bit. */
export const singlePointControl = (name: string, model: ControlDefinition['model'], options: ControlOptions = {}) =>
  controllable(singlePointStatus(name), {
    ...options,
    model,
    value: { type: basicTypes.boolean, initial: zero.boolean },
  });

/** DPC: a breaker; the command is one bit, the position two. */
export const doublePointControl = (name: string, model: ControlDefinition['model'], options: ControlOptions = {}) =>
  controllable(doublePointStatus(name), {
    ...options,
    model,
    value: { type: basicTypes.boolean, initial: zero.boolean },
  });

/** LLN0 with the objects every logical device has; the rest is added to it. */
export const logicalNodeZero = (
  rest: Omit<LogicalNodeDefinition, 'name' | 'objects'> & { objects?: DataObjectDefinition[] } = {},
): LogicalNodeDefinition => ({
  ...rest,
  name: 'LLN0',
  objects: [integerStatus('Mod'), integerStatus('Beh'), integerStatus('Health'), ...(rest.objects ?? [])],
});
