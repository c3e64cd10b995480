/**
 * Finds the WebSocket API and stage behind the path of an upgrade request.
 *
 * On AWS a client connects to `wss://{api}/{stage}`, and API Gateway accepts no further path. An application
 * that promises its clients paths such as `/api/scada/ws/alarms` puts CloudFront in front: a CloudFront
 * function rewrites `<prefix>/{name}` to `/{stage}?channel={name}`. The tag `mizan:websocket-path-prefix` on
 * the API (`/api/scada/ws` here) makes the local gateway do the same rewriting, so that clients use the same
 * paths on a laptop. Without the tag the stage has to be the first segment of the path; what follows it is
 * ignored, again as behind a rewriting distribution.
 */
import type { Api, Stage } from '../model.ts';

export interface UpgradeTarget {
  api: Api;
  stage: Stage;
  /** With the added `channel`, if the path named one. */
  rawQueryString: string;
}

export function upgradeTarget(apis: Api[], url: string): UpgradeTarget | undefined {
  const queryAt = url.indexOf('?');
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  const rawQueryString = queryAt < 0 ? '' : url.slice(queryAt + 1);
  return byPrefix(apis, path, rawQueryString) ?? byStage(apis, path, rawQueryString);
}

function byPrefix(apis: Api[], path: string, query: string): UpgradeTarget | undefined {
  for (const api of apis) {
    const prefix = api.webSocketPathPrefix?.replace(/\/+$/, '');
    if (prefix === undefined || !path.startsWith(`${prefix}/`)) continue;
    const name = path.slice(prefix.length + 1);
    const [stage] = api.stages.values();
    if (!stage || name === '' || name.includes('/')) continue;
    return { api, stage, rawQueryString: withChannel(query, name) };
  }
  return undefined;
}

/** The path's channel replaces one that the client put into its query string. */
function withChannel(query: string, channel: string): string {
  const others = query.split('&').filter((pair) => pair !== '' && !/^channel(=|$)/.test(pair));
  return [...others, `channel=${channel}`].join('&');
}

function byStage(apis: Api[], path: string, rawQueryString: string): UpgradeTarget | undefined {
  const name = path.slice(1).split('/', 1)[0]!;
  for (const api of apis) {
    const stage = api.stages.get(name);
    if (stage) return { api, stage, rawQueryString };
  }
  return undefined;
}
