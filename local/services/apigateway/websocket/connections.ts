/** The open WebSocket connections of all APIs, by connection id. */
import type { Connection } from './connection.ts';

export interface ConnectionSummary {
  connectionId: string;
  apiId: string;
  stage: string;
  connectedAt: number;
  lastActiveAt: number;
}

export class Connections {
  readonly #open = new Map<string, Connection>();
  #whenEmpty: (() => void) | undefined;

  add(connection: Connection): void {
    this.#open.set(connection.facts.id, connection);
  }

  get(id: string): Connection | undefined {
    return this.#open.get(id);
  }

  remove(connection: Connection): void {
    connection.ended();
    this.#open.delete(connection.facts.id);
    if (this.#open.size === 0) this.#whenEmpty?.();
  }

  /** Says goodbye to every client; those that do not answer within the grace period are cut. */
  async closeAll(graceMs: number): Promise<void> {
    if (this.#open.size === 0) return;
    const empty = new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
    });
    for (const connection of this.all()) connection.close(1001, 'Going away');
    const cut = setTimeout(() => {
      for (const connection of this.all()) connection.terminate();
    }, graceMs);
    await empty;
    clearTimeout(cut);
  }

  all(): Connection[] {
    return [...this.#open.values()];
  }

  list(): ConnectionSummary[] {
    return this.all().map(({ facts: { id, api, stage, connectedAt }, lastActiveAt }) => ({
      connectionId: id,
      apiId: api.id,
      stage: stage.name,
      connectedAt,
      lastActiveAt,
    }));
  }
}
