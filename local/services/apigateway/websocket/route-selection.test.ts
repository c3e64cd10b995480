import { expect, test } from 'vitest';
import { compileRouteSelection } from './route-selection.ts';

const MESSAGE = '{"service":"chat","action":"join","data":{"room":"room1234","n":5,"list":[1,2]}}';

test.each([
  ['$request.body.action', 'join'],
  ['${request.body.action}', 'join'],
  ['${request.body.service}/${request.body.action}', 'chat/join'],
  ['${request.body.action}-${request.body.invalidPath}', 'join-'],
  ['$request.body.data.room', 'room1234'],
  ['$request.body.data.n', '5'],
  ['action', 'action'],
  ['\\$default', '$default'],
])('%s selects %s', (expression, key) => {
  expect(compileRouteSelection(expression)(MESSAGE)).toBe(key);
});

test('a message that is not a JSON object cannot be evaluated', () => {
  const select = compileRouteSelection('$request.body.action');
  for (const message of ['', 'text', '5', 'null', '{']) expect(select(message)).toBeUndefined();
  expect(select('{"constructor":1}')).toBe('');
});

test.each(['$request.header.x', '$request.body.items[0]', '$request.body.a..b'])('%s is refused', (expression) => {
  expect(() => compileRouteSelection(expression)).toThrow(/Route selection expression/);
});
