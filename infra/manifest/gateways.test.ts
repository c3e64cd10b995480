import { describe, expect, it } from 'vitest';
import type { DomainManifest } from '../../layers/kernel/domain/manifest.ts';
import type { Access, Resource, Route } from '../../layers/kernel/http/route.ts';
import { gatewayRoutes } from './gateway-routes.ts';
import { awsGatewayQuotas, needsOf, planGateways } from './plan-gateways.ts';

const route = (method: Route['method'], path: string, access: Access): Route => ({ method, path, access, summary: '' });
const resource = (base: string, routes: Route[], name = 'things'): Resource<any> => ({
  name,
  base,
  title: name,
  routes: Object.fromEntries(routes.map((value, index) => [`route${index}`, value])),
});
const keys = (of: Resource<any>, hasCors = false) =>
  gatewayRoutes(of, hasCors).map(({ key, isAuthorized }) => `${key}${isAuthorized ? ' *' : ''}`);

describe('the gateway routes of a resource', () => {
  it('are its base and all below it, behind the authorizer', () => {
    expect(keys(resource('/api/things', [route('GET', '', 'a:b'), route('GET', '/{id}', 'authenticated')]))).toEqual([
      'ANY /api/things *',
      'ANY /api/things/{proxy+} *',
    ]);
  });

  it('need nothing below a base that has nothing below it', () => {
    expect(keys(resource('/.well-known/jwks.json', [route('GET', '', 'public')]))).toEqual([
      'ANY /.well-known/jwks.json',
    ]);
  });

  it('stand open when every route is public', () => {
    const open = resource('/api/docs', [route('GET', '', 'public'), route('GET', '/{file}', 'public')]);
    expect(keys(open, true)).toEqual(['ANY /api/docs', 'ANY /api/docs/{proxy+}']);
  });

  it('let public routes of a mixed resource past the authorizer by name', () => {
    const mixed = resource('/api/v1/auth', [
      route('POST', '/login', 'public'),
      route('POST', '/logout', 'authenticated'),
    ]);
    expect(keys(mixed)).toEqual(['ANY /api/v1/auth *', 'ANY /api/v1/auth/{proxy+} *', 'POST /api/v1/auth/login']);
  });

  it('let preflights past the authorizer where browsers of other origins may call', () => {
    expect(keys(resource('/api/things', [route('GET', '/{id}', 'a:b')]), true)).toEqual([
      'ANY /api/things *',
      'ANY /api/things/{proxy+} *',
      'OPTIONS /api/things',
      'OPTIONS /api/things/{proxy+}',
    ]);
  });

  it('of the console at the root are paths that API Gateway knows', () => {
    const root = resource('/', [route('GET', '', 'public'), route('GET', '/{file}', 'public')]);
    expect(keys(root)).toEqual(['ANY /', 'ANY /{proxy+}']);
  });
});

describe('the plan of gateways', () => {
  const domain = (name: string, resources: number): DomainManifest => ({
    name,
    tables: {},
    events: [],
    resources: Array.from({ length: resources }, (_, index) => ({
      resource: resource(
        `/api/${name}/r${index}`,
        [route('GET', '', 'a:b'), route('GET', '/{id}', 'a:b')],
        `r${index}`,
      ),
      entry: 'x.ts',
      access: {},
    })),
  });
  const domains = (count: number, resources: number) =>
    Array.from({ length: count }, (_, index) => domain(`domain${index}`, resources));

  it.each([true, false])(
    'keeps every API at four fifths of its quotas with 16 domains of 15 resources (CORS: %s)',
    (hasCors) => {
      const all = domains(16, 15);
      const { count, gatewayOf } = planGateways(all, hasCors, awsGatewayQuotas);
      for (let gateway = 0; gateway < count; gateway++) {
        const on = all
          .filter(({ name }) => gatewayOf.get(name) === gateway)
          .map((manifest) => needsOf(manifest, hasCors));
        expect(on.length).toBeGreaterThan(0);
        expect(on.reduce((sum, { routes }) => sum + routes, 0)).toBeLessThanOrEqual(240);
        expect(on.reduce((sum, { integrations }) => sum + integrations, 0)).toBeLessThanOrEqual(240);
      }
    },
  );

  it('is one API as long as one holds everything', () => {
    expect(planGateways(domains(4, 10), false, awsGatewayQuotas).count).toBe(1);
  });

  it('is one API on one machine, whatever the size', () => {
    expect(planGateways(domains(16, 15), true, undefined).count).toBe(1);
  });

  it('moves no domain when one is added at the end', () => {
    const before = planGateways(domains(12, 15), true, awsGatewayQuotas);
    const after = planGateways(domains(13, 15), true, awsGatewayQuotas);
    for (const [name, gateway] of before.gatewayOf) expect(after.gatewayOf.get(name)).toBe(gateway);
  });

  it('refuses a domain that no API could hold', () => {
    expect(() => planGateways([domain('huge', 121)], false, awsGatewayQuotas)).toThrow(
      /"huge" needs 242 gateway routes.*divide/,
    );
  });
});
