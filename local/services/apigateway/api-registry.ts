/**
 * The declared APIs and how a request finds its own. The first HTTP API is served at the root; further ones
 * at `/_apis/{apiId}`, or anywhere by a `Host` that starts with the API's id, as on AWS.
 */
import type { Api, Stage } from './model.ts';
import { RouteTable } from './route-table.ts';

export interface HttpTarget {
  api: Api;
  stage: Stage;
  routes: RouteTable;
  /** Encoded, without prefix and stage. */
  path: string;
}

const API_PREFIX = '/_apis/';

export class ApiRegistry {
  readonly #apis = new Map<string, Api>();
  readonly #tables = new Map<Api, RouteTable>();
  #root: Api | undefined;

  add(api: Api): void {
    this.#apis.set(api.id, api);
    if (api.protocol === 'HTTP') this.#root ??= api;
  }

  get(id: string): Api | undefined {
    return this.#apis.get(id);
  }

  webSocketApis(): Api[] {
    return [...this.#apis.values()].filter((api) => api.protocol === 'WEBSOCKET');
  }

  /** Where clients reach an HTTP API below the gateway's URL. */
  httpPrefix(api: Api): string {
    return api === this.#root ? '' : `${API_PREFIX}${api.id}`;
  }

  /** Routes were added: the next request sees them. */
  routesChanged(api: Api): void {
    this.#tables.delete(api);
  }

  httpTarget(host: string | undefined, rawPath: string): HttpTarget | undefined {
    if (!rawPath.startsWith('/')) return undefined;
    let api = this.#root;
    let path = rawPath;
    if (this.#apis.size > 1) {
      const named = this.#byHost(host) ?? this.#byPrefix(rawPath);
      if (named) {
        api = named;
        if (rawPath.startsWith(API_PREFIX)) path = rawPath.slice(API_PREFIX.length + named.id.length) || '/';
      }
    }
    if (!api) return undefined;
    const staged = selectStage(api, path);
    return staged && { api, routes: this.#routeTable(api), ...staged };
  }

  #byHost(host: string | undefined): Api | undefined {
    const api = host && this.#apis.get(host.slice(0, 10));
    return api && host[10] === '.' && api.protocol === 'HTTP' ? api : undefined;
  }

  #byPrefix(path: string): Api | undefined {
    if (!path.startsWith(API_PREFIX)) return undefined;
    const api = this.#apis.get(path.slice(API_PREFIX.length).split('/', 1)[0]!);
    return api?.protocol === 'HTTP' ? api : undefined;
  }

  #routeTable(api: Api): RouteTable {
    let table = this.#tables.get(api);
    if (!table) {
      table = new RouteTable(api.routes.values());
      this.#tables.set(api, table);
    }
    return table;
  }
}

/**
 * "If the request explicitly matches a stage, API Gateway sends the request to that stage. If no stage fully
 * matches the request, API Gateway sends the request to the $default stage."
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html#http-api-develop-routes.evaluation
 */
function selectStage(api: Api, path: string): { stage: Stage; path: string } | undefined {
  const defaultStage = api.stages.get('$default');
  if (api.stages.size > 1 || !defaultStage) {
    const end = path.indexOf('/', 1);
    const first = end < 0 ? path.slice(1) : path.slice(1, end);
    const stage = first === '$default' ? undefined : api.stages.get(first);
    if (stage) return { stage, path: end < 0 ? '/' : path.slice(end) };
  }
  return defaultStage && { stage: defaultStage, path };
}
