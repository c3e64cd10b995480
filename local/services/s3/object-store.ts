/**
 * Keeps the objects of one bucket, in memory or as one file per object. The keys and metadata are
 * always in memory; a file holds a header with the metadata and then the bytes:
 *
 *   | header length, 4 | header, JSON | bytes … |
 */
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, readSync } from 'node:fs';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface ObjectMetadata {
  key: string;
  size: number;
  /** With its quotes. */
  etag: string;
  /** Milliseconds since the epoch. */
  lastModified: number;
  /** Headers given back as they came: content-type, cache-control …, and user metadata `x-amz-meta-*`. */
  headers: Record<string, string>;
  /** `x-amz-checksum-*` headers. */
  checksums: Record<string, string>;
  tags: Record<string, string>;
}

export class ObjectStore {
  readonly #folder: string | undefined;
  readonly #index = new Map<string, ObjectMetadata>();
  readonly #bodies = new Map<string, Buffer>();
  #writes = 0;

  /** @param folder where the files lie; undefined keeps everything in memory */
  constructor(folder: string | undefined) {
    this.#folder = folder;
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) if (name.endsWith('.object')) this.#load(join(folder, name));
  }

  get(key: string): ObjectMetadata | undefined {
    return this.#index.get(key);
  }

  /** Keys in the order of their UTF-8 bytes, as S3 lists them. */
  keys(): string[] {
    return [...this.#index.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  get size(): number {
    return this.#index.size;
  }

  async put(metadata: ObjectMetadata, body: Buffer): Promise<void> {
    if (this.#folder === undefined) this.#bodies.set(metadata.key, body);
    else {
      const path = this.#path(metadata.key);
      const temporary = `${path}.${++this.#writes}.new`;
      const header = Buffer.from(JSON.stringify(metadata));
      const length = Buffer.alloc(4);
      length.writeUInt32BE(header.length);
      await writeFile(temporary, Buffer.concat([length, header, body]));
      await rename(temporary, path);
    }
    this.#index.set(metadata.key, metadata);
  }

  /** The bytes from `start` to before `end`. */
  async read(metadata: ObjectMetadata, start: number, end: number): Promise<Buffer> {
    const kept = this.#bodies.get(metadata.key);
    if (kept !== undefined) return kept.subarray(start, end);
    const file = await open(this.#path(metadata.key));
    try {
      const length = Buffer.alloc(4);
      await file.read(length, 0, 4, 0);
      const body = Buffer.alloc(end - start);
      await file.read(body, 0, body.length, 4 + length.readUInt32BE() + start);
      return body;
    } finally {
      await file.close();
    }
  }

  async delete(key: string): Promise<void> {
    if (!this.#index.delete(key)) return;
    this.#bodies.delete(key);
    if (this.#folder !== undefined) await rm(this.#path(key), { force: true });
  }

  #path(key: string): string {
    return join(this.#folder!, `${createHash('sha256').update(key).digest('hex')}.object`);
  }

  #load(path: string): void {
    const file = openSync(path, 'r');
    try {
      const length = Buffer.alloc(4);
      readSync(file, length, 0, 4, 0);
      const header = Buffer.alloc(length.readUInt32BE());
      readSync(file, header, 0, header.length, 4);
      const metadata = JSON.parse(header.toString('utf8')) as ObjectMetadata;
      this.#index.set(metadata.key, metadata);
    } finally {
      closeSync(file);
    }
  }
}
