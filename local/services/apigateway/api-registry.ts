/**
 * The declared APIs and how a request finds its own. An application too large for one HTTP API spreads over
 * several behind one host name; so the root serves them all as one, the most specific route of any API first.
 * One API alone is served at `/_apis/{apiId}`, or anywhere by a `Host` that starts with its id, as on AWS.
 */
import { ConfigurationError } from '../../runtime/types.ts';
import type { Api } from './model.ts';
import { RouteTable } from './route-table.ts';

export interface HttpTarget extends HttpScope {
  /** Encoded, without prefix and stage. */
  path: string;
}

/** A set of APIs that share an address and a stage name. */
interface HttpScope {
  /** Answers for requests that no route takes. */
  api: Api;
  stageName: string;
  routes: RouteTable;
}

const API_PREFIX = '/_apis/';
const ID_LENGTH = 10;

export class ApiRegistry {
  readonly #apis = new Map<string, Api>();
  readonly #http: Api[] = [];
  /** By API id (empty for the root) and stage name; filled on demand. */
  readonly #scopes = new Map<string, HttpScope | undefined>();

  add(api: Api): void {
    if (this.#apis.has(api.id)) throw new ConfigurationError(`Two APIs have the id ${api.id}.`);
    this.#apis.set(api.id, api);
    if (api.protocol === 'HTTP') this.#http.push(api);
    this.changed();
  }

  /** Stages or routes were added: the next request sees them. */
  changed(): void {
    this.#scopes.clear();
  }

  get(id: string): Api | undefined {
    return this.#apis.get(id);
  }

  webSocketApis(): Api[] {
    return [...this.#apis.values()].filter((api) => api.protocol === 'WEBSOCKET');
  }

  /** Where clients reach one HTTP API below the gateway's URL; the first has the root. */
  httpPrefix(api: Api): string {
    return api === this.#http[0] ? '' : `${API_PREFIX}${api.id}`;
  }

  httpTarget(host: string | undefined, rawPath: string): HttpTarget | undefined {
    // `OPTIONS *` and the absolute form are for proxies.
    if (!rawPath.startsWith('/')) return undefined;
    const byHost = host === undefined ? undefined : this.#http.find(({ id }) => isHostOf(host, id));
    if (byHost) return this.#staged(byHost.id, rawPath);
    if (!rawPath.startsWith(API_PREFIX)) return this.#staged('', rawPath);
    const id = rawPath.slice(API_PREFIX.length, API_PREFIX.length + ID_LENGTH);
    const path = rawPath.slice(API_PREFIX.length + ID_LENGTH) || '/';
    return path.startsWith('/') ? this.#staged(id, path) : undefined;
  }

  /**
   * "If the request explicitly matches a stage, API Gateway sends the request to that stage. If no stage fully
   * matches the request, API Gateway sends the request to the $default stage."
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html#http-api-develop-routes.evaluation
   */
  #staged(apiId: string, path: string): HttpTarget | undefined {
    const end = path.indexOf('/', 1);
    const first = end < 0 ? path.slice(1) : path.slice(1, end);
    const named = first === '$default' ? undefined : this.#scope(apiId, first);
    if (named) return { ...named, path: end < 0 ? '/' : path.slice(end) };
    const scope = this.#scope(apiId, '$default');
    return scope && { ...scope, path };
  }

  #scope(apiId: string, stageName: string): HttpScope | undefined {
    if (!this.#http.some(({ stages }) => stages.has(stageName))) return undefined;
    const key = `${apiId}/${stageName}`;
    if (!this.#scopes.has(key)) {
      const apis = this.#http.filter(({ id, stages }) => stages.has(stageName) && (apiId === '' || id === apiId));
      const routes = new RouteTable(apis.flatMap((api) => [...api.routes.values()]));
      this.#scopes.set(key, apis[0] && { api: apis[0], stageName, routes });
    }
    return this.#scopes.get(key);
  }
}

function isHostOf(host: string, id: string): boolean {
  return host.startsWith(id) && host[id.length] === '.';
}
