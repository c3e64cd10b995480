/** Examples of the AWS IoT SQL reference, and the cases around them. */
import { describe, expect, it } from 'vitest';
import { type MessageFacts, RuleMessage } from './message.ts';
import { compileStatement, SelectError } from './rule-statement.ts';
import { compileTemplate } from './template.ts';

function message(payload: unknown, facts: Partial<MessageFacts> = {}): RuleMessage {
  return new RuleMessage({
    topic: 'topic/subtopic',
    payload: Buffer.isBuffer(payload) ? payload : Buffer.from(JSON.stringify(payload)),
    clientId: 'device-1',
    principal: 'meter',
    timestamp: 1_700_000_000_000,
    traceId: '7e146a2c-95b5-6caf-98b9-50e3969734c7',
    sourceIp: '192.0.2.1',
    accountId: '123456789012',
    ...facts,
  });
}

function run(sql: string, payload: unknown, facts: Partial<MessageFacts> = {}): unknown {
  const outgoing = compileStatement(sql).evaluate(message(payload, facts));
  return typeof outgoing === 'string' && outgoing !== '' ? JSON.parse(outgoing) : outgoing;
}

/** The value of one expression over a payload. */
function value(expression: string, payload: unknown = {}): unknown {
  return (run(`SELECT ${expression} AS x FROM 't'`, payload) as { x: unknown }).x;
}

describe('SELECT clause (iot-sql-select)', () => {
  const payload = { color: 'red', temperature: 50 };
  it('passes the whole payload, single keys, renamed keys and added ones', () => {
    expect(run("SELECT * FROM 't'", payload)).toEqual(payload);
    expect(run("SELECT color FROM 't'", payload)).toEqual({ color: 'red' });
    expect(run("SELECT color as my_color, temperature as f FROM 't'", payload)).toEqual({ my_color: 'red', f: 50 });
    expect(run("SELECT *, 15 as speed FROM 't'", payload)).toEqual({ ...payload, speed: 15 });
  });
  it('SELECT VALUE gives the value itself', () => {
    expect(run("SELECT VALUE color FROM 't'", payload)).toBe('red');
    expect(run("SELECT VALUE missing FROM 't'", payload)).toBe('');
  });
  it('drills into objects, computes and groups', () => {
    expect(run("SELECT color.red as red_value FROM 't'", { color: { red: 255 } })).toEqual({ red_value: 255 });
    expect(run("SELECT color.red FROM 't'", { color: { red: 255 } })).toEqual({ red: 255 });
    expect(run("SELECT (temperature - 32) * 5 / 9 AS celsius, upper(color) as c FROM 't'", payload)).toEqual({
      celsius: 10,
      c: 'RED',
    });
  });
  it('leaves Undefined out and keeps null', () => {
    expect(run("SELECT foo, bar, a.b.c FROM 't'", { foo: null, a: 1 })).toEqual({ foo: null });
    expect(run("SELECT constructor, toString FROM 't'", {})).toEqual({});
  });
  it('keeps every digit of a payload that passes whole', () => {
    const exact = Buffer.from('{"register":12345678901234567.891}');
    expect(compileStatement("SELECT * FROM 't'").evaluate(message(exact))).toBe('{"register":12345678901234567.891}');
  });
});

describe('WHERE clause (iot-sql-where)', () => {
  it('holds back messages unless the condition is true', () => {
    const statement = "SELECT color AS my_color FROM 't' WHERE temperature > 50 AND color <> 'red'";
    expect(run(statement, { color: 'red', temperature: 40 })).toBeUndefined();
    expect(run(statement, { color: 'blue', temperature: 51 })).toEqual({ my_color: 'blue' });
    expect(run("SELECT * FROM 't' WHERE missing > 1", {})).toBeUndefined();
    expect(run("SELECT * FROM 't' WHERE 'yes'", {})).toBeUndefined();
  });
});

