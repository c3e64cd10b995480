/**
 * Queues on disk, written behind: changes gather for a moment and go to SQLite in one transaction, so a
 * message that is sent, received and deleted within that moment never touches the disk. A crash of the
 * process can lose the last moment; an orderly stop loses nothing.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { MessageState, QueuedMessage } from './message.ts';

/** Real time: how long changes may gather. */
const WRITE_BEHIND_MS = 50;

export interface Deduplication {
  messageId: string;
  sequenceNumber: string;
  expiresAt: number;
}

export interface MessageStore {
  /** A message is new or changed; deleted messages lose their row. */
  touch(queue: string, message: QueuedMessage): void;
  remember(queue: string, key: string, entry: Deduplication): void;
  load(queue: string, now: number): { messages: QueuedMessage[]; deduplications: [string, Deduplication][] };
  flush(): void;
  close(): void;
}

export function createMessageStore(file: string): MessageStore {
  const db = new DatabaseSync(file);
  db.exec(`
    pragma journal_mode = wal; pragma synchronous = normal;
    create table if not exists messages (
      queue text, id text, sent_at real, content text,
      state text, visible_at real, receive_count integer, first_received_at real, receipt_handle text,
      position integer, primary key (queue, id)) without rowid;
    create table if not exists deduplications (
      queue text, key text, message_id text, sequence_number text, expires_at real, primary key (queue, key)) without rowid;`);
  const insert = db.prepare('insert or replace into messages values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const update = db.prepare(`update messages set state = ?, visible_at = ?, receive_count = ?, first_received_at = ?,
    receipt_handle = ? where queue = ? and id = ?`);
  const erase = db.prepare('delete from messages where queue = ? and id = ?');
  const remember = db.prepare('insert or replace into deduplications values (?, ?, ?, ?, ?)');
  const dirty = new Map<QueuedMessage, string>();
  const remembered: [queue: string, key: string, entry: Deduplication][] = [];
  let timer: NodeJS.Timeout | undefined;
  let position = Number(db.prepare('select coalesce(max(position), 0) as top from messages').get()!['top']);

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (dirty.size === 0 && remembered.length === 0) return;
    db.exec('begin');
    for (const [message, queue] of dirty) {
      position += 1;
      write(message, queue, { insert, update, erase }, position);
    }
    for (const [queue, key, entry] of remembered)
      remember.run(queue, key, entry.messageId, entry.sequenceNumber, entry.expiresAt);
    db.exec('commit');
    dirty.clear();
    remembered.length = 0;
  };
  let isClosed = false;
  // What changes after the stop is not kept: such messages are delivered again.
  const soon = () => {
    if (!isClosed) timer ??= setTimeout(flush, WRITE_BEHIND_MS);
  };
  return {
    touch(queue, message) {
      dirty.set(message, queue);
      soon();
    },
    remember(queue, key, entry) {
      remembered.push([queue, key, entry]);
      soon();
    },
    load: (queue, now) => load(db, queue, now),
    flush,
    close() {
      flush();
      isClosed = true;
      db.close();
    },
  };
}

type Statements = { insert: StatementSync; update: StatementSync; erase: StatementSync };

function write(message: QueuedMessage, queue: string, statements: Statements, position: number): void {
  const { messageId, state, visibleAt, receiveCount } = message;
  const firstReceivedAt = message.firstReceivedAt ?? null;
  const handle = message.receiptHandle ?? null;
  if (state === 'deleted') {
    if (message.stored) statements.erase.run(queue, messageId);
  } else if (message.stored) {
    statements.update.run(state, visibleAt, receiveCount, firstReceivedAt, handle, queue, messageId);
  } else {
    const { body, md5OfBody, attributes, md5OfAttributes, traceHeader, senderId } = message;
    const { groupId, deduplicationId, sequenceNumber, deadLetterSourceArn, bytes } = message;
    const content = JSON.stringify({
      ...{ body, md5OfBody, attributes, md5OfAttributes, traceHeader, senderId },
      ...{ groupId, deduplicationId, sequenceNumber, deadLetterSourceArn, bytes },
    });
    statements.insert.run(
      ...([queue, messageId, message.sentAt, content, state, visibleAt, receiveCount] as const),
      ...([firstReceivedAt, handle, position] as const),
    );
    message.stored = true;
  }
}

function load(db: DatabaseSync, queue: string, now: number): ReturnType<MessageStore['load']> {
  const messages = db
    .prepare('select * from messages where queue = ? order by position')
    .all(queue)
    .map(
      (row): QueuedMessage => ({
        ...(JSON.parse(row['content'] as string) as QueuedMessage),
        messageId: row['id'] as string,
        sentAt: row['sent_at'] as number,
        enteredAt: row['sent_at'] as number,
        state: row['state'] as MessageState,
        visibleAt: row['visible_at'] as number,
        receiveCount: row['receive_count'] as number,
        firstReceivedAt: (row['first_received_at'] as number | null) ?? undefined,
        receiptHandle: (row['receipt_handle'] as string | null) ?? undefined,
        heapIndex: -1,
        stored: true,
      }),
    );
  db.prepare('delete from deduplications where queue = ? and expires_at <= ?').run(queue, now);
  const deduplications = db
    .prepare('select * from deduplications where queue = ? order by expires_at')
    .all(queue)
    .map((row): [string, Deduplication] => [
      row['key'] as string,
      {
        messageId: row['message_id'] as string,
        sequenceNumber: row['sequence_number'] as string,
        expiresAt: row['expires_at'] as number,
      },
    ]);
  return { messages, deduplications };
}
