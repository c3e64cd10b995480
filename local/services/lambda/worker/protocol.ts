/** What the main thread and a function's worker thread say to each other. */

export interface WorkerSettings {
  functionName: string;
  /** The unpacked deployment package. */
  codeDirectory: string;
  /** Where V8 keeps what it compiled. */
  compileCacheDirectory: string;
  /** `index.handler`, relative to the code directory. */
  handler: string;
  memoryMb: number;
  logFormat: 'Text' | 'JSON';
  /** Lines below this level are dropped, in JSON format only. */
  logLevel: string;
  logGroupName: string;
  logStreamName: string;
  /** Offset of modelled from real time. @see Clock.offset */
  clockOffset: SharedArrayBuffer;
}

export interface InvokeMessage {
  requestId: string;
  invokedFunctionArn: string;
  /** The event as JSON text. */
  payload: string;
  timeoutMs: number;
  traceId: string;
}

export type WorkerMessage =
  | { type: 'ready'; initMs: number }
  /** The module could not be loaded or has no such handler: the thread ends. */
  | { type: 'init-failed'; initMs: number; payload: string }
  | { type: 'log'; line: string }
  | { type: 'result'; failed: boolean; payload: string; durationMs: number; cpuMs: number }
  /** An error outside the handler's promise: the thread ends. */
  | { type: 'crash'; payload: string };
