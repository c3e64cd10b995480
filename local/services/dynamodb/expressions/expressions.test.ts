import { beforeEach, describe, expect, test } from 'vitest';
import { keyOf, type TestService, testService } from '../test-service.ts';

let on: TestService;
beforeEach(() => {
  on = testService();
  on.table('things');
});

const stored = {
  ...keyOf('p'),
  title: { S: 'Straße' },
  count: { N: '10' },
  price: { N: '1.50' },
  bytes: { B: 'AQID' },
  tags: { SS: ['red', 'blue'] },
  numbers: { NS: ['1', '2.50'] },
  elements: { L: [{ S: 'a' }, { N: '2' }, { M: { deep: { BOOL: true } } }] },
  doc: { M: { part: { S: 'x' } } },
  nothing: { NULL: true },
  constructor: { S: 'own' },
};

/** Whether a condition holds for the stored item. */
function holds(condition: string, values?: object, names?: object): boolean {
  const request = {
    TableName: 'things',
    FilterExpression: condition,
    ...(values === undefined ? {} : { ExpressionAttributeValues: values }),
    ...(names === undefined ? {} : { ExpressionAttributeNames: names }),
  };
  return on.call('Scan', request).Count === 1;
}

// "Condition and filter expressions, operators, and functions in DynamoDB" in the developer guide.
describe('conditions', () => {
  beforeEach(() => on.call('PutItem', { TableName: 'things', Item: stored }));

  test.each<[string, object | undefined, boolean]>([
    ['price = :v', { ':v': { N: '1.5' } }, true],
    ['price = :v', { ':v': { S: '1.5' } }, false],
    ['tags = :v', { ':v': { SS: ['blue', 'red'] } }, true],
    ['#c > :v', { ':v': { N: '9.5' } }, true],
    ['#c >= :v', { ':v': { N: '10' } }, true],
    ['#c < :v', { ':v': { S: '11' } }, false],
    ['absent <> :v', { ':v': { N: '1' } }, true],
    ['absent <> lacking', undefined, true],
    ['absent < :v', { ':v': { N: '1' } }, false],
    ['#c <> :v', { ':v': { N: '10.0' } }, false],
    ['#c BETWEEN :a AND :b', { ':a': { N: '1' }, ':b': { N: '10' } }, true],
    ['#c IN (:a, :b)', { ':a': { N: '1' }, ':b': { N: '1E1' } }, true],
    ['attribute_exists(doc.part)', undefined, true],
    ['attribute_exists(doc.rest)', undefined, false],
    ['attribute_exists(toString)', undefined, false],
    ['attribute_not_exists(elements[3])', undefined, true],
    ['attribute_exists(elements[2].deep)', undefined, true],
    ['attribute_type(tags, :t)', { ':t': { S: 'SS' } }, true],
    ['attribute_type(nothing, :t)', { ':t': { S: 'S' } }, false],
    ['begins_with(title, :v)', { ':v': { S: 'Str' } }, true],
    ['begins_with(bytes, :v)', { ':v': { B: 'AQI=' } }, true],
    ['contains(title, :v)', { ':v': { S: 'aß' } }, true],
    ['contains(tags, :v)', { ':v': { S: 'red' } }, true],
    ['contains(tags, :v)', { ':v': { S: 're' } }, false],
    ['contains(numbers, :v)', { ':v': { N: '2.5' } }, true],
    ['contains(elements, :v)', { ':v': { M: { deep: { BOOL: true } } } }, true],
    ['contains(bytes, :v)', { ':v': { B: 'Ag==' } }, true],
    ['size(elements) = :v', { ':v': { N: '3' } }, true],
    ['size(title) = :v', { ':v': { N: '6' } }, true],
    ['size(bytes) > :v', { ':v': { N: '2' } }, true],
    ['size(absent) > :v', { ':v': { N: '0' } }, false],
    ['NOT price = :v OR #c = :c AND price = :v', { ':v': { N: '1.5' }, ':c': { N: '10' } }, true],
    ['NOT (price = :v)', { ':v': { N: '1.5' } }, false],
    ['(price = :v) AND ((#c = :c) OR attribute_exists(absent))', { ':v': { N: '1.5' }, ':c': { N: '10' } }, true],
  ])('%s with %j is %s', (condition, values, expected) => {
    expect(holds(condition, values, condition.includes('#c') ? { '#c': 'count' } : undefined)).toBe(expected);
  });

  test.each<[string, object | undefined, object | undefined, string]>([
    ['', undefined, undefined, 'Invalid FilterExpression: The expression can not be empty;'],
    ['price =', undefined, undefined, 'Invalid FilterExpression: Syntax error'],
    ['count = :v', { ':v': { N: '1' } }, undefined, 'Attribute name is a reserved keyword; reserved keyword: count'],
    [
      'price = :v',
      { ':v': { N: '1' }, ':w': { N: '2' } },
      undefined,
      'ExpressionAttributeValues unused in expressions: keys: {:w}',
    ],
    ['price = :v', { ':v': { N: '1' } }, { '#n': 'a' }, 'ExpressionAttributeNames unused in expressions: keys: {#n}'],
    [
      'price = :v',
      undefined,
      undefined,
      'An expression attribute value used in expression is not defined; attribute value: :v',
    ],
    [
      '#p = :v',
      { ':v': { N: '1' } },
      undefined,
      'An expression attribute name used in the document path is not defined; attribute name: #p',
    ],
    [
      'price BETWEEN :a AND :b',
      { ':a': { N: '2' }, ':b': { N: '1' } },
      undefined,
      'The BETWEEN operator requires upper bound to be greater than or equal to lower bound',
    ],
    ['unknown(price)', undefined, undefined, 'Invalid function name; function: unknown'],
    [
      'attribute_type(price, :t)',
      { ':t': { S: 'Number' } },
      undefined,
      'Invalid attribute type name found; type: Number',
    ],
    [
      'begins_with(price, :v)',
      { ':v': { N: '1' } },
      undefined,
      'Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
    ],
    [
      'price = :v',
      { ':v': {} },
      undefined,
      'ExpressionAttributeValues contains invalid value: Supplied AttributeValue is empty',
    ],
  ])('%j is refused', (condition, values, names, message) => {
    const error = on.failure('Scan', {
      TableName: 'things',
      FilterExpression: condition,
      ...(values && { ExpressionAttributeValues: values }),
      ...(names && { ExpressionAttributeNames: names }),
    });
    expect(error).toMatchObject({ name: 'ValidationException', message: expect.stringContaining(message) });
  });

  test('a remembered expression is checked against the values of every request', () => {
    const between = (low: string, high: string) =>
      holds('price BETWEEN :a AND :b', { ':a': { N: low }, ':b': { N: high } });
    expect(between('1', '2')).toBe(true);
    expect(between('3', '4')).toBe(false);
    expect(() => between('2', '1')).toThrow('requires upper bound');
  });

  test('IN takes 100 operands and no more', () => {
    const values = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`:v${n}`, { N: `${n}` }]));
    const condition = (count: number) => `price IN (${Object.keys(values(count)).join(', ')})`;
    expect(holds(condition(100), values(100))).toBe(false);
    expect(() => holds(condition(101), values(101))).toThrow('too many operands');
  });
});

