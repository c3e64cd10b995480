/** Reads one resource of a device and makes samples of it; an answer that has not changed (ETag) costs no parsing. */
import type { Sample } from '../../runtime/driver.ts';
import { type MessagePoint, sampleOf } from '../messages/message-point.ts';
import type { HttpClient } from './http-client.ts';

export interface HttpPoint {
  resource: string;
  key: string | undefined;
  message: MessagePoint;
}

/** The device answered, but not with what was asked for. */
export class HttpStatusError extends Error {
  override readonly name = 'HttpStatusError';
  readonly status: number;

  constructor(resource: string, status: number) {
    super(`GET ${resource} was answered with status ${status}`);
    this.status = status;
  }
}

export class ResourceReader {
  readonly resource: string;
  readonly #points: readonly [string, HttpPoint][];
  #etag: string | undefined;
  #unchanged: Sample[] = [];

  constructor(resource: string, points: readonly [string, HttpPoint][]) {
    this.resource = resource;
    this.#points = points;
  }

  /** @throws HttpLineError or HttpStatusError */
  async read(client: HttpClient, isFresh = false): Promise<Sample[]> {
    const headers: Record<string, string> = this.#etag && !isFresh ? { 'if-none-match': this.#etag } : {};
    const answer = await client.exchange({ method: 'GET', resource: this.resource, headers });
    if (answer.status === 304 && this.#etag) return this.#unchanged.map((sample) => ({ ...sample }));
    if (answer.status !== 200) throw new HttpStatusError(this.resource, answer.status);
    const samples = this.#samplesOf(answer.body);
    this.#etag = answer.headers.etag;
    this.#unchanged = this.#etag ? samples : [];
    return samples;
  }

  /** Every point, as bad for one reason. */
  allBad(reason: string): Sample[] {
    return this.#points.map(([pointId]) => ({ pointId, value: undefined, quality: 'bad', reason }));
  }

  #samplesOf(body: string): Sample[] {
    let document: { json: unknown } | undefined;
    return this.#points.map(([pointId, { key, message }]) => {
      if (key !== undefined) return this.#sample(pointId, message, lineOf(body, key));
      if (!message.path) return this.#sample(pointId, message, body.trim());
      document ??= { json: parseJson(body) };
      if (document.json === undefined) return bad(pointId, 'the answer is no JSON');
      return this.#sample(pointId, message, document.json);
    });
  }

  #sample(pointId: string, message: MessagePoint, document: unknown): Sample {
    const sample = document === undefined ? undefined : sampleOf(pointId, message, document);
    return sample ?? bad(pointId, 'the answer does not have it');
  }
}

const bad = (pointId: string, reason: string): Sample => ({ pointId, value: undefined, quality: 'bad', reason });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `temp=23.5`, `temp: 23.5` or `temp 23.5`: the rest of the first line that begins with the name. */
function lineOf(body: string, key: string): string | undefined {
  for (const line of body.split(/\r?\n/)) {
    const text = line.trim();
    if (!text.startsWith(key)) continue;
    const rest = text.slice(key.length);
    const value = /^\s*[=:]\s*(.*)$/.exec(rest)?.[1] ?? /^\s+(.*)$/.exec(rest)?.[1];
    if (value !== undefined) return value.trim();
  }
  return undefined;
}