describe('binary payloads (binary-payloads)', () => {
  const bytes = Buffer.from([0xff, 0x00, 0x10]);
  it('encode(*) takes the bytes whatever they are', () => {
    const sql =
      "SELECT encode(*, 'base64') AS data, topic() AS topic, clientid() AS clientId, timestamp() AS at FROM 't'";
    expect(run(sql, bytes)).toEqual({
      data: '/wAQ',
      topic: 'topic/subtopic',
      clientId: 'device-1',
      at: 1_700_000_000_000,
    });
    expect(run(sql, Buffer.from('{"a":1}'))).toMatchObject({ data: 'eyJhIjoxfQ==' });
  });
  it('SELECT * gives the bytes, also behind a condition without payload', () => {
    expect(run("SELECT * FROM 't'", bytes)).toEqual(bytes);
    expect(run("SELECT * FROM 't' WHERE timestamp() % 2 = 0", bytes)).toEqual(bytes);
    expect(run("SELECT * FROM 't' WHERE device_type = 'thermostat'", bytes)).toBeUndefined();
  });
  it('cannot join bytes with columns', () => {
    expect(() => run("SELECT *, timestamp() AS at FROM 't'", bytes)).toThrow(SelectError);
  });
  it('reads a scalar through decode(encode(*)) (iot-sql-where, non-JSON example)', () => {
    const sql =
      "SELECT decode(encode(*, 'base64'), 'base64') AS value FROM 't' WHERE decode(encode(*, 'base64'), 'base64') > 50";
    expect(run(sql, Buffer.from('80'))).toEqual({ value: 80 });
    expect(run(sql, Buffer.from('30'))).toBeUndefined();
  });
});

describe('operators (iot-sql-operators)', () => {
  it.each<[string, unknown]>([
    ['1 + 2', 3],
    ["1 + 'a'", '1a'],
    ["'a' + true", 'atrue'],
    ['true + 1', undefined],
    ["'5' - 2", 3],
    ["'x' - 2", undefined],
    ['7 / 2', 3],
    ['-7 / 2', -3],
    ['7 / 2.5', 2.8],
    ['1 / 0', undefined],
    ['7 % 4', 3],
    ["'10' > 9", true],
    ["'a' > 9", undefined],
    ['1 = 1.0', true],
    ["1 = '1'", false],
    ["1 <> '1'", true],
    ['missing = 1', undefined],
    ['[1, {"a": 2}] = [1, {"a": 2}]', true],
    ['NULL = NULL', true],
    ["true AND 'TRUE'", true],
    ['true AND 1', undefined],
    ['NOT false', true],
    ['3 IN [1, 2, 3]', true],
    ['4 IN [1, 2, 3]', false],
    ['- 5', -5],
  ])('%s is %j', (expression, expected) => {
    expect(value(expression)).toEqual(expected);
  });
});

