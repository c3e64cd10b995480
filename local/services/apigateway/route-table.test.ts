import { expect, test } from 'vitest';
import type { Route } from './model.ts';
import { RouteTable, splitPath } from './route-table.ts';

function tableOf(...keys: string[]) {
  const routes = keys.map(
    (key): Route => ({
      id: key,
      api: undefined as never,
      key,
      integration: undefined,
      authorizer: undefined,
      twoWay: false,
    }),
  );
  const table = new RouteTable(routes);
  return (method: string, path: string) => {
    const match = table.match(method, splitPath(path));
    return match && [match.route.key, { ...match.pathParameters }];
  };
}

test('routes are selected as the example of the developer guide says', () => {
  const match = tableOf('GET /pets/dog/1', 'GET /pets/dog/{id}', 'GET /pets/{proxy+}', 'ANY /{proxy+}', '$default');
  expect(match('GET', '/pets/dog/1')).toEqual(['GET /pets/dog/1', {}]);
  expect(match('GET', '/pets/dog/2')).toEqual(['GET /pets/dog/{id}', { id: '2' }]);
  expect(match('GET', '/pets/cat/1')).toEqual(['GET /pets/{proxy+}', { proxy: 'cat/1' }]);
  expect(match('POST', '/test/5')).toEqual(['ANY /{proxy+}', { proxy: 'test/5' }]);
  expect(match('GET', '/')).toEqual(['$default', {}]);
});

test('a method wins over ANY on the same path', () => {
  const match = tableOf('ANY /a', 'GET /a', 'ANY /b/{x+}', 'OPTIONS /b/{y+}');
  expect(match('GET', '/a')).toEqual(['GET /a', {}]);
  expect(match('PUT', '/a')).toEqual(['ANY /a', {}]);
  expect(match('OPTIONS', '/b/1/2')).toEqual(['OPTIONS /b/{y+}', { y: '1/2' }]);
  expect(match('GET', '/b/1')).toEqual(['ANY /b/{x+}', { x: '1' }]);
});

test('a full match wins over a greedy one with a longer literal start', () => {
  const match = tableOf('GET /{collection}/search', 'GET /meters/{proxy+}');
  expect(match('GET', '/meters/search')).toEqual(['GET /{collection}/search', { collection: 'meters' }]);
  expect(match('GET', '/meters/1')).toEqual(['GET /meters/{proxy+}', { proxy: '1' }]);
});

test('the search falls back when the more specific path lacks the method', () => {
  const match = tableOf('GET /pets/dog', 'POST /pets/{kind}', 'ANY /pets/{proxy+}');
  expect(match('POST', '/pets/dog')).toEqual(['POST /pets/{kind}', { kind: 'dog' }]);
  expect(match('PUT', '/pets/dog')).toEqual(['ANY /pets/{proxy+}', { proxy: 'dog' }]);
});

test('every route keeps its own variable names', () => {
  const match = tableOf('GET /a/{x}', 'POST /a/{y}', 'GET /a/{z}/b/{w}');
  expect(match('GET', '/a/1')).toEqual(['GET /a/{x}', { x: '1' }]);
  expect(match('POST', '/a/1')).toEqual(['POST /a/{y}', { y: '1' }]);
  expect(match('GET', '/a/1/b/2')).toEqual(['GET /a/{z}/b/{w}', { z: '1', w: '2' }]);
});

test('variables do not match nothing', () => {
  const match = tableOf('GET /a/{x}', 'GET /b/{proxy+}');
  expect(match('GET', '/a/')).toBeUndefined();
  expect(match('GET', '/b/')).toBeUndefined();
  expect(match('GET', '/b')).toBeUndefined();
});
