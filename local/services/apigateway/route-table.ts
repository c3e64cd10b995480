/**
 * Selects the route of an HTTP API request. Paths are kept as a tree of segments so that selection costs
 * the same for three routes and for three hundred.
 * Order of preference: a full match, then a greedy path variable, then `$default`; on one path a method
 * before `ANY`.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html#http-api-develop-routes.evaluation
 */
import type { Route } from './model.ts';

interface Node {
  literal: Map<string, Node>;
  variable: Node | undefined;
  /** Routes that end in `{name+}` below this node. */
  greedy: Methods | undefined;
  methods: Methods | undefined;
}

/** Variable names belong to the route, since two routes may name the same position differently. */
type Methods = Map<string, { route: Route; names: string[] }>;

export interface RouteMatch {
  route: Route;
  pathParameters: Record<string, string> | undefined;
}

export class RouteTable {
  readonly #root = newNode();
  #default: Route | undefined;

  constructor(routes: Iterable<Route>) {
    for (const route of routes) this.#add(route);
  }

  /** @param segments decoded path segments without the leading empty one */
  match(method: string, segments: string[]): RouteMatch | undefined {
    const values: string[] = [];
    const found =
      find(this.#root, method, segments, 0, values, false) ?? find(this.#root, method, segments, 0, values, true);
    if (found) return { route: found.route, pathParameters: nameValues(found.names, values) };
    return this.#default && { route: this.#default, pathParameters: undefined };
  }

  #add(route: Route): void {
    if (route.key === '$default') {
      this.#default ??= route;
      return;
    }
    const [method = '', path = ''] = route.key.split(' ');
    const names: string[] = [];
    let node = this.#root;
    for (const segment of splitPath(path)) {
      const variable = /^\{([^}+]+)(\+?)\}$/.exec(segment);
      if (!variable) {
        node = child(node.literal, segment);
        continue;
      }
      names.push(variable[1]!);
      if (variable[2]) {
        node.greedy ??= new Map();
        addOnce(node.greedy, method, { route, names });
        return;
      }
      node.variable ??= newNode();
      node = node.variable;
    }
    node.methods ??= new Map();
    addOnce(node.methods, method, { route, names });
  }
}

/** `/pets/1` gives `['pets', '1']`, `/` gives `['']`. */
export function splitPath(path: string): string[] {
  return path.slice(1).split('/');
}

/** Depth first, the more specific branch first; falls back when a branch has no route for the method. */
function find(
  node: Node,
  method: string,
  segments: string[],
  at: number,
  values: string[],
  greedily: boolean,
): { route: Route; names: string[] } | undefined {
  if (at === segments.length) return byMethod(node.methods, method);
  const segment = segments[at]!;
  const depth = values.length;
  const literal = node.literal.get(segment);
  if (literal) {
    const found = find(literal, method, segments, at + 1, values, greedily);
    if (found) return found;
  }
  if (node.variable && segment !== '') {
    values.push(segment);
    const found = find(node.variable, method, segments, at + 1, values, greedily);
    if (found) return found;
    values.length = depth;
  }
  const greedy = greedily ? byMethod(node.greedy, method) : undefined;
  if (greedy) {
    const rest = segments.slice(at).join('/');
    if (rest !== '') {
      values.push(rest);
      return greedy;
    }
  }
  return undefined;
}

/** Where several APIs declare the same route, the first keeps it. */
function addOnce(methods: Methods, method: string, entry: { route: Route; names: string[] }): void {
  if (!methods.has(method)) methods.set(method, entry);
}

function byMethod(methods: Methods | undefined, method: string) {
  return methods?.get(method) ?? methods?.get('ANY');
}

function nameValues(names: string[], values: string[]): Record<string, string> | undefined {
  if (names.length === 0) return undefined;
  const parameters: Record<string, string> = Object.create(null);
  for (let i = 0; i < names.length; i++) parameters[names[i]!] = values[i]!;
  return parameters;
}

function newNode(): Node {
  return { literal: new Map(), variable: undefined, greedy: undefined, methods: undefined };
}

function child(nodes: Map<string, Node>, segment: string): Node {
  let node = nodes.get(segment);
  if (!node) {
    node = newNode();
    nodes.set(segment, node);
  }
  return node;
}