// "Update expressions in DynamoDB" in the developer guide.
describe('updates', () => {
  /** The attributes after an update of an item with the given ones, without its key. */
  function updated(attributes: object, expression: string, values?: object, names?: object): object {
    on.call('PutItem', { TableName: 'things', Item: { ...keyOf('p'), ...attributes } });
    const { Attributes } = on.call('UpdateItem', {
      TableName: 'things',
      Key: keyOf('p'),
      UpdateExpression: expression,
      ReturnValues: 'ALL_NEW',
      ...(values && { ExpressionAttributeValues: values }),
      ...(names && { ExpressionAttributeNames: names }),
    });
    const { pk: _, sk: __, ...rest } = Attributes;
    return rest;
  }
  const letters = (...texts: string[]) => ({ L: texts.map((text) => ({ S: text })) });

  test.each<[string, object, object | undefined, object]>([
    ['SET a = :v', {}, { ':v': { N: '1.0' } }, { a: { N: '1' } }],
    ['SET a = b, b = a', { a: { N: '1' }, b: { N: '2' } }, undefined, { a: { N: '2' }, b: { N: '1' } }],
    ['SET a = a + :v', { a: { N: '0.1' } }, { ':v': { N: '0.2' } }, { a: { N: '0.3' } }],
    ['SET a = a - :v', { a: { N: '1' } }, { ':v': { N: '3' } }, { a: { N: '-2' } }],
    ['SET a = if_not_exists(a, :z) + :v', {}, { ':z': { N: '0' }, ':v': { N: '5' } }, { a: { N: '5' } }],
    ['SET l = list_append(l, :v)', { l: letters('a') }, { ':v': letters('b') }, { l: letters('a', 'b') }],
    ['SET l = list_append(:v, l)', { l: letters('a') }, { ':v': letters('b') }, { l: letters('b', 'a') }],
    ['SET l[1] = :v', { l: letters('a', 'b', 'c') }, { ':v': { S: 'x' } }, { l: letters('a', 'x', 'c') }],
    [
      'SET l[9] = :v, l[5] = :w',
      { l: letters('a') },
      { ':v': { S: 'z' }, ':w': { S: 'y' } },
      { l: letters('a', 'y', 'z') },
    ],
    [
      'SET m.a.b = :v',
      { m: { M: { a: { M: {} } } } },
      { ':v': { S: 'x' } },
      { m: { M: { a: { M: { b: { S: 'x' } } } } } },
    ],
    [
      'REMOVE a, m.b',
      { a: { S: 'x' }, m: { M: { b: { S: 'y' }, c: { S: 'z' } } } },
      undefined,
      { m: { M: { c: { S: 'z' } } } },
    ],
    ['REMOVE l[0], l[2]', { l: letters('a', 'b', 'c', 'd') }, undefined, { l: letters('b', 'd') }],
    ['REMOVE l[7], absent', { l: letters('a') }, undefined, { l: letters('a') }],
    ['ADD a :v', { a: { N: '1' } }, { ':v': { N: '2' } }, { a: { N: '3' } }],
    ['ADD a :v', {}, { ':v': { N: '2' } }, { a: { N: '2' } }],
    ['ADD s :v', { s: { SS: ['a'] } }, { ':v': { SS: ['b', 'a'] } }, { s: { SS: ['a', 'b'] } }],
    ['ADD s :v', { s: { NS: ['1'] } }, { ':v': { NS: ['1.0', '2'] } }, { s: { NS: ['1', '2'] } }],
    ['DELETE s :v', { s: { SS: ['a', 'b'] } }, { ':v': { SS: ['b', 'c'] } }, { s: { SS: ['a'] } }],
    ['DELETE s :v', { s: { SS: ['a'] } }, { ':v': { SS: ['a'] } }, {}],
    [
      'SET a = :v REMOVE b ADD c :n',
      { b: { S: 'x' } },
      { ':v': { S: 'y' }, ':n': { N: '1' } },
      { a: { S: 'y' }, c: { N: '1' } },
    ],
  ])('%s on %j', (expression, before, values, after) => {
    expect(updated(before, expression, values)).toEqual(after);
  });

  test('reach attributes with names of object internals', () => {
    const names = { '#p': '__proto__', '#c': 'constructor' };
    const after = updated({ m: { M: {} } }, 'SET #p = :v, m.#p = :v, #c = :v', { ':v': { S: 'x' } }, names);
    expect(Object.entries(after).sort()).toEqual([
      ['__proto__', { S: 'x' }],
      ['constructor', { S: 'x' }],
      ['m', { M: Object.assign(Object.create(null), { ['__proto__']: { S: 'x' } }) }],
    ]);
    const { Item } = on.call('GetItem', {
      TableName: 'things',
      Key: keyOf('p'),
      ProjectionExpression: '#p, m.#p',
      ExpressionAttributeNames: { '#p': '__proto__' },
    });
    expect(Object.keys(Item)).toEqual(['__proto__', 'm']);
  });

  test.each<[string, object, object | undefined, string]>([
    ['SET a = b', {}, undefined, 'The provided expression refers to an attribute that does not exist in the item'],
    [
      'SET a = a + :v',
      { a: { S: 'x' } },
      { ':v': { N: '1' } },
      'An operand in the update expression has an incorrect data type',
    ],
    [
      'SET m.a = :v',
      {},
      { ':v': { N: '1' } },
      'The document path provided in the update expression is invalid for update',
    ],
    [
      'SET l[0] = :v',
      { l: { M: {} } },
      { ':v': { N: '1' } },
      'The document path provided in the update expression is invalid for update',
    ],
    ['SET a = :v, a.b = :v', {}, { ':v': { N: '1' } }, 'Two document paths overlap with each other'],
    ['SET pk = :v', {}, { ':v': { S: 'x' } }, 'Cannot update attribute pk. This attribute is part of the key'],
    [
      'ADD a :v',
      {},
      { ':v': { S: 'x' } },
      'Incorrect operand type for operator or function; operator: ADD, operand type: STRING',
    ],
    [
      'ADD a :v',
      { a: { S: 'x' } },
      { ':v': { N: '1' } },
      'An operand in the update expression has an incorrect data type',
    ],
    ['SET a = a + :v', { a: { N: `99${'0'.repeat(124)}` } }, { ':v': { N: '9.9E125' } }, 'Number overflow'],
    [
      'SET a = :v SET b = :v',
      {},
      { ':v': { N: '1' } },
      'The "SET" section can only be used once in an update expression;',
    ],
  ])('%s on %j is refused and changes nothing', (expression, before, values, message) => {
    expect(() => updated(before, expression, values)).toThrow(message);
    expect(on.call('GetItem', { TableName: 'things', Key: keyOf('p') }).Item).toEqual({ ...keyOf('p'), ...before });
  });
});

// "Using projection expressions in DynamoDB" in the developer guide.
describe('projections', () => {
  test.each<[string, object]>([
    ['title, absent', { title: stored.title }],
    [
      'elements[2].deep, elements[0], doc.part',
      { elements: { L: [{ S: 'a' }, { M: { deep: { BOOL: true } } }] }, doc: stored.doc },
    ],
    ['doc.absent, elements[9]', {}],
  ])('%s', (expression, expected) => {
    on.call('PutItem', { TableName: 'things', Item: stored });
    const { Item } = on.call('GetItem', { TableName: 'things', Key: keyOf('p'), ProjectionExpression: expression });
    expect({ ...Item }).toEqual(expected);
  });
});
