/** Everything that MMS carries comes back from its bytes as it was: examples from the standard's shapes and any others. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BerReader } from '../asn1/ber-reader.ts';
import { type BerNode, toBytes } from '../asn1/ber-writer.ts';
import { bitsOf } from '../asn1/bit-string.ts';
import { type AccessResult, accessFailure, dataAccessErrors } from './access-result.ts';
import type { AccessStep } from './alternate-access.ts';
import { binaryTimeOf, binaryTimeToEpochMs } from './binary-time.ts';
import { decodeInitiate, encodeInitiate } from './initiate.ts';
import type { ObjectName } from './object-name.ts';
import { decodePdu, encodeError, encodeReject, encodeReport, encodeRequest, encodeResponse } from './pdu.ts';
import type { ConfirmedService } from './service.ts';
import { getNameListService } from './services/get-name-list.ts';
import { defineListService, deleteListService, listAttributesService } from './services/named-variable-lists.ts';
import { readService } from './services/read.ts';
import { variableAttributesService } from './services/variable-attributes.ts';
import { identifyService, logicalStatuses, physicalStatuses, statusService } from './services/vmd-support.ts';
import { writeService } from './services/write.ts';
import type { MmsType } from './type-specification.ts';
import { utcTimeOf, utcTimeToEpochMs } from './utc-time.ts';
import { decodeValue, encodeValue, type MmsValue } from './value.ts';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const identifier = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_$]{0,31}$/);
const bits = fc
  .integer({ min: 0, max: 40 })
  .chain((size) => fc.subarray(Array.from({ length: size }, (_, at) => at)).map((set) => bitsOf(size, set)))
  .map(({ size, bytes: octets }) => ({ size, bytes: Buffer.from(octets) }));
const wide = fc
  .bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n })
  .map((value) => (Number.isSafeInteger(Number(value)) && BigInt(Number(value)) === value ? Number(value) : value));
const utcTime = fc.record({
  seconds: fc.nat(0xffffffff),
  fraction: fc.nat(0xffffff),
  leapSecondsKnown: fc.boolean(),
  clockFailure: fc.boolean(),
  clockNotSynchronized: fc.boolean(),
  accuracyBits: fc.option(fc.nat(30), { nil: undefined }),
});
const leaf: fc.Arbitrary<MmsValue> = fc.oneof(
  fc.record({ type: fc.constant('boolean' as const), value: fc.boolean() }),
  fc.record({ type: fc.constant('integer' as const), value: wide }),
  fc.record({ type: fc.constant('unsigned' as const), value: fc.nat(0xffffffff) }),
  fc.record({ type: fc.constant('unsigned' as const), value: fc.bigInt({ min: 1n << 60n, max: (1n << 64n) - 1n }) }),
  fc.record({ type: fc.constant('float' as const), value: fc.float(), width: fc.constant(32 as const) }),
  fc.record({ type: fc.constant('float' as const), value: fc.double(), width: fc.constant(64 as const) }),
  fc.record({ type: fc.constantFrom('bit-string' as const, 'boolean-array' as const), value: bits }),
  fc.record({ type: fc.constant('octet-string' as const), value: bytes(300) }),
  fc.record({ type: fc.constant('visible-string' as const), value: identifier }),
  fc.record({ type: fc.constant('mms-string' as const), value: fc.string({ unit: 'grapheme', maxLength: 60 }) }),
  fc.record({
    type: fc.constant('binary-time' as const),
    value: fc.record({ millisecondsOfDay: fc.nat(86_399_999), days: fc.option(fc.nat(0xffff), { nil: undefined }) }),
  }),
  fc.record({ type: fc.constant('utc-time' as const), value: utcTime }),
  fc.record({ type: fc.constant('bcd' as const), value: fc.nat(9999) }),
  fc.constant<MmsValue>({ type: 'object-identifier', value: '1.0.9506.2.3' }),
  fc.constant<MmsValue>({ type: 'generalized-time', value: '20260115120000Z' }),
);
const value: fc.Arbitrary<MmsValue> = fc.letrec<{ value: MmsValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.record({ type: fc.constantFrom('structure' as const, 'array' as const), items: fc.array(tie('value')) }),
  ),
})).value;

const objectName: fc.Arbitrary<ObjectName> = fc.oneof(
  fc.record({ scope: fc.constantFrom('vmd' as const, 'association' as const), item: identifier }),
  fc.record({ scope: fc.constant('domain' as const), domain: identifier, item: identifier }),
);
const step: fc.Arbitrary<AccessStep> = fc.oneof(
  fc.record({ kind: fc.constant('component' as const), name: identifier }),
  fc.record({ kind: fc.constant('index' as const), index: fc.nat(100_000) }),
  fc.record({ kind: fc.constant('range' as const), low: fc.nat(1000), count: fc.nat(1000) }),
  fc.constant<AccessStep>({ kind: 'all' }),
);
const variable = fc.record(
  { name: objectName, part: fc.array(step, { minLength: 1, maxLength: 6 }) },
  { requiredKeys: ['name'] },
);
const access = fc.oneof(
  fc.record({ kind: fc.constant('variables' as const), variables: fc.array(variable, { maxLength: 5 }) }),
  fc.record({ kind: fc.constant('list' as const), name: objectName }),
);
const accessError = fc.constantFrom(...dataAccessErrors, 'error-77' as const);
const result: fc.Arbitrary<AccessResult> = fc.oneof(value, accessError.map(accessFailure));
const size = fc.integer({ min: -500, max: 500 });
const mmsType: fc.Arbitrary<MmsType> = fc.letrec<{ type: MmsType }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small' },
    fc.record({ kind: fc.constantFrom('boolean', 'utc-time', 'generalized-time', 'object-identifier') }),
    fc.record({
      kind: fc.constantFrom('bit-string', 'boolean-array', 'octet-string', 'visible-string', 'mms-string', 'bcd'),
      size,
    }),
    fc.record({ kind: fc.constantFrom('integer', 'unsigned'), size: fc.constantFrom(8, 16, 32, 64) }),
    fc.constant({ kind: 'float', width: 32, exponentWidth: 8 }),
    fc.record({ kind: fc.constant('binary-time'), hasDate: fc.boolean() }),
    fc.record({ kind: fc.constant('array'), count: fc.nat(1000), element: tie('type') }),
    fc.record({
      kind: fc.constant('structure'),
      components: fc.array(fc.record({ name: identifier, type: tie('type') }), { maxLength: 4 }),
    }),
  ) as fc.Arbitrary<MmsType>,
})).type;

const element = (node: BerNode) => new BerReader(toBytes(node)).next();

function checkService<Request, Response>(
  service: ConfirmedService<Request, Response>,
  request: fc.Arbitrary<Request>,
  response: fc.Arbitrary<Response>,
): void {
  it(`${service.name} both ways`, () => {
    fc.assert(
      fc.property(request, response, (asked, answered) => {
        const there = decodePdu(toBytes(encodeRequest(7, service.encodeRequest(asked))));
        expect(there).toMatchObject({ kind: 'request', invokeId: 7, service: { tag: service.requestTag } });
        if (there.kind === 'request') expect(service.decodeRequest(there.service)).toEqual(asked);
        const back = decodePdu(toBytes(encodeResponse(8, service.encodeResponse(answered))));
        expect(back).toMatchObject({ kind: 'response', invokeId: 8, service: { tag: service.responseTag } });
        if (back.kind === 'response') expect(service.decodeResponse(back.service)).toEqual(answered);
      }),
      { numRuns: 60 },
    );
  });
}

describe('data', () => {
  it('of any type comes back as it was', () => {
    fc.assert(
      fc.property(value, (data) => {
        expect(decodeValue(element(encodeValue(data)))).toEqual(data);
      }),
    );
  });

  it.each<[string, MmsValue, string]>([
    ['boolean', { type: 'boolean', value: true }, '8301ff'],
    ['integer', { type: 'integer', value: -129 }, '8502ff7f'],
    ['integer of 64 bits', { type: 'integer', value: -(1n << 63n) }, '85088000000000000000'],
    ['unsigned with a high bit', { type: 'unsigned', value: 200 }, '860200c8'],
    ['float 32', { type: 'float', value: 1.5, width: 32 }, '8705083fc00000'],
    ['float 64', { type: 'float', value: 1.5, width: 64 }, '87090b3ff8000000000000'],
    ['quality', { type: 'bit-string', value: bitsOf(13, [0, 1]) }, '840303c000'],
    ['time of day', { type: 'binary-time', value: { millisecondsOfDay: 1, days: undefined } }, '8c0400000001'],
    ['structure', { type: 'structure', items: [{ type: 'visible-string', value: 'a' }] }, 'a2038a0161'],
  ])('%s has the bytes of the standard', (_, data, hex) => {
    expect(toBytes(encodeValue(data)).toString('hex')).toBe(hex);
    expect(decodeValue(element(Buffer.from(hex, 'hex')))).toEqual(
      data.type === 'bit-string' ? { ...data, value: { size: 13, bytes: Buffer.from([0xc0, 0]) } } : data,
    );
  });

  it('unsigned without its leading zero is still unsigned', () => {
    expect(decodeValue(element(Buffer.from('8604ffffffff', 'hex')))).toEqual({ type: 'unsigned', value: 0xffffffff });
  });

  it('times keep their millisecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1984, 0, 1), max: Date.UTC(2100, 0, 1) }), (timeMs) => {
        expect(utcTimeToEpochMs(utcTimeOf(timeMs))).toBe(timeMs);
        expect(binaryTimeToEpochMs(binaryTimeOf(timeMs))).toBe(timeMs);
      }),
    );
  });
});

describe('services', () => {
  const scope = fc.oneof(
    fc.record({ kind: fc.constantFrom('vmd' as const, 'association' as const) }),
    fc.record({ kind: fc.constant('domain' as const), domain: identifier }),
  );
  checkService(
    getNameListService,
    fc.record(
      {
        objectClass: fc.constantFrom('named-variable', 'named-variable-list', 'named-type', 'journal', 'domain'),
        scope,
        continueAfter: identifier,
      },
      { requiredKeys: ['objectClass', 'scope'] },
    ),
    fc.record({ names: fc.array(identifier), moreFollows: fc.boolean() }),
  );
  checkService(
    readService,
    fc.record({ access, withSpecification: fc.constant(true) }, { requiredKeys: ['access'] }),
    fc.record({ access, results: fc.array(result) }, { requiredKeys: ['results'] }),
  );
  checkService(
    writeService,
    fc.record({ access, values: fc.array(value) }),
    fc.array(fc.option(accessError, { nil: undefined })),
  );
  checkService(variableAttributesService, objectName, fc.record({ deletable: fc.boolean(), type: mmsType }));
  const members = fc.array(variable, { maxLength: 5 });
  checkService(defineListService, fc.record({ name: objectName, members }), fc.constant(null));
  checkService(listAttributesService, objectName, fc.record({ deletable: fc.boolean(), members }));
  checkService(deleteListService, fc.array(objectName), fc.record({ matched: fc.nat(99), deleted: fc.nat(99) }));
  checkService(
    identifyService,
    fc.constant(null),
    fc.record({ vendor: identifier, model: identifier, revision: identifier }),
  );
  checkService(
    statusService,
    fc.record({ extended: fc.boolean() }),
    fc.record({ logical: fc.constantFrom(...logicalStatuses), physical: fc.constantFrom(...physicalStatuses) }),
  );
});

describe('PDUs', () => {
  it('information reports come back as they were', () => {
    fc.assert(
      fc.property(access, fc.array(result), (variables, results) => {
        const report = { access: variables, results };
        expect(decodePdu(toBytes(encodeReport(report)))).toEqual({ kind: 'report', report });
      }),
      { numRuns: 60 },
    );
  });

  it('initiate comes back as it was', () => {
    const detail = {
      maxPduSize: 65_000,
      maxOutstandingCalling: 5,
      maxOutstandingCalled: 4,
      nestingLevel: 10,
      version: 1,
      parameters: [0, 1, 2, 3, 7],
      services: [1, 2, 4, 79, 84],
    };
    for (const kind of ['request', 'response'] as const) {
      expect(decodeInitiate(kind, toBytes(encodeInitiate(kind, detail)))).toEqual(detail);
    }
  });

  it('errors and rejects say what they mean', () => {
    const error = toBytes(encodeError(9, { errorClass: 'access', meaning: 'object-non-existent' }));
    expect(decodePdu(error)).toMatchObject({
      kind: 'error',
      invokeId: 9,
      error: { errorClass: 'access', errorCode: 2 },
    });
    expect(decodePdu(toBytes(encodeReject(9, 1, 1)))).toEqual({
      kind: 'reject',
      invokeId: 9,
      reason: 'confirmed request, unrecognized service',
    });
  });
});