describe('functions (iot-sql-functions)', () => {
  it.each<[string, unknown]>([
    ['abs(-5)', 5],
    ["abs('-5.123')", 5.123],
    ['ceil(-1.2)', -1],
    ['floor(-1.2)', -2],
    ['round(2.5)', 3],
    ['round(-2.5)', -3],
    ['bitand(13, 5)', 5],
    ['bitor(8, 5)', 13],
    ['power(2, 5)', 32],
    ['sqrt(9)', 3],
    ['mod(8, 3)', 2],
    ['trunc(2.3123, 2)', 2.31],
    ['trunc(2.888, 2)', 2.88],
    ['acos(2)', undefined],
    ['Nanvl(8, 3)', 8],
    ['nanvl(missing, 3)', 3],
    ['cast(true as Int)', 1],
    ["cast('5E-2' as Decimal)", 0.05],
    ["cast('TRUE' as Bool)", true],
    ['cast([1, "a"] as String)', '[1,"a"]'],
    ['concat([1, 2, 3], "hello", [4, 5, 6])', [1, 2, 3, 'hello', 4, 5, 6]],
    ['concat(1, "hello")', '1hello'],
    ['endswith("cat","at")', true],
    ['startswith("ranger","ran")', true],
    ['startswith(missing, "ran")', undefined],
    ['indexof("abcd", "bc")', 1],
    ['length(false)', 5],
    ['numbytes("€")', 3],
    ['lower(["HELLO"])', '["hello"]'],
    ['lpad("hello", 2)', '  hello'],
    ['Ltrim(" h i ")', 'h i '],
    ['trim(" hi ")', 'hi'],
    ['replace("abcdabcd", "b", "x")', 'axcdaxcd'],
    ['replace("a$b", "b", "$&")', 'a$$&'],
    ['regexp_matches("aaaa", "a{2,}")', true],
    ['regexp_matches("aaaa", "(")', undefined],
    ['regexp_replace("abcd", "b(.*)d", "$1")', 'ac'],
    ['regexp_substr("hihihello", "(hi)*")', 'hihi'],
    ['substring("012345", 2.745)', '2345'],
    ['substring(123, 2)', '3'],
    ['substring("012345", -50, 50)', '012345'],
    ['substring("012345", 3, 1)', ''],
    ['substring(false, -2.411E247)', 'false'],
    ['chr(65)', 'A'],
    ['md5("hello")', '5d41402abc4b2a76b9719d911017c592'],
    ['get(["a", "b", "c"], 1)', 'b'],
    ['get({"a":"b"}, "a")', 'b'],
    ['get("abc", 1)', 'b'],
    ['get([1], 5)', undefined],
    ['isNull(Null)', true],
    ['isUndefined(floor([1,2,3]))', true],
    ["decode('not base64!', 'base64')", null],
    ["encode('hi', 'base64')", 'aGk='],
    ['topic(1)', 'topic'],
    ['topic(3)', undefined],
    ['accountid()', '123456789012'],
    ['sourceip()', '192.0.2.1'],
    ['traceid()', '7e146a2c-95b5-6caf-98b9-50e3969734c7'],
    [`parse_time("yyyy.MM.dd G 'at' HH:mm:ss z", 100000000, 'America/Belize')`, '1970.01.01 AD at 21:46:40 CST'],
    [
      "parse_time('EEE d MMM yyyy hh:mm:ss.SSS a Z', 1700000000123, 'Asia/Aden')",
      'Wed 15 Nov 2023 01:13:20.123 AM +0300',
    ],
    ["parse_time('yyyy', 0, 'Nowhere/Land')", undefined],
    [
      'transform("enrichArray", {"k": 1}, [{"a": 3}, {"b": 4}])',
      [
        { a: 3, k: 1 },
        { b: 4, k: 1 },
      ],
    ],
  ])('%s is %j', (expression, expected) => {
    expect(value(expression)).toEqual(expected);
  });

  it('reads into decoded JSON', () => {
    expect(value('decode(t,"base64").temperature', { t: 'eyAidGVtcGVyYXR1cmUiOiAzMyB9Cg==' })).toBe(33);
  });
  it('clientid() is n/a and traceid() Undefined without MQTT', () => {
    expect(
      run("SELECT clientid() AS c, traceid() AS t FROM 't'", {}, { clientId: undefined, traceId: undefined }),
    ).toEqual({
      c: 'n/a',
    });
  });
  it.each([
    ["SELECT get_thing_shadow('a', 'b') AS x FROM 't'", 'has no function get_thing_shadow()'],
    ["SELECT topic(1, 2) AS x FROM 't'", 'topic() takes 0 to 1 arguments'],
    ["SELECT encode(*, 'hex') AS x FROM 't'", "'base64' only"],
    ["SELECT cast(a AS date) AS x FROM 't'", 'cast() knows no type "date"'],
    ["SELECT parse_time('yyyy-ww', 0) AS x FROM 't'", 'does not know every letter'],
    ["SELECT * FROM 'a/#/b'", 'is not a topic filter'],
    ["SELECT * FROM 'a/b+'", 'is not a topic filter'],
  ])('refuses %s when the rule is made', (sql, text) => {
    expect(() => compileStatement(sql)).toThrow(text);
  });
});

describe('CASE (iot-sql-case)', () => {
  const sql = "CASE color WHEN 'green' THEN 'go' WHEN 'yellow' THEN 'caution' ELSE 'none' END";
  it('takes the first equal branch, else ELSE, and Undefined for an undefined value', () => {
    expect(value(sql, { color: 'yellow' })).toBe('caution');
    expect(value(sql, { color: 'blue' })).toBe('none');
    expect(value(sql, {})).toBeUndefined();
  });
});

describe('nested queries (iot-sql-nested-queries)', () => {
  const payload = {
    e: [
      { n: 'temperature', u: 'Cel', v: 22.5 },
      { n: 'light', u: 'lm', v: 135 },
    ],
  };
  it.each<[string, unknown]>([
    ['(SELECT VALUE n FROM e)', ['temperature', 'light']],
    ["(SELECT v FROM e WHERE n = 'temperature')", [{ v: 22.5 }]],
    ["get((SELECT v FROM e WHERE n = 'temperature'), 0).v", 22.5],
    ["EXISTS (SELECT * FROM e AS r WHERE r.n = 'light')", true],
    ["EXISTS (SELECT * FROM e WHERE n = 'none')", false],
  ])('%s is %j', (expression, expected) => {
    expect(value(expression, payload)).toEqual(expected);
  });
});

describe('substitution templates (iot-substitution-templates)', () => {
  it('fills expressions in, nothing for Undefined', () => {
    const template = compileTemplate(`\${topic(1)}/\${a.b}/\${missing}/\${get({'k': '}'}, 'k')}!`);
    expect(template(message({ a: { b: 5 } }))).toBe('topic/5//}!');
  });
  it('fails when the rule is made, not at the first message', () => {
    expect(() => compileTemplate(`\${topic(`)).toThrow('no closing brace');
    expect(() => compileTemplate(`\${nothing(1)}`)).toThrow('no function');
  });
});
