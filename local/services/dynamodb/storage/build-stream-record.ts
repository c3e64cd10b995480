/** The stream records of a change, as they are stored and as consumers get them. */
import { createHash } from 'node:crypto';
import type { StreamRecord } from '../../../runtime/types.ts';
import type { StreamViewType } from '../tables/table-definition.ts';
import type { Item } from '../values/attribute-value.ts';
import { itemSizeBytes } from '../values/item-size.ts';
import type { LoggedRecord } from './stream-log.ts';

/** One side of a change; `text` is the item's JSON. */
export interface Image {
  item: Item;
  text: string;
  sizeBytes: number;
}

interface StoredRecord {
  name: StreamRecord['eventName'];
  view: StreamViewType;
  size: number;
  byService?: true;
  keys: Item;
  new?: Item;
  old?: Item;
}

/**
 * The JSON to log for a change. Images are pasted in as they are stored, without another pass over the item.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
 */
export function streamRecordText(
  view: StreamViewType,
  keys: Item,
  before: Image | undefined,
  after: Image | undefined,
  byService: boolean,
): string {
  const name = before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY';
  const newImage = view === 'NEW_IMAGE' || view === 'NEW_AND_OLD_IMAGES' ? after : undefined;
  const oldImage = view === 'OLD_IMAGE' || view === 'NEW_AND_OLD_IMAGES' ? before : undefined;
  const size = itemSizeBytes(keys) + (newImage?.sizeBytes ?? 0) + (oldImage?.sizeBytes ?? 0);
  return (
    `{"name":"${name}","view":"${view}","size":${size}${byService ? ',"byService":true' : ''}` +
    `,"keys":${JSON.stringify(keys)}` +
    (newImage === undefined ? '' : `,"new":${newImage.text}`) +
    (oldImage === undefined ? '}' : `,"old":${oldImage.text}}`)
  );
}

export function toStreamRecord(streamArn: string, region: string, logged: LoggedRecord): StreamRecord {
  const stored = JSON.parse(logged.record) as StoredRecord;
  const sequenceNumber = formatSequenceNumber(logged.sequence);
  return {
    // The same record has the same id however often it is read: consumers recognise duplicates by it.
    eventID: createHash('md5').update(`${streamArn} ${sequenceNumber}`).digest('hex'),
    eventName: stored.name,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: region,
    eventSourceARN: streamArn,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(logged.createdAtMs / 1000),
      Keys: stored.keys,
      ...(stored.new === undefined ? {} : { NewImage: stored.new }),
      ...(stored.old === undefined ? {} : { OldImage: stored.old }),
      SequenceNumber: sequenceNumber,
      SizeBytes: stored.size,
      StreamViewType: stored.view,
    },
    ...(stored.byService ? { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } } : {}),
  };
}

/** The API gives sequence numbers 21 to 40 characters; padded, so that texts sort like numbers. */
export function formatSequenceNumber(sequence: number): string {
  return `1${String(sequence).padStart(23, '0')}`;
}

export function parseSequenceNumber(text: string): number {
  return Number(text.slice(1));
}
