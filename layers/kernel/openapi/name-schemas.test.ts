import { describe, expect, it } from 'vitest';
import { nameSchemas } from './name-schemas.ts';
import { inlined } from './references.ts';
import type { Json } from './to-schema.ts';

const text = { type: 'string', description: 'Long enough to be worth a name of its own, as most objects are.' };
const line = { type: 'object', properties: { text, amount: text }, required: ['text'] };
const invoice = { type: 'object', properties: { number: text, lines: { type: 'array', items: line } } };
const enveloped = (data: Json): Json => ({
  type: 'object',
  required: ['success', 'data'],
  properties: { success: { const: true }, data },
});
const listOf = (items: Json): Json => ({ type: 'array', items });
const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

interface Parts {
  answer?: Json;
  body?: Json;
  parameters?: Json[];
}

function documentOf(operations: Record<string, Parts>, messages: Record<string, Json> = {}): Json {
  const content = (schema: Json): Json => ({ content: { 'application/json': { schema } } });
  return {
    paths: Object.fromEntries(
      Object.entries(operations).map(([operationId, { answer, body, parameters = [] }]) => [
        `/${operationId}`,
        {
          get: {
            operationId,
            parameters,
            ...(body ? { requestBody: content(body) } : {}),
            responses: { 200: answer ? content(answer) : { $ref: '#/components/responses/None' } },
          },
        },
      ]),
    ),
    webhooks: Object.fromEntries(
      Object.entries(messages).map(([type, data]) => [
        type,
        { post: { requestBody: content({ required: ['data'], properties: { timestamp: text, data } }) } },
      ]),
    ),
    components: { responses: {} },
  };
}

const namesIn = (document: Json, known: Json = {}): string[] =>
  Object.keys(nameSchemas(document, known)['components'].schemas);
const answerOf = (document: Json, operationId: string): Json =>
  document['paths'][`/${operationId}`].get.responses[200].content['application/json'].schema;

describe('a schema that occurs twice', () => {
  const document = documentOf({
    cancelInvoice: { answer: enveloped(invoice) },
    listInvoices: { answer: enveloped(listOf(invoice)) },
    getInvoice: { answer: enveloped(invoice) },
  });

  it('is a component, called after the operation that reads it, and stays in its envelope', () => {
    const named = nameSchemas(document, {});
    expect(named['components']).toEqual({ responses: {}, schemas: { Invoice: invoice } });
    expect(answerOf(named, 'cancelInvoice')).toEqual(enveloped(ref('Invoice')));
    expect(answerOf(named, 'listInvoices')).toEqual(enveloped(listOf(ref('Invoice'))));
  });

  it('says with its references what it said without them', () => {
    const named = nameSchemas(document, {});
    const plain = JSON.parse(JSON.stringify(inlined(named, named['paths'])), withoutName);
    expect(plain).toEqual(document['paths']);
  });
});

/** For `JSON.parse`. */
const withoutName = (key: string, value: unknown): unknown => (key === '$$ref' ? undefined : value);

describe('names', () => {
  it.each<[string, Record<string, Parts>, string[]]>([
    [
      'come from lists, one of which is one',
      { listPolicies: { answer: listOf(invoice) }, x: { answer: invoice } },
      ['Policy'],
    ],
    [
      'tell what is sent from what is answered',
      { createBill: { body: invoice }, updateBill: { body: invoice } },
      ['BillInput'],
    ],
    [
      'are the whole operation where its noun is none',
      { payNow: { body: line }, logInByCode: { body: line } },
      ['PayNowInput'],
    ],
    [
      'belong to what holds a part',
      { getBill: { answer: invoice }, getNote: { answer: { ...invoice, title: 'Note' } } },
      ['BillLine'],
    ],
    [
      'of an entry come from its table',
      { getTariffs: { answer: { type: 'object', properties: { day: line, night: line } } } },
      ['Tariff'],
    ],
  ])('%s', (_, operations, names) => expect(namesIn(documentOf(operations))).toEqual(names));

  it('do not depend on the order of operations', () => {
    const operations = {
      approveBill: { answer: invoice },
      getBill: { answer: invoice },
      listNotes: { answer: listOf(line) },
    };
    const turned = Object.fromEntries(Object.entries(operations).reverse());
    expect(namesIn(documentOf(operations))).toEqual(['Bill', 'Note']);
    expect(namesIn(documentOf(turned))).toEqual(['Bill', 'Note']);
  });

  it('do not depend on it either where two would be called the same', () => {
    const [one, other] = [line, { ...line, required: ['amount'] }];
    const operations = {
      payBill: { answer: one },
      takeBill: { answer: one },
      sendBill: { answer: other },
      askBill: { answer: other },
    };
    const turned = Object.fromEntries(Object.entries(operations).reverse());
    const schemas = (document: Json): Json => nameSchemas(document, {})['components'].schemas;
    expect(schemas(documentOf(operations))).toEqual({ Bill: other, PayBillResult: one });
    expect(schemas(documentOf(turned))).toEqual({ Bill: other, PayBillResult: one });
  });

  it('are given once: the next best goes to the second who would have it', () => {
    const other = { ...line, required: ['amount'] };
    const operations = {
      getBill: { answer: line },
      sendBill: { answer: line },
      payBill: { answer: other },
      refundBill: { answer: other },
    };
    expect(namesIn(documentOf(operations))).toEqual(['Bill', 'PayBillResult']);
  });

  it('may be known beforehand, used or not', () => {
    const document = documentOf({ getBillHistory: { answer: listOf(line) } });
    expect(namesIn(document, { Entry: line, Problem: invoice })).toEqual(['Entry', 'Problem']);
  });

  it('are those of messages where no operation has the schema', () => {
    expect(namesIn(documentOf({}, { 'bill.made': line, 'bill.paid': line }))).toEqual(['BillMadeMessage']);
    expect(namesIn(documentOf({ getBill: { answer: line } }, { 'bill.made': line }))).toEqual(['Bill']);
  });
});

describe('what occurs once', () => {
  it('stays where it is, also inside of a component', () => {
    const document = documentOf({
      getBill: { answer: invoice },
      payBill: { answer: invoice },
      getNote: { answer: text },
    });
    expect(namesIn(document)).toEqual(['Bill']);
    expect(answerOf(nameSchemas(document, {}), 'getNote')).toEqual(text);
  });

  it('is not worth a name when it is short', () => {
    const short = { type: 'object', properties: { id: { type: 'string' } } };
    expect(namesIn(documentOf({ getA: { answer: short }, getB: { answer: short } }))).toEqual([]);
  });
});

it('values of parameters are shared with the fields that have them', () => {
  const status = { type: 'string', enum: Array.from({ length: 12 }, (_, index) => `status-${index}`) };
  const document = documentOf({
    listBills: {
      parameters: [{ name: 'status', in: 'query', schema: status }],
      answer: listOf({ ...line, properties: { status } }),
    },
  });
  expect(namesIn(document)).toEqual(['BillStatus']);
});
