/** Matches a method and path to a route of one resource; a static segment beats a parameter, as in API Gateway. */
import type { Resource, Route, Routes } from './route.ts';

export interface RouteMatch {
  operationId: string;
  route: Route;
  params: Record<string, string>;
}

export type Match = RouteMatch | { allowedMethods: string[] } | undefined;

interface Compiled {
  operationId: string;
  route: Route;
  segments: string[];
  /** For each segment `0` when static, `1` when a parameter: sorts the more specific route first. */
  specificity: string;
}

export function createRouter(resource: Resource<Routes>): (method: string, path: string) => Match {
  const compiled: Compiled[] = Object.entries(resource.routes)
    .map(([operationId, route]) => {
      const segments = split(resource.base + route.path);
      return { operationId, route, segments, specificity: segments.map((s) => (isParameter(s) ? '1' : '0')).join('') };
    })
    .sort((a, b) => (a.specificity < b.specificity ? -1 : a.specificity > b.specificity ? 1 : 0));

  return (method, path) => {
    const parts = split(path);
    const fitting = compiled.filter((candidate) => fits(candidate.segments, parts));
    if (fitting.length === 0) return undefined;
    const found = fitting.find((candidate) => candidate.route.method === method);
    if (found === undefined)
      return { allowedMethods: [...new Set(fitting.map((candidate) => candidate.route.method))] };
    const params: Record<string, string> = {};
    found.segments.forEach((segment, i) => {
      if (isParameter(segment)) params[segment.slice(1, -1)] = decode(parts[i]!);
    });
    return { operationId: found.operationId, route: found.route, params };
  };
}

const split = (path: string): string[] => path.split('/').filter((segment) => segment !== '');
const isParameter = (segment: string): boolean => segment.startsWith('{');

function fits(segments: string[], parts: string[]): boolean {
  return (
    segments.length === parts.length && segments.every((segment, i) => isParameter(segment) || segment === parts[i])
  );
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The path as it may stand in a log: parameters that are credentials give way to their names. */
export function loggedPath(base: string, rawPath: string, { route: { path, secretParams } }: RouteMatch): string {
  if (secretParams === undefined) return rawPath;
  const given = rawPath.split('/');
  return (base + path)
    .split('/')
    .map((segment, i) => (secretParams.includes(segment.slice(1, -1)) ? segment : given[i]))
    .join('/');
}
